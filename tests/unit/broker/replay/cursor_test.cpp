// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/cursor.h"

#include <doctest/doctest.h>

#include <string>

#include "replay_fixture.h"

using namespace amps;
using namespace amps::broker;
using amps::test::ReplayFixture;
using State = Cursor::State;

namespace {

std::string range_text(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += (text.empty() ? "" : " ") + std::to_string(i);
  return text;
}

}  // namespace

TEST_CASE("TXL-03 TXL-11: EPOCH gives the whole log, then completed, then what comes") {
  ReplayFixture at;
  at.publish_many(5);
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s"));
  CHECK(at.run(cursor.get()) == "1 2 3 4 5 completed(5)");
  CHECK(cursor->state() == State::kAtEnd);
  at.publish_many(2);
  CHECK(at.run(cursor.get()) == "");
  cursor->log_moved();
  CHECK(at.run(cursor.get()) == "6 7");
}

TEST_CASE("TXL-04 TXL-11: NOW is completed at once, with the place of the log") {
  ReplayFixture at;
  at.publish_many(3);
  const auto cursor = at.cursor(at.plan("0|1|"), at.subscription("s"));
  CHECK(at.run(cursor.get()) == "completed(3)");
  at.publish_many(1);
  cursor->log_moved();
  CHECK(at.run(cursor.get()) == "4");
}

TEST_CASE("TXL-11: an empty log is completed at its beginning") {
  ReplayFixture at;
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s"));
  CHECK(at.run(cursor.get()) == "completed(0)");
  at.publish_many(1);
  cursor->log_moved();
  CHECK(at.run(cursor.get()) == "1");
}

TEST_CASE("TXL-11: completed comes where the log ended, though it went on, and though it does not match") {
  ReplayFixture at;
  at.publish_many(2);
  at.publish_many(1, "other");
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s"));
  at.publish_many(2);
  CHECK(at.run(cursor.get()) == "1 2 completed(3) 4 5");
}

