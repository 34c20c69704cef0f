// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/deferred_acks.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("a deferred ack is taken once") {
  DeferredAcks acks(100, 10);
  acks.add({1, 1}, 0);
  CHECK_FALSE(acks.take({1, 2}));
  CHECK(acks.take({1, 1}));
  CHECK_FALSE(acks.take({1, 1}));
}

TEST_CASE("a deferred ack ends, counted from when it first came") {
  DeferredAcks acks(100, 10);
  acks.add({1, 1}, 0);
  acks.add({1, 1}, 50);
  CHECK(acks.next_due_us() == 100);
  acks.expire(99);
  CHECK(acks.size() == 1);
  acks.expire(100);
  CHECK(acks.size() == 0);
  CHECK(acks.next_due_us() == kNeverUs);
}

TEST_CASE("REL-31: any number of made-up acks takes a bounded place; the newest stay") {
  DeferredAcks acks(1000, 10);
  for (std::uint64_t sequence = 0; sequence < 100'000; ++sequence) acks.add({1, sequence}, sequence / 1000);
  CHECK(acks.size() == 10);
  CHECK(acks.take({1, 99'999}));
  CHECK_FALSE(acks.take({1, 99'989}));
}

TEST_CASE("an ack that was taken and comes again has its full time") {
  DeferredAcks acks(100, 10);
  acks.add({1, 1}, 0);
  CHECK(acks.take({1, 1}));
  acks.add({1, 1}, 60);
  acks.expire(100);
  CHECK(acks.size() == 1);
  acks.expire(160);
  CHECK(acks.size() == 0);
}
