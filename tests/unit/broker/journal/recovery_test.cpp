// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/recovery.h"

#include <doctest/doctest.h>

#include <string>

#include "journal_fixture.h"

using namespace amps;
using namespace amps::broker;
using amps::test::CrashFileIo;
using amps::test::DiskImage;
using amps::test::JournalFixture;

namespace {

// What a journal of three files leaves behind.
struct OldLog {
  OldLog() {
    journal.open();
    for (int i = 0; i < 20; ++i) {
      journal.publish(2'000);
      journal.wait_durable();
    }
    end = journal.journal->durable_end().position;
    journal.close();
    image = journal.memory.after_kill(journal.memory.moment());
    REQUIRE(end.segment == 3);
  }
  std::string& file(std::uint64_t number) { return image.at("journal/" + segment_name("test", number)); }
  // Starts on the image as it is now.
  Status start() {
    disk = std::make_unique<CrashFileIo>(image);
    after = std::make_unique<JournalFixture>(disk.get());
    return after->try_open();
  }

  JournalFixture journal;
  LogPosition end;
  DiskImage image;
  std::unique_ptr<CrashFileIo> disk;
  std::unique_ptr<JournalFixture> after;
};

}  // namespace

TEST_CASE("TXL-29: a torn tail is cut off, and the log says how much") {
  OldLog log;
  std::string& last = log.file(3);
  const auto end = static_cast<std::size_t>(log.end.offset);
  last.replace(end - 600, 600, 600, '\0');  // The end of the last record did not reach the disk.
  REQUIRE(log.start().ok());
  CHECK(log.after->recovered.size() == 19);
  log.after->log.wait_for("an unfinished write of");
  log.after->log.wait_for("was cut off");
  // What is written there now is read well, though the old bytes were longer.
  log.after->close();
  log.after->open();
  CHECK(log.after->publish(100).txid == 20);
  log.after->close();
  log.after->open();
  CHECK(log.after->recovered.size() == 20);
}

TEST_CASE("REL-09: damage before the end refuses the start with file and offset") {
  OldLog log;
  for (const std::uint64_t number : {1u, 2u, 3u}) {
    const std::string good = log.file(number);
    for (const std::size_t at : {std::size_t{500}, std::size_t{1'000}, std::size_t{2'500}}) {
      log.file(number)[at] = static_cast<char>(log.file(number)[at] ^ 1);
      const Status status = log.start();
      CHECK_FALSE(status.ok());
      CHECK(status.text().find(segment_name("test", number) + "' is damaged at offset ") !=
            std::string::npos);
      log.file(number) = good;
    }
  }
  CHECK(log.start().ok());
}

TEST_CASE("a fault in the last record that no torn write explains is damage") {
  OldLog log;
  const auto end = static_cast<std::size_t>(log.end.offset);
  log.file(3)[end - 100] = static_cast<char>(log.file(3)[end - 100] ^ 4);
  CHECK(log.start().text().find("this was written safely") != std::string::npos);
}

TEST_CASE("a missing file in the middle refuses the start and is named") {
  OldLog log;
  log.image.erase("journal/" + segment_name("test", 2));
  CHECK(log.start().text() ==
        "journal file 'journal/test.0000000002.journal' is missing, while later ones are there");
}

TEST_CASE("a file that is cut short in the middle of the log refuses the start") {
  OldLog log;
  log.file(2).resize(3'000);
  CHECK_FALSE(log.start().ok());
}

TEST_CASE("unfinished files are removed, and foreign ones left alone") {
  OldLog log;
  log.image["journal/test.0000000009.journal.tmp"] = "half";
  log.image["journal/notes.txt"] = "mine";
  REQUIRE(log.start().ok());
  log.after->close();
  const DiskImage now = log.disk->after_kill(log.disk->moment());
  CHECK(now.count("journal/test.0000000009.journal.tmp") == 0);
  CHECK(now.at("journal/notes.txt") == "mine");
}

TEST_CASE("what a killed process left unsynced is safe once the log was opened") {
  JournalFixture journal;
  journal.configuration.sync_before_ack = false;
  journal.configuration.flush_interval_us = 3'600'000'000;
  journal.open();
  for (int i = 0; i < 5; ++i) journal.publish();
  journal.wait_durable();
  CrashFileIo killed(journal.memory.after_kill(journal.memory.moment()));
  JournalFixture after(&killed);
  REQUIRE(after.try_open().ok());
  after.close();
  std::mt19937_64 random(3);
  for (int i = 0; i < 8; ++i) {
    CrashFileIo cut(killed.after_power_cut(killed.moment(), &random));
    JournalFixture again(&cut);
    REQUIRE(again.try_open().ok());
    CHECK(again.recovered.size() == 5);
  }
}

TEST_CASE("a failing visitor ends the start") {
  OldLog log;
  CrashFileIo disk(log.image);
  JournalFixture after(&disk);
  const Status status = Journal::open(
      after.configuration, "test", after.parts,
      [](const JournalRecord& record) {
        return record.txid == 3 ? Status(AMPS_E_STORE, "no room for it") : Status();
      },
      &after.journal);
  CHECK(status.text() == "no room for it");
}
