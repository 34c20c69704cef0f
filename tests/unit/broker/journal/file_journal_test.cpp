// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/file_journal.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "base/sha256.h"
#include "journal_fixture.h"

using namespace amps;
using namespace amps::broker;
using amps::test::JournalFixture;
using amps::test::KeptRecord;

TEST_CASE("TXL-01: records are numbered and read in the order they were appended") {
  JournalFixture journal;
  journal.open();
  for (int i = 0; i < 10; ++i) CHECK(journal.publish().txid == static_cast<std::uint64_t>(i + 1));
  CHECK(journal.read_all() == journal.appended);
  journal.wait_durable();
  CHECK(journal.read_all() == journal.appended);
  CHECK(journal.journal->durable_end().txid == 10);
  CHECK(journal.journal->durable_end().bookmark == BookmarkId{journal.publisher->id(), 10});
}

TEST_CASE("TXL-37: the order is the same after a restart, and goes on") {
  JournalFixture journal;
  journal.open();
  for (int i = 0; i < 500; ++i) journal.publish(50 + static_cast<std::size_t>(i));
  journal.close();
  journal.open();
  CHECK(journal.recovered == journal.appended);
  CHECK(journal.next_sequence == 501);
  CHECK(journal.publish().txid == 501);
  journal.wait_durable();
  CHECK(journal.read_all() == journal.appended);
}

