// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/waiting_messages.h"

#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <vector>

using namespace amps::broker;

namespace {

struct Fixture : QueueOutput {
  std::set<std::uint64_t> wanted;  // Positions the filter matches.
  WaitingMessages messages{this};
  LoadOrder order{FairnessModel::kFast};
  std::vector<std::unique_ptr<QueueEntry>> entries;

  QueueEntry* add(std::uint64_t position, std::uint64_t priority = 0) {
    QueueMessage message;
    message.position = position;
    message.priority = priority;
    entries.push_back(std::make_unique<QueueEntry>(std::move(message)));
    messages.add(entries.back().get());
    return entries.back().get();
  }
  Interest* open(FilterId filter, bool hungry = true) {
    Interest* const interest = messages.open(filter, order);
    messages.set_hungry(interest, hungry);
    return interest;
  }
  std::uint64_t first() {
    const QueueEntry* const entry = messages.first();
    return entry == nullptr ? 0 : entry->position;
  }
  bool matches(FilterId, const QueueMessage& message) override { return wanted.count(message.position) != 0; }
  void deliver(ConsumerId, const QueueMessage&) override {}
  void remove(const QueueMessage&, Removal) override {}
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "nothing is first while nobody is hungry") {
  add(1);
  Interest* const interest = open(kNoFilter, false);
  CHECK(first() == 0);
  messages.set_hungry(interest, true);
  CHECK(first() == 1);
}

TEST_CASE_FIXTURE(Fixture, "first is the earliest that some interest matches") {
  wanted = {2, 3};
  Interest* const choosy = open(1);
  add(1);
  QueueEntry* const second = add(2);
  CHECK(first() == 2);
  open(kNoFilter);
  CHECK(first() == 1);
  int candidates = 0;
  messages.for_each_candidate([&](const Interest*) { ++candidates; });
  CHECK(candidates == 1);
  messages.remove(*second);
  add(3);
  messages.close(messages.open(kNoFilter, order));
  CHECK(first() == 3);
  CHECK(choosy->head.position == 3);
}

TEST_CASE_FIXTURE(Fixture, "messages behind a barrier are not looked at until it is gone") {
  open(kNoFilter);
  messages.set_limit(2);
  add(3);
  CHECK(first() == 0);
  messages.set_limit(UINT64_MAX);
  CHECK(first() == 3);
}

TEST_CASE_FIXTURE(Fixture,
                  "an earlier message than the known first one takes its place, which is kept in mind") {
  wanted = {1, 2};
  open(1);
  add(1, 1);
  CHECK(first() == 1);
  QueueEntry* const urgent = add(2, 9);
  CHECK(first() == 2);
  messages.remove(*urgent);
  CHECK(first() == 1);
}
