// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_recovery.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

// A log of messages numbered like their txids, told to one recovery.
struct Log {
  QueueConfiguration configuration;
  std::unique_ptr<QueueRecovery> recovery;
  std::uint64_t last_txid = 0;

  explicit Log(QueueConfiguration::Recovery kind = QueueConfiguration::Recovery::kEpoch,
               std::string position = {}) {
    configuration.recovery = kind;
    configuration.recovery_position = std::move(position);
    recovery = std::make_unique<QueueRecovery>(configuration);
  }
  static std::uint64_t time_us(std::uint64_t txid) { return 1'700'000'000'000'000 + txid * 1'000'000; }
  Log& messages(int count) {
    for (; count != 0; --count) {
      JournalRecord record;
      record.txid = ++last_txid;
      record.bookmark = {9, record.txid};
      record.timestamp_us = time_us(record.txid);
      recovery->on_message(record);
    }
    return *this;
  }
  Log& settled(const std::vector<std::uint64_t>& sequences) {
    QueueNote note;
    for (const std::uint64_t sequence : sequences) note.settled.push_back({9, sequence});
    recovery->on_note(note, time_us(++last_txid));
    return *this;
  }
  Log& beginning(std::string_view point, std::uint64_t after_txid) {
    QueueNote note;
    note.beginning = QueueBeginning{after_txid, point};
    recovery->on_note(note, time_us(++last_txid));
    return *this;
  }
  QueueRecovery::Result finish() { return recovery->finish(last_txid, time_us(last_txid)); }
};

}  // namespace

TEST_CASE("QUE-34: a queue begins again at its oldest unsettled message and knows what is settled after it") {
  const auto result = Log().messages(5).settled({1, 3}).messages(1).settled({2}).finish();
  REQUIRE(result.first);
  CHECK(result.first->sequence == 4);
  CHECK(result.settled.empty());
  CHECK(result.message_count == 3);
  const auto later = Log().messages(5).settled({1, 3, 5}).finish();
  CHECK(later.first->sequence == 2);
  CHECK(later.settled == BookmarkIds{{9, 3}, {9, 5}});
  CHECK(later.message_count == 2);
  CHECK_FALSE(later.must_note_beginning);
}

TEST_CASE("QUE-34: a queue of which everything is settled begins behind the log") {
  const auto result = Log().messages(2).settled({2, 1}).finish();
  CHECK_FALSE(result.first);
  CHECK(result.message_count == 0);
}

TEST_CASE("QUE-36: an ack that the log has before its message counts, for its time") {
  Log log;
  const auto result = log.settled({2, 3, 9}).messages(2).finish();  // 1 is the note itself.
  CHECK(result.message_count == 0);
  CHECK(result.settled.empty());
  REQUIRE(result.early.size() == 1);
  CHECK(result.early[0].sequence == 9);
}

TEST_CASE("QUE-35: now is where the log ended when the queue was first there") {
  const auto created = Log(QueueConfiguration::Recovery::kNow).messages(3).finish();
  CHECK_FALSE(created.first);
  CHECK(created.begin_txid == 3);
  CHECK(created.must_note_beginning);
  CHECK(created.recovery_point == "now");

  const auto again =
      Log(QueueConfiguration::Recovery::kNow).messages(3).beginning("now", 3).messages(2).finish();
  CHECK(again.first->sequence == 5);
  CHECK(again.message_count == 2);
  CHECK_FALSE(again.must_note_beginning);
}

TEST_CASE("QUE-35: a note that came later than messages of its queue leaves them in it") {
  const auto result =
      Log(QueueConfiguration::Recovery::kNow).messages(4).beginning("now", 2).messages(1).finish();
  CHECK(result.first->sequence == 3);
  CHECK(result.message_count == 3);
}

TEST_CASE("QUE-35: another recovery point than the log knows begins anew, and is noted") {
  const auto now =
      Log(QueueConfiguration::Recovery::kNow).messages(2).beginning("epoch", 0).messages(1).finish();
  CHECK_FALSE(now.first);
  CHECK(now.must_note_beginning);
  const auto epoch = Log().messages(2).settled({1}).beginning("now", 2).finish();
  CHECK(epoch.first->sequence == 2);  // What was acknowledged stays acknowledged.
  CHECK(epoch.must_note_beginning);
  CHECK(epoch.recovery_point == "epoch");
}

TEST_CASE("QUE-35: a bookmark or a time is where to begin, behind it") {
  const auto bookmark = Log(QueueConfiguration::Recovery::kPosition, "9|2|").messages(4).finish();
  CHECK(bookmark.first->sequence == 3);
  CHECK(bookmark.must_note_beginning);
  const auto time = Log(QueueConfiguration::Recovery::kPosition, "20231114T221322Z").messages(4).finish();
  CHECK(time.first->sequence == 3);
  const auto noted =
      Log(QueueConfiguration::Recovery::kPosition, "9|2|").messages(4).beginning("9|2|", 3).finish();
  CHECK(noted.first->sequence == 4);
}
