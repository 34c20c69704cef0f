// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_store.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

RecordRef record(const std::string& key, const std::string& identity, std::string_view body,
                 std::uint64_t expires_us = 0) {
  Record::Parts parts;
  parts.key = key;
  parts.identity = identity;
  parts.body = body;
  parts.expires_us = expires_us;
  return Record::make(parts);
}

}  // namespace

TEST_CASE("records are found by identity and by key until they are removed") {
  RecordStore store(false);
  const auto one = store.insert(record("11", "a", "x"));
  const auto two = store.insert(record("22", "b", "y"));
  CHECK(store.find_identity("a") == one);
  CHECK(store.find_key("22") == two);
  CHECK(store.find_identity("11") == RecordStore::kNone);
  CHECK(store.find_key("a") == RecordStore::kNone);
  CHECK(store.update(one, record("11", "a", "z"))->body() == "x");
  CHECK(store.at(one)->body() == "z");
  CHECK(store.remove(two)->body() == "y");
  CHECK(store.find_key("22") == RecordStore::kNone);
  CHECK(store.find_identity("b") == RecordStore::kNone);
  CHECK(store.count() == 1);
}

TEST_CASE("with keys of their own, records have one index") {
  RecordStore store(true);
  const auto one = store.insert(record("k", "", "x"));
  CHECK(store.find_identity("k") == one);
  CHECK(store.find_key("k") == one);
}

TEST_CASE("SOW-23: the record that expires first is known through updates and removals") {
  RecordStore store(true);
  std::uint64_t due = 0;
  CHECK(store.next_to_expire(&due) == RecordStore::kNone);
  const auto never = store.insert(record("n", "", "x"));
  const auto late = store.insert(record("l", "", "x", 200));
  const auto early = store.insert(record("e", "", "x", 100));
  CHECK(store.next_to_expire(&due) == early);
  CHECK(due == 100);
  store.update(early, record("e", "", "x", 300));
  CHECK(store.next_to_expire(&due) == late);
  store.update(never, record("n", "", "x", 50));
  CHECK(store.next_to_expire(&due) == never);
  store.update(never, record("n", "", "x"));
  store.remove(late);
  CHECK(store.next_to_expire(&due) == early);
  CHECK(due == 300);
}

TEST_CASE("memory is counted for what is kept, and no more") {
  RecordStore store(false);
  const std::size_t nothing = store.memory_bytes();
  const auto slot = store.insert(record("1", "a", std::string(1000, 'x')));
  const std::size_t one = store.memory_bytes();
  CHECK(one > nothing + 1000);
  store.update(slot, record("1", "a", std::string(3000, 'x')));
  CHECK(store.memory_bytes() == one + 2000);
  store.remove(slot);
  CHECK(store.memory_bytes() < nothing + 1000);
}
