// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/history.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "broker/sow/record_store.h"

using namespace amps::broker;

namespace {

constexpr std::uint64_t kSecond = 1'000'000;

// A topic that keeps history, at the times that the test says.
struct Kept {
  RecordStore records{true};
  History history;
  std::uint64_t txid = 0;

  Kept(std::uint64_t window_s, std::uint64_t granularity_s)
      : history(HistoryConfiguration{window_s * 1000, granularity_s * 1000}) {}

  void put(std::uint64_t at_s, const std::string& key, const std::string& body) {
    Record::Parts parts;
    parts.key = key;
    parts.body = body;
    parts.timestamp_us = at_s * kSecond;
    parts.txid = ++txid;
    const RecordStore::Slot slot = records.find_key(key);
    if (slot == RecordStore::kNone) {
      records.insert(Record::make(parts));
    } else {
      history.add(records.update(slot, Record::make(parts)), at_s * kSecond, txid, false);
    }
  }
  void remove(std::uint64_t at_s, const std::string& key) {
    history.add(records.remove(records.find_key(key)), at_s * kSecond, ++txid, true);
  }
  std::string at(const Moment& moment, std::vector<std::string> keys = {}) const {
    PastState past({records.snapshot(), history.versions()}, moment, std::move(keys));
    std::map<std::string, std::string> state;
    for (const RecordRef* record = nullptr; past.next(&record);) {
      if (!*record) continue;
      const bool is_new = state.emplace((*record)->key(), (*record)->body()).second;
      CHECK(is_new);
    }
    std::string text;
    for (const auto& [key, body] : state) text += key + "=" + body + " ";
    return text;
  }
  std::string at(std::uint64_t at_s) const { return at(Moment{at_s * kSecond, UINT64_MAX}); }
  std::string after(std::uint64_t transaction) const { return at(Moment{UINT64_MAX, transaction}); }
};

}  // namespace

