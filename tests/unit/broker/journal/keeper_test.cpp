// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/keeper.h"

#include <doctest/doctest.h>

#include "journal_fixture.h"

using namespace amps::broker;
using amps::test::JournalFixture;

namespace {

// Some files, of 100 messages a second.
struct OldLog : JournalFixture {
  OldLog() {
    configuration.archive_directory = "archive";
    open();
    while (journal->appended_end().position.segment < 4) {
      clock.advance_ms(10);
      publish(2'000);
    }
    wait_durable();
  }
  void keep() { JournalKeeper(journal.get(), configuration, &clock, &log).run_once(); }
};

}  // namespace

TEST_CASE("TXL-28: files go when they are as old as configured, and not before") {
  OldLog log;
  log.configuration.remove_after_ms = 60'000;
  log.keep();
  CHECK(log.journal->begin().segment == 1);
  log.clock.advance_ms(60'001);
  log.keep();
  CHECK(log.journal->begin().segment == 4);
  CHECK(log.log.contains("3 journal files were removed"));
}

TEST_CASE("TXL-26: files are archived when they are as old as configured, and can be read there") {
  OldLog log;
  log.configuration.archive_after_ms = 60'000;
  log.clock.advance_ms(60'001);
  log.keep();
  CHECK(log.log.contains("3 journal files were archived"));
  CHECK(log.read_all() == log.appended);
}

TEST_CASE("without ages there is no thread, with them it ends when it is told to") {
  OldLog log;
  JournalKeeper idle(log.journal.get(), log.configuration, &log.clock, &log.log);
  CHECK(idle.start().ok());
  log.configuration.remove_after_ms = 1;
  log.clock.advance_ms(60'001);
  JournalKeeper keeper(log.journal.get(), log.configuration, &log.clock, &log.log);
  CHECK(keeper.start().ok());
  log.log.wait_for("journal files were removed");
}
