// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/retention.h"

#include <doctest/doctest.h>

#include <string>

#include "journal_fixture.h"

using namespace amps;
using namespace amps::broker;
using amps::test::CrashFileIo;
using amps::test::JournalFixture;

namespace {

struct LongLog : JournalFixture {
  explicit LongLog(FileIo* io = nullptr) : JournalFixture(io) { configuration.archive_directory = "archive"; }
  // Files 1 to 5, one every second.
  void fill() {
    if (journal == nullptr) open();
    while (journal->appended_end().position.segment < 6) {
      clock.advance_ms(100);
      publish(2'000);
    }
    wait_durable();
  }
  bool has(const std::string& directory, std::uint64_t number) {
    return memory.after_kill(memory.moment())
               .count(directory + "/test.000000000" + std::to_string(number) + ".journal") != 0;
  }
  std::uint64_t remove(std::uint64_t utc_us) {
    std::uint64_t count = 0;
    const Status status = journal->remove_before(utc_us, &count);
    REQUIRE_MESSAGE(status.ok(), status.text());
    return count;
  }
  std::uint64_t archive(std::uint64_t utc_us) {
    std::uint64_t count = 0;
    const Status status = journal->archive_before(utc_us, &count);
    REQUIRE_MESSAGE(status.ok(), status.text());
    return count;
  }
};

class Hold : public JournalHold {
 public:
  explicit Hold(std::uint64_t needed) : txid(needed) {}
  std::uint64_t oldest_needed_txid() override { return txid; }
  std::uint64_t txid;
};

}  // namespace

TEST_CASE("TXL-28: old files are removed, never the current one") {
  LongLog log;
  log.fill();
  const std::uint64_t later = log.clock.utc_us() + 1;
  CHECK(log.remove(0) == 0);
  CHECK(log.remove(later) == 5);
  CHECK_FALSE(log.has("journal", 5));
  CHECK(log.has("journal", 6));
  CHECK(log.remove(later) == 0);
  const auto rest = log.read_all();
  REQUIRE_FALSE(rest.empty());
  CHECK(rest.back() == log.appended.back());
  log.close();
  log.open();
  CHECK(log.recovered == rest);
}

TEST_CASE("TXL-28, TXL-39: publishers whose messages were removed are still known") {
  LongLog log;
  log.open();
  PublisherState* other = nullptr;
  REQUIRE(log.journal->publishers().open(publisher_id("other", ""), "other", 0, &other).ok());
  JournalRecord record;
  record.message_type = "json";
  record.topic = "orders";
  record.bookmark = {other->id(), 41};
  REQUIRE(log.journal->append(&record, other).ok());
  log.fill();
  log.remove(log.clock.utc_us() + 1);
  log.close();
  log.open();
  REQUIRE(log.journal->publishers().find(publisher_id("other", ""), "other", &other).ok());
  REQUIRE(other != nullptr);
  CHECK(other->highest() == 41);
}

TEST_CASE("TXL-28: what a reader or anybody else needs is not removed") {
  LongLog log;
  log.fill();
  const auto reader = log.journal->make_reader();
  reader->seek({3, kSegmentHeaderBytes});
  CHECK(log.remove(log.clock.utc_us() + 1) == 2);
  CHECK(log.has("journal", 3));
  Hold hold(log.appended[log.appended.size() - 9].txid);
  log.journal->add_hold(&hold);
  reader->seek({6, kSegmentHeaderBytes});
  CHECK(log.remove(log.clock.utc_us() + 1) < 3);
  log.journal->remove_hold(&hold);
  CHECK(log.remove(log.clock.utc_us() + 1) > 0);
}

TEST_CASE("TXL-26: archived files are read as before, also after a restart, and removed in turn") {
  LongLog log;
  log.fill();
  const std::uint64_t later = log.clock.utc_us() + 1;
  CHECK(log.archive(later) == 5);
  CHECK(log.has("archive", 1));
  CHECK_FALSE(log.has("journal", 1));
  CHECK(log.read_all() == log.appended);
  log.close();
  log.open();
  CHECK(log.recovered == log.appended);
  CHECK(log.read_all() == log.appended);
  CHECK(log.remove(later) == 5);
  CHECK_FALSE(log.has("archive", 5));
}

TEST_CASE("archiving needs a place to move to") {
  LongLog log;
  log.configuration.archive_directory.clear();
  log.fill();
  std::uint64_t count = 0;
  CHECK(log.journal->archive_before(UINT64_MAX, &count).code() == AMPS_E_USAGE);
}

TEST_CASE("REL-02: a power cut while files move loses no message that was not to be removed") {
  for (const bool archives : {true, false}) {
    LongLog log;
    log.fill();
    const std::size_t begin = log.memory.moment();
    if (archives) log.archive(log.clock.utc_us() + 1);
    if (!archives) log.remove(log.clock.utc_us() + 1);
    const std::size_t rest = log.read_all().size();
    std::mt19937_64 random(1);
    for (std::size_t moment = begin; moment <= log.memory.moment(); ++moment) {
      for (int i = 0; i < 16; ++i) {
        CrashFileIo disk(log.memory.after_power_cut(moment, &random));
        LongLog after(&disk);
        const Status status = after.try_open();
        REQUIRE_MESSAGE(status.ok(), status.text());
        REQUIRE(after.recovered.size() >= rest);
        CHECK(std::equal(after.recovered.rbegin(), after.recovered.rend(), log.appended.rbegin()));
      }
    }
  }
}