TEST_CASE("SOW-34 SOW-35: a record was what its latest version at the moment was, deleted ones included") {
  Kept topic(1'000, 0);
  topic.put(10, "a", "1");
  topic.put(20, "b", "1");
  topic.put(30, "a", "2");
  topic.remove(40, "b");
  topic.put(50, "b", "2");
  CHECK(topic.at(9).empty());
  CHECK(topic.at(10) == "a=1 ");
  CHECK(topic.at(29) == "a=1 b=1 ");
  CHECK(topic.at(30) == "a=2 b=1 ");
  CHECK(topic.at(40) == "a=2 ");
  CHECK(topic.at(50) == "a=2 b=2 ");
  CHECK(topic.at(Moment()) == "a=2 b=2 ");
  for (std::uint64_t i = 0; i <= 5; ++i) CHECK(topic.after(i) == topic.at(i * 10));
  CHECK(topic.at(Moment{25 * kSecond, UINT64_MAX}, {"b"}) == "b=1 ");
}

TEST_CASE("SOW-34: versions within the granularity of the one kept are not kept") {
  Kept topic(1'000, 10);
  topic.put(100, "a", "1");
  topic.put(101, "a", "2");
  topic.put(105, "a", "3");
  topic.put(112, "a", "4");
  topic.put(130, "a", "5");
  CHECK(topic.history.count() == 3);
  CHECK(topic.at(104) == "a=1 ");
  CHECK(topic.at(105) == "a=3 ");
  CHECK(topic.at(112) == "a=4 ");
  CHECK(topic.at(130) == "a=5 ");
  SUBCASE("what stands for another is not exact") {
    const auto exact = [&topic](std::uint64_t at_s) {
      return topic.history.latest_exact({at_s * kSecond, UINT64_MAX}).utc_us;
    };
    CHECK(exact(100) == 100 * kSecond);
    CHECK(exact(104) == 101 * kSecond - 1);
    CHECK(exact(105) == 105 * kSecond);
    CHECK(topic.history.latest_exact({UINT64_MAX, 2}).utc_us == 101 * kSecond - 1);
    CHECK(topic.history.latest_exact({UINT64_MAX, 3}).txid == 3);
  }
  SUBCASE("a deletion ends what stands for another, too") {
    topic.remove(131, "a");
    topic.put(133, "a", "6");
    topic.put(134, "a", "7");
    CHECK(topic.at(130) == "a=5 ");
    CHECK(topic.at(132).empty());
    CHECK(topic.at(133) == "a=6 ");
  }
}

TEST_CASE("SOW-34: what was replaced before the window is forgotten, and nothing else") {
  Kept topic(100, 0);
  for (std::uint64_t i = 1; i <= 600; ++i) topic.put(i, std::to_string(i % 7), std::to_string(i));
  CHECK(topic.history.due_us() == 108 * kSecond + 1);
  const std::size_t before = topic.history.memory_bytes();
  topic.history.forget(600 * kSecond);
  CHECK(topic.history.count() == 101);
  CHECK(topic.history.memory_bytes() < before / 2);
  CHECK(topic.at(500) == "0=497 1=498 2=499 3=500 4=494 5=495 6=496 ");
  CHECK(topic.history.knows({500 * kSecond, UINT64_MAX}, 600 * kSecond));
  CHECK_FALSE(topic.history.knows({500 * kSecond - 1, UINT64_MAX}, 600 * kSecond));
  CHECK(topic.history.knows({UINT64_MAX, 499}, 600 * kSecond));
  CHECK_FALSE(topic.history.knows({UINT64_MAX, 498}, 600 * kSecond));
  topic.history.forget(2'000 * kSecond);
  CHECK(topic.history.count() == 0);
  CHECK(topic.history.due_us() == UINT64_MAX);
  topic.put(2'001, "0", "x");
  CHECK(topic.at(2'000) == "0=595 1=596 2=597 3=598 4=599 5=600 6=594 ");
}

TEST_CASE("SOW-34: a snapshot stays as it was taken while versions come and go") {
  Kept topic(10, 0);
  for (std::uint64_t i = 1; i <= 300; ++i) topic.put(i, "a", std::to_string(i));
  PastState past({topic.records.snapshot(), topic.history.versions()}, {100 * kSecond, UINT64_MAX}, {});
  topic.history.forget(1'000 * kSecond);
  for (std::uint64_t i = 301; i <= 400; ++i) topic.put(i, "a", std::to_string(i));
  std::string found;
  for (const RecordRef* record = nullptr; past.next(&record);) {
    if (*record) found += std::string((*record)->body()) + ";";
  }
  CHECK(found == "100;");
}

TEST_CASE("SOW-34: what is told again is not kept again") {
  Kept topic(1'000, 0);
  topic.put(10, "a", "1");
  topic.put(20, "a", "2");
  topic.remove(30, "a");
  topic.txid = 0;
  topic.put(10, "a", "1");
  topic.put(20, "a", "2");
  topic.remove(30, "a");
  topic.put(40, "a", "3");
  for (std::uint64_t at = 10; at <= 40; at += 10) {
    CHECK(topic.at(at) == (at == 30 ? "" : "a=" + std::to_string(at == 40 ? 3 : at / 10) + " "));
  }
  CHECK(topic.history.count() == 2);
}

TEST_CASE("SOW-34 SOW-35: after random changes every moment of the window is what it was") {
  std::mt19937 random(7);
  Kept topic(200, 0);
  std::map<std::string, std::string> state;
  std::map<std::uint64_t, std::string> states;
  for (std::uint64_t now = 1; now <= 2'000; ++now) {
    const std::string key = std::to_string(random() % 20);
    if (random() % 4 == 0 && state.count(key) != 0) {
      topic.remove(now, key);
      state.erase(key);
    } else {
      topic.put(now, key, std::to_string(now));
      state[key] = std::to_string(now);
    }
    topic.history.forget(now * kSecond);
    for (const auto& [one, body] : state) states[now] += one + "=" + body + " ";
    const std::uint64_t at = now - random() % std::min<std::uint64_t>(now, 201);
    if (at != 0) CHECK(topic.at(at) == states[at]);
    if (at != 0) CHECK(topic.after(at) == states[at]);
  }
  CHECK(topic.history.count() <= 201);
}
