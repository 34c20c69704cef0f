// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_walk.h"

#include <doctest/doctest.h>

#include <string>

#include "queue_fixture.h"

using namespace queue_tests;

namespace {

struct Walked : QueueFixture {
  Walked() { rules.subscription_backlog_max = 100; }
  // The next messages of a walk, up to `count`.
  static std::string step(QueueWalk* walk, int count = 100) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      const QueueMessage* const message = walk->next();
      if (message == nullptr) return text + ".";
      text += "m" + std::to_string(message->id.sequence) + " ";
    }
    return text;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Walked, "a walk meets every message once, oldest first, leased ones too") {
  subscribe(2);
  add(1);
  add(2, 5);
  add(3, 9);
  add_barrier(4);
  CHECK(happened() == "A<m3 A<m2 ");
  QueueWalk walk(&queue());
  CHECK(step(&walk) == "m1 m2 m3 m4 .");
  CHECK(step(&walk) == ".");
}

TEST_CASE_FIXTURE(Walked, "a walk over an empty queue ends at once, and so does one that is overtaken") {
  QueueWalk empty(&queue());
  add(1);
  CHECK(step(&empty) == ".");
  QueueWalk walk(&queue());
  ack('A', 1);
  add(2);
  CHECK(step(&walk) == ".");
}

TEST_CASE_FIXTURE(Walked, "what leaves is passed over, and what comes later is not met") {
  add_all(1, 6);
  QueueWalk walk(&queue());
  QueueWalk slow(&queue());
  CHECK(step(&walk, 2) == "m1 m2 ");
  for (const int number : {1, 3, 4, 6}) ack('A', number);
  add_all(7, 9);
  CHECK(step(&walk) == "m5 .");
  CHECK(step(&slow) == "m2 m5 .");
}

TEST_CASE_FIXTURE(Walked, "a message that comes back after its lease is where it was") {
  rules.lease_us = 1'000;
  subscribe(1);
  add_all(1, 3);
  CHECK(happened() == "A<m1 ");
  QueueWalk walk(&queue());
  CHECK(after_ms(1) == "A<m1 ");
  CHECK(step(&walk) == "m1 m2 m3 .");
}

TEST_CASE_FIXTURE(Walked, "at most once, what was delivered is no part of the queue any more") {
  rules.semantics = QueueSemantics::kAtMostOnce;
  add_all(1, 4);
  QueueWalk walk(&queue());
  subscribe(3);
  CHECK(happened() == "A<m1 -m1:delivered A<m2 -m2:delivered A<m3 -m3:delivered ");
  CHECK(step(&walk) == "m4 .");
}