TEST_CASE("a long log is read in steps of bounded size") {
  ReplayFixture at;
  at.publish_many(3'000);
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s"));
  CHECK(at.run(cursor.get()).size() > 3'000);
  CHECK(at.steps > 5);
  CHECK(at.largest < 70'000);
}

TEST_CASE("a subscription that nothing matches gives others their turn while it reads") {
  ReplayFixture at;
  at.publish_many(10'000);
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s", "nothing"));
  CHECK(at.run(cursor.get()) == "completed(10000)");
  CHECK(at.steps >= 3);
}

TEST_CASE("TXL-13: filters see bodies, topics, keys and bookmarks of the log") {
  ReplayFixture at;
  for (int i = 0; i < 6; ++i) {
    JournalRecord record;
    REQUIRE(at.try_publish(at.next_sequence++, "{\"n\":" + std::to_string(i % 2) + "}", &record).ok());
  }
  at.wait_durable();
  const auto odd = at.cursor(at.plan("0"), at.subscription("s", "orders", "/n = 1"));
  CHECK(at.run(odd.get()) == "2 4 6 completed(6)");
  const auto one = at.cursor(at.plan("0"), at.subscription("s", "orders", "BOOKMARK() LIKE '\\|3\\|$'"));
  CHECK(at.run(one.get()) == "3 completed(6)");
}

TEST_CASE("TXL-08: a range ends, is completed there and is silent after that") {
  ReplayFixture at;
  at.publish_many(5);
  const std::string id = std::to_string(at.appended[0].bookmark.publisher);
  const auto cursor = at.cursor(at.plan("[" + id + "|2|:" + id + "|4|)"), at.subscription("s"));
  CHECK(at.run(cursor.get()) == "2 3 completed(3)");
  CHECK(cursor->state() == State::kFinished);
  at.publish_many(1);
  cursor->log_moved();
  CHECK(at.run(cursor.get()) == "");
}

TEST_CASE("TXL-08: a range that ends in the future ends at that time, with messages or without") {
  ReplayFixture at;
  at.publish_many(1);
  const std::uint64_t end_us = at.clock.utc_us() + 10'000'000;
  ReplayPlan how = at.plan("0");
  how.bounds.to_us = end_us;
  const auto cursor = at.cursor(how, at.subscription("s"));
  CHECK(at.run(cursor.get()) == "1");
  SUBCASE("a message after it") {
    at.clock.advance_ms(10'000);
    at.publish_many(1);
    at.clock.advance_ms(1);
    at.publish_many(1);
    cursor->log_moved();
    CHECK(at.run(cursor.get()) == "2 completed(2)");
  }
  SUBCASE("nothing after it") {
    at.clock.advance_ms(cursor->wake_ms() - at.clock.steady_ms());
    cursor->check_time(at.clock.steady_ms());
    CHECK(at.run(cursor.get()) == "completed(1)");
  }
  CHECK(cursor->state() == State::kFinished);
}

TEST_CASE("TXL-08: a range that begins in the future passes over what comes before") {
  ReplayFixture at;
  ReplayPlan how = at.plan("0|1|");
  how.bounds.from_us = at.clock.utc_us() + 5'000'000;
  const auto cursor = at.cursor(how, at.subscription("s"));
  at.publish_many(2);
  at.clock.advance_ms(5'000);
  at.publish_many(1);
  CHECK(at.run(cursor.get()) == "completed(0) 3");
}

TEST_CASE("TXL-34: after so many messages it is over") {
  ReplayFixture at;
  at.publish_many(5);
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s"));
  cursor->find(at.subscriptions[0].get())->messages_left = 2;
  CHECK(at.run(cursor.get()) == "1 2 completed(2)");
  CHECK(cursor->state() == State::kFinished);
}

TEST_CASE("TXL-12: the durable end is told at the end of the log, once an interval, when it moved") {
  ReplayFixture at;
  at.publish_many(3);
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s", "nothing"));
  cursor->find(at.subscriptions[0].get())->wants_persisted = true;
  CHECK(at.run(cursor.get()) == "completed(3) persisted(3)");
  CHECK(cursor->wake_ms() == UINT64_MAX);
  at.publish_many(1);
  cursor->log_moved();
  CHECK(at.run(cursor.get()) == "");
  CHECK(cursor->wake_ms() == at.clock.steady_ms() + 1'000);
  at.clock.advance_ms(1'000);
  cursor->check_time(at.clock.steady_ms());
  CHECK(at.run(cursor.get()) == "persisted(4)");
}

TEST_CASE("TXL-15: a rate makes it wait, and the record at hand is not lost") {
  ReplayFixture at;
  at.publish_many(3);
  at.publish_many(1, "other");
  ReplayPlan how = at.plan("0");
  REQUIRE(Rate::parse("10", std::nullopt, &how.rate).ok());
  const auto cursor = at.cursor(how, at.subscription("s"));
  CHECK(at.run(cursor.get()) == "1");
  CHECK(cursor->state() == State::kLater);
  CHECK(cursor->wake_ms() == at.clock.steady_ms() + 100);
  cursor->check_time(at.clock.steady_ms() + 99);
  CHECK(cursor->state() == State::kLater);
  at.clock.advance_ms(100);
  cursor->check_time(at.clock.steady_ms());
  CHECK(at.run(cursor.get()) == "2");
  at.clock.advance_ms(100);
  cursor->check_time(at.clock.steady_ms());
  CHECK(at.run(cursor.get()) == "3 completed(4)");
}

TEST_CASE("TXL-18: a member that splits off has the record that waits for its time still to come") {
  ReplayFixture at;
  at.publish_many(3);
  ReplayPlan how = at.plan("0");
  REQUIRE(Rate::parse("10", std::nullopt, &how.rate).ok());
  const Subscription* const b = at.subscription("B");
  const auto cursor = at.cursor(how, at.subscription("A"));
  cursor->add(at.member(b));
  CHECK(at.run(cursor.get()) == "A:1 B:1");
  const auto alone = cursor->split(b);
  at.clock.advance_ms(200);
  CHECK(at.run(alone.get()) == "2");
  cursor->check_time(at.clock.steady_ms());
  CHECK(at.run(cursor.get()) == "2");
}

TEST_CASE("TXL-17: a paused cursor keeps its place") {
  ReplayFixture at;
  at.publish_many(2);
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s"));
  cursor->pause();
  CHECK(cursor->state() == State::kPaused);
  at.publish_many(1);
  cursor->log_moved();
  CHECK(at.run(cursor.get()) == "");
  cursor->resume();
  CHECK(at.run(cursor.get()) == "1 2 completed(2) 3");
}

TEST_CASE("TXL-18: joined members share one order, and split off where they are") {
  ReplayFixture at;
  at.publish_many(1, "a");
  at.publish_many(1, "b");
  at.publish_many(1, "a");
  const Subscription* const a = at.subscription("A", "a");
  const Subscription* const b = at.subscription("B", "b");
  const auto one = at.cursor(at.plan("0"), a);
  const auto two = at.cursor(at.plan("0"), b);
  REQUIRE(one->can_join(*two));
  one->join(two.get());
  CHECK(at.run(one.get()) == "A:1 B:2 A:3 A:completed(3) B:completed(3)");
  const auto alone = one->split(b);
  CHECK_FALSE(alone->can_join(*at.cursor(at.plan("0"), a)));
  at.publish_many(1, "b");
  one->log_moved();
  CHECK(at.run(one.get()) == "");
  CHECK(at.run(alone.get()) == "4");
}

TEST_CASE("TXL-19 TXL-20: live sends what is appended, the others only what is durable") {
  ReplayFixture at;
  ReplayPlan early = at.plan("0");
  early.live = true;
  const auto live = at.cursor(early, at.subscription("live"));
  const auto durable = at.cursor(at.plan("0"), at.subscription("durable"));
  at.memory.hold_syncs(true);
  at.publish();
  at.journal->end_block();
  CHECK(at.appended_calls == 1);  // Somebody reads that early.
  CHECK(at.run(live.get()) == "completed(0) 1");
  CHECK(at.run(durable.get()) == "completed(0)");
  at.memory.hold_syncs(false);
  at.wait_durable();
  for (Cursor* const cursor : {live.get(), durable.get()}) cursor->log_moved();
  CHECK(at.run(live.get()) == "");
  CHECK(at.run(durable.get()) == "1");
}

TEST_CASE("TXL-28: files that a replay has still to read are not removed, also while it is paused") {
  ReplayFixture at;
  for (int i = 0; i < 60; ++i) at.publish(1'000);
  at.wait_durable();
  auto cursor = at.cursor(at.plan("0"), at.subscription("s"));
  cursor->pause();
  at.clock.advance_ms(1'000);
  std::uint64_t count = 0;
  REQUIRE(at.journal->remove_before(at.clock.utc_us(), &count).ok());
  CHECK(count == 0);
  cursor->resume();
  CHECK(at.run(cursor.get()) == range_text(1, 60) + " completed(60)");
  cursor.reset();
  REQUIRE(at.journal->remove_before(at.clock.utc_us(), &count).ok());
  CHECK(count > 0);
  // What is left is the log now: where its file begins depends on how many messages went into one write.
  const auto rest = at.cursor(at.plan("0"), at.subscription("r"));
  const std::string text = " " + at.run(rest.get());
  CHECK(text.size() < range_text(1, 60).size());
  REQUIRE(text.find(" 60") != std::string::npos);
  CHECK(text.substr(text.find(" 60")) == " 60 completed(60)");
  const BookmarkId& first = at.appended.front().bookmark;
  ReplayBounds bounds;
  CHECK(ReplayBounds::resolve(std::to_string(first.publisher) + "|1|", NotFound::kFail,
                              at.journal->appended_end(), at.journal.get(), &bounds)
            .reason() == "bookmark not found");
}

TEST_CASE("REL-09: a log that cannot be read is said so, and nothing is passed over") {
  ReplayFixture at;
  at.publish_many(100);
  at.close();
  at.open();
  std::unique_ptr<File> file;
  REQUIRE(at.memory.open("journal/test.0000000001.journal", OpenMode::kReadWrite, &file).ok());
  REQUIRE(file->write_at(3'000, "garbage").ok());
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s"));
  Buffer out;
  std::uint64_t messages = 0;
  const Status status = cursor->encode_some(&out, 0, &messages);
  CHECK(status.code() == AMPS_E_STORE);
  CHECK(status.text().find("test.0000000001.journal' is damaged at offset") != std::string::npos);
  CHECK(ReplayFixture::shorten(out.view(), false) == range_text(1, static_cast<int>(messages)));
}

TEST_CASE("whatever is appended while it reads, every message comes once and in order") {
  ReplayFixture at;
  const auto cursor = at.cursor(at.plan("0"), at.subscription("s"));
  std::string text;
  for (int i = 1; i <= 400; ++i) {
    at.publish(i % 50 == 0 ? 20'000 : 300);
    if (i % 3 != 0) continue;
    if (i % 9 == 0) at.wait_durable();
    cursor->log_moved();
    text += at.run(cursor.get()) + " ";
  }
  at.wait_durable();
  cursor->log_moved();
  text += at.run(cursor.get());
  std::string plain = "completed(0)";
  std::string seen;
  for (char c : text) {
    if (c != ' ' || (!seen.empty() && seen.back() != ' ')) seen += c;
  }
  CHECK(seen.substr(0, plain.size()) == plain);
  CHECK(seen.substr(plain.size() + 1) == range_text(1, 400));
}