TEST_CASE("TXL-25: a full file is followed by the next, and one record may be larger than a file") {
  JournalFixture journal;
  journal.open();
  for (int i = 0; i < 30; ++i) journal.publish(1'000);
  journal.publish(100'000);
  for (int i = 0; i < 30; ++i) journal.publish(1'000);
  journal.wait_durable();
  CHECK(journal.journal->durable_end().position.segment >= 5);
  CHECK(journal.read_all() == journal.appended);
  journal.close();
  journal.open();
  CHECK(journal.recovered == journal.appended);
  CHECK(journal.read_all() == journal.appended);  // From the files now.
}

TEST_CASE("TXL-31: topics are selected by name or pattern, and by message type") {
  JournalFixture journal;
  journal.configuration.topics = {{"orders", "json"}, {"^audit/", "fix"}};
  journal.open();
  CHECK(journal.journal->logs("orders", "json"));
  CHECK_FALSE(journal.journal->logs("orders", "fix"));
  CHECK_FALSE(journal.journal->logs("orders2", "json"));
  CHECK(journal.journal->logs("audit/a", "fix"));
  CHECK_FALSE(journal.journal->logs("x/audit/a", "fix"));
}

TEST_CASE("TXL-21: a sequence that was there before is refused, and gaps are fine") {
  JournalFixture journal;
  journal.open();
  JournalRecord record;
  REQUIRE(journal.try_publish(5, "five", &record).ok());
  CHECK_FALSE(journal.try_publish(5, "five", &record).ok());
  CHECK_FALSE(journal.try_publish(4, "four", &record).ok());
  REQUIRE(journal.try_publish(9, "nine", &record).ok());
  CHECK(record.txid == 2);
  CHECK(journal.read_all().size() == 2);
}

TEST_CASE("TXL-39: sequences are known after a restart") {
  JournalFixture journal;
  journal.open();
  JournalRecord record;
  REQUIRE(journal.try_publish(77, "x", &record).ok());
  journal.close();
  journal.open();
  CHECK(journal.publisher->highest() == 77);
  CHECK(journal.journal->settled_sequence(journal.publisher) == 77);
  CHECK_FALSE(journal.try_publish(77, "x", &record).ok());
}

TEST_CASE("TXL-23: a message without sequence gets one of its own") {
  JournalFixture journal;
  journal.open();
  const std::uint64_t id = uncounted_publisher_id("tester", "", "test");
  for (std::uint64_t i = 1; i <= 3; ++i) {
    JournalRecord record;
    record.message_type = "json";
    record.topic = "orders";
    record.body = "same";
    record.bookmark.publisher = id;
    REQUIRE(journal.journal->append(&record, nullptr).ok());
    CHECK(record.bookmark == BookmarkId{id, i});
  }
  CHECK(id != journal.publisher->id());
  journal.close();
  journal.open();
  CHECK(journal.recovered.size() == 3);
  CHECK(journal.journal->publishers().count() == 1);  // The uncounted one has no state.
}

TEST_CASE("timestamps never go backwards") {
  JournalFixture journal;
  journal.open();
  const std::uint64_t now = journal.clock.utc_us();
  journal.publish();
  JournalRecord early;
  early.message_type = "json";
  early.topic = "t";
  early.timestamp_us = now - 1'000'000;
  early.bookmark.publisher = 1;
  REQUIRE(journal.journal->append(&early, nullptr).ok());
  CHECK(early.timestamp_us == now);
}

TEST_CASE("a message is found by its bookmark wherever it lies") {
  JournalFixture journal;
  journal.configuration.segment_bytes = 1u << 20;
  journal.open();
  for (int i = 0; i < 3'000; ++i) journal.publish(900);
  for (const bool reopened : {false, true}) {
    CAPTURE(reopened);
    if (reopened) {
      journal.close();
      journal.open();
    }
    const std::vector<KeptRecord> all = journal.read_all();
    for (std::size_t i = 0; i < all.size(); i += 37) {
      std::optional<RecordPlace> place;
      REQUIRE(journal.journal->find(all[i].bookmark, &place).ok());
      REQUIRE(place.has_value());
      CHECK(place->txid == all[i].txid);
      CHECK(journal.read_all(place->begin, place->end) == std::vector<KeptRecord>{all[i]});
    }
    std::optional<RecordPlace> place;
    REQUIRE(journal.journal->find({journal.publisher->id(), 4'000}, &place).ok());
    CHECK_FALSE(place.has_value());
    REQUIRE(journal.journal->find({99, 1}, &place).ok());
    CHECK_FALSE(place.has_value());
  }
}

TEST_CASE("TXL-07: the first message after a time is found") {
  JournalFixture journal;
  journal.open();
  const std::uint64_t start = journal.clock.utc_us();
  LogPosition at;
  REQUIRE(journal.journal->find_after_time(start, &at).ok());
  CHECK(at == journal.journal->appended_end().position);
  for (int i = 0; i < 200; ++i) {
    journal.clock.advance_ms(10);
    journal.publish();
    journal.publish();
  }
  const auto first_after = [&](std::uint64_t utc_us) {
    REQUIRE(journal.journal->find_after_time(utc_us, &at).ok());
    const auto rest = journal.read_all(at, journal.journal->appended_end().position);
    return rest.empty() ? 0 : rest.front().txid;
  };
  CHECK(first_after(0) == 1);
  CHECK(first_after(start) == 1);
  CHECK(first_after(start + 9'999) == 1);
  CHECK(first_after(start + 10'000) == 3);
  CHECK(first_after(start + 1'005'000) == 201);
  CHECK(first_after(start + 2'000'000) == 0);
}

TEST_CASE("a second broker on the directory is refused") {
  JournalFixture first;
  first.open();
  JournalFixture second(&first.memory);
  CHECK(second.try_open().text() == "directory 'journal' is in use");
}

TEST_CASE("TXL-40: a temporary journal leaves nothing behind") {
  JournalFixture journal;
  journal.configuration.directory.clear();
  journal.open();
  journal.publish();
  journal.wait_durable();
  const auto image = journal.memory.after_kill(journal.memory.moment());
  REQUIRE_FALSE(image.empty());
  journal.close();
  for (const auto& [path, bytes] : journal.memory.after_kill(journal.memory.moment())) {
    CHECK_MESSAGE(path.find("amps-journal") == std::string::npos, path);
  }
}

TEST_CASE("files of another instance are ignored") {
  JournalFixture journal;
  journal.open();
  journal.publish();
  journal.close();
  std::unique_ptr<File> file;
  REQUIRE(journal.memory.open("journal/other.0000000001.journal", OpenMode::kCreate, &file).ok());
  REQUIRE(journal.memory.open("journal/test.journal", OpenMode::kCreate, &file).ok());
  journal.open();
  CHECK(journal.recovered == journal.appended);
}

TEST_CASE("who reads early is told of appends, and others are not") {
  JournalFixture journal;
  journal.open();
  journal.publish();
  journal.journal->end_block();
  CHECK(journal.appended_calls == 0);
  journal.journal->count_live_readers(1);
  journal.journal->end_block();
  CHECK(journal.appended_calls == 1);
}

TEST_CASE("readers follow while others append") {
  JournalFixture journal;
  journal.open();
  constexpr std::uint64_t kCount = 20'000;
  std::thread reading([&] {
    const auto reader = journal.journal->make_reader();
    reader->seek(journal.journal->begin());
    std::uint64_t expected = 1;
    while (expected <= kCount) {
      bool found = false;
      JournalRecord record;
      const LogPosition limit = journal.journal->durable_end().position;
      if (!reader->next(limit, &found, &record).ok()) break;
      if (!found) std::this_thread::yield();
      if (found && record.txid != expected++) break;
    }
    if (expected != kCount + 1) throw std::runtime_error("a record is missing or in disorder");
  });
  for (std::uint64_t i = 0; i < kCount; ++i) journal.publish(20 + i % 200);
  reading.join();
}

TEST_CASE("without room appending still works, and room comes back") {
  JournalFixture journal;
  journal.configuration.segment_bytes = 64u << 20;
  journal.open();
  journal.memory.hold_syncs(true);
  CHECK(journal.journal->has_room());
  for (int i = 0; i < 100 && journal.journal->has_room(); ++i) journal.publish(1u << 20);
  CHECK_FALSE(journal.journal->has_room());
  journal.publish();
  journal.memory.hold_syncs(false);
  journal.wait_durable();
  CHECK(journal.journal->has_room());
}

TEST_CASE("TXL-22: a sequence counts as settled only when it is durable") {
  JournalFixture journal;
  journal.open();
  journal.publish();
  journal.wait_durable();
  journal.memory.hold_syncs(true);
  journal.publish();
  journal.publish();
  CHECK(journal.journal->settled_sequence(journal.publisher) == 1);
  CHECK(journal.journal->durable_txid() == 1);
  journal.memory.hold_syncs(false);
  journal.wait_durable();
  CHECK(journal.journal->settled_sequence(journal.publisher) == 3);
}

TEST_CASE("REL-19: a full disk refuses messages, acknowledges none of them, and goes on when there is room") {
  JournalFixture journal;
  journal.open();
  journal.publish();
  journal.wait_durable();
  journal.memory.fail_after(1, true);
  const std::string kilobyte(1'000, 'x');  // What is accepted meanwhile waits for the disk.
  while (journal.journal->failure().ok()) {
    JournalRecord record;
    if (journal.try_publish(journal.next_sequence, kilobyte, &record).ok()) {
      journal.appended.emplace_back(record);
      ++journal.next_sequence;
    }
  }
  const std::uint64_t durable = journal.journal->durable_txid();
  CHECK(journal.journal->failure().reason() == "transaction log full");
  CHECK(durable < journal.appended.size());
  JournalRecord record;
  CHECK(journal.try_publish(journal.next_sequence, "refused", &record).reason() == "transaction log full");
  CHECK(journal.journal->has_room());
  journal.memory.stop_failing();
  journal.wait_failure(false);
  journal.wait_durable();
  journal.publish();
  journal.wait_durable();
  CHECK(journal.read_all() == journal.appended);
  journal.close();
  journal.open();
  CHECK(journal.recovered == journal.appended);
}

TEST_CASE("REL-19: a disk that fails ends the log until the next start, and what was durable stays") {
  JournalFixture journal;
  journal.open();
  for (int i = 0; i < 5; ++i) journal.publish();
  journal.wait_durable();
  journal.memory.fail_after(1, false);
  journal.publish();
  journal.wait_failure(true);
  CHECK(journal.journal->failure().reason() == "transaction log failed");
  journal.memory.stop_failing();  // Too late: nobody knows what the disk has lost.
  JournalRecord record;
  CHECK_FALSE(journal.try_publish(journal.next_sequence, "refused", &record).ok());
  CHECK(journal.journal->durable_txid() == 5);
  CHECK(journal.read_all(journal.journal->begin(), journal.journal->durable_end().position).size() == 5);
  journal.log.wait_for("accepts nothing until the broker is started again");
  journal.close();
  journal.open();
  CHECK(journal.recovered.size() >= 5);
}

TEST_CASE("REL-19: whichever operation fails, nothing is promised that is not kept") {
  const std::string text(2'000, 'y');
  for (const bool disk_full : {false, true}) {
    for (std::size_t n = 1; n <= 40; ++n) {
      CAPTURE(n);
      CAPTURE(disk_full);
      JournalFixture journal;
      journal.open();
      journal.memory.fail_after(n, disk_full);
      for (int i = 0; i < 40 && journal.journal->failure().ok(); ++i) {
        JournalRecord record;
        if (!journal.try_publish(journal.next_sequence, text, &record).ok()) break;
        journal.appended.emplace_back(record);
        ++journal.next_sequence;
      }
      journal.crash();
      journal.memory.stop_failing();
      const std::uint64_t promised = journal.memory.promised_at(journal.memory.moment());
      std::mt19937_64 random(n);
      test::CrashFileIo disk(journal.memory.after_power_cut(journal.memory.moment(), &random));
      JournalFixture again(&disk);
      again.open();
      REQUIRE(again.recovered.size() >= promised);
      CHECK(std::equal(again.recovered.begin(), again.recovered.end(), journal.appended.begin()));
    }
  }
}

TEST_CASE("TXL-30: with SyncBeforeAck off, acks do not wait for the disk, and a kill loses nothing") {
  JournalFixture journal;
  journal.configuration.sync_before_ack = false;
  journal.configuration.flush_interval_us = 3'600'000'000;
  journal.open();
  journal.publish();
  journal.wait_durable();
  for (int i = 0; i < 20; ++i) journal.publish();
  journal.wait_durable();
  const auto recovered_from = [](const test::DiskImage& image) {
    test::CrashFileIo disk(image);
    JournalFixture again(&disk);
    again.open();
    return again.recovered;
  };
  const std::size_t moment = journal.memory.moment();
  CHECK(recovered_from(journal.memory.after_kill(moment)) == journal.appended);
  std::mt19937_64 random(1);
  std::size_t fewest = 21;
  for (int i = 0; i < 16; ++i) {
    fewest = std::min(fewest, recovered_from(journal.memory.after_power_cut(moment, &random)).size());
  }
  CHECK(fewest < 21);  // The price, which a power cut may ask for.
}

TEST_CASE("TXL-30: with SyncBeforeAck off, the disk follows within the flush interval") {
  JournalFixture journal;
  journal.configuration.sync_before_ack = false;
  journal.configuration.flush_interval_us = 1'000;
  journal.open();
  journal.publish();
  journal.wait_durable();
  std::mt19937_64 random(1);
  const auto is_on_disk = [&] {
    test::CrashFileIo disk(journal.memory.after_power_cut(journal.memory.moment(), &random));
    JournalFixture again(&disk);
    again.open();
    return again.recovered.size() == 1;
  };
  const auto deadline = std::chrono::steady_clock::now() + raw::kWait;
  bool safe = false;
  while (!safe && std::chrono::steady_clock::now() < deadline) {
    safe = true;
    for (int i = 0; i < 16 && safe; ++i) safe = is_on_disk();
  }
  CHECK(safe);
}
