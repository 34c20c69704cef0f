// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/file_log_reader.h"

#include <doctest/doctest.h>

#include "broker/journal/file_journal.h"
#include "journal_fixture.h"

using namespace amps;
using namespace amps::broker;
using amps::test::CrashFileIo;
using amps::test::JournalFixture;

TEST_CASE("a reader that starts anywhere reads the rest, from memory and from files alike") {
  JournalFixture journal;
  journal.open();
  for (int i = 0; i < 60; ++i) journal.publish(i % 7 == 0 ? 90'000 : 700);
  journal.wait_durable();
  for (const bool from_files : {false, true}) {
    if (from_files) {
      journal.close();
      journal.open();
    }
    const auto reader = journal.journal->make_reader();
    reader->seek(journal.journal->begin());
    const LogPosition limit = journal.journal->durable_end().position;
    for (std::size_t i = 0;; ++i) {
      CHECK(journal.read_all(reader->position(), limit).size() == journal.appended.size() - i);
      bool found = false;
      JournalRecord record;
      REQUIRE(reader->next(limit, &found, &record).ok());
      if (!found) break;
      CHECK(test::KeptRecord(record) == journal.appended[i]);
    }
  }
}

TEST_CASE("a reader waits at its limit and goes on when that moves") {
  JournalFixture journal;
  journal.open();
  const auto reader = journal.journal->make_reader();
  reader->seek(journal.journal->begin());
  bool found = true;
  JournalRecord record;
  REQUIRE(reader->next(journal.journal->durable_end().position, &found, &record).ok());
  CHECK_FALSE(found);
  for (int i = 0; i < 50; ++i) {
    journal.publish(1'000);
    journal.wait_durable();
    REQUIRE(reader->next(journal.journal->durable_end().position, &found, &record).ok());
    REQUIRE(found);
    CHECK(record.txid == static_cast<std::uint64_t>(i + 1));
    REQUIRE(reader->next(journal.journal->durable_end().position, &found, &record).ok());
    CHECK_FALSE(found);
  }
}

TEST_CASE("REL-09: damage that comes after the start is reported by file and offset, never read") {
  JournalFixture journal;
  journal.open();
  for (int i = 0; i < 5; ++i) journal.publish(1'000);
  journal.close();
  journal.open();
  std::unique_ptr<File> file;
  REQUIRE(journal.memory.open("journal/test.0000000001.journal", OpenMode::kReadWrite, &file).ok());
  REQUIRE(file->write_at(3'000, "garbage").ok());
  const auto reader = journal.journal->make_reader();
  reader->seek(journal.journal->begin());
  bool found = true;
  Status status;
  int count = 0;
  while (status.ok() && found) {
    JournalRecord record;
    status = reader->next(journal.journal->durable_end().position, &found, &record);
    count += status.ok() && found ? 1 : 0;
  }
  CHECK(count == 2);
  CHECK(status.text().find("test.0000000001.journal' is damaged at offset ") != std::string::npos);
}

TEST_CASE("a reader needs its file and those after it") {
  JournalFixture journal;
  journal.open();
  FileLogReader reader(static_cast<FileJournal*>(journal.journal.get()));
  CHECK(reader.oldest_needed_txid() == UINT64_MAX);
  for (int i = 0; i < 30; ++i) journal.publish(1'000);
  journal.wait_durable();
  reader.seek({2, kSegmentHeaderBytes});
  const std::uint64_t needed = reader.oldest_needed_txid();
  CHECK(needed > 1);
  CHECK(needed < 30);
}
