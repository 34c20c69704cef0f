// SPDX-License-Identifier: Apache-2.0
#include "broker/view/view_inbox.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

RecordRef record_of(const std::string& body) {
  Record::Parts parts;
  parts.key = "k";
  parts.body = body;
  return Record::make(parts);
}

}  // namespace

TEST_CASE("VEW-13: changes come out in order, each of them while there are not too many") {
  ViewInbox inbox;
  int wakes = 0;
  inbox.set_wake([&wakes] { ++wakes; });
  inbox.add(0, "a", record_of("1"));
  inbox.add(1, "a", record_of("2"));
  inbox.add(0, "a", {});
  CHECK(wakes == 1);  // Whoever comes takes all.
  const auto items = inbox.take();
  REQUIRE(items.size() == 3);
  CHECK(items[0].record->body() == "1");
  CHECK(items[1].source == 1);
  CHECK_FALSE(items[2].record);
  CHECK(inbox.take().empty());
  inbox.add(0, "b", record_of("3"));
  CHECK(wakes == 2);
}

TEST_CASE("VEW-11: when nobody takes them, changes of a record become one, and memory stays bounded") {
  ViewInbox inbox;
  constexpr std::size_t kRecords = 100;
  for (std::size_t i = 0; i < 50 * ViewInbox::kInOrderMax; ++i) {
    inbox.add(i % 2, std::to_string(i % kRecords), record_of(std::to_string(i)));
  }
  const auto items = inbox.take();
  CHECK(items.size() < 2 * ViewInbox::kInOrderMax);
  std::string latest;
  for (const auto& item : items) {
    if (item.source == 1 && item.key == "7") latest = item.record->body();
  }
  CHECK(latest == std::to_string(50 * ViewInbox::kInOrderMax - kRecords + 7));
}
