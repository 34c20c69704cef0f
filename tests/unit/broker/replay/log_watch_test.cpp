// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/log_watch.h"

#include <doctest/doctest.h>

#include "../journal/journal_fixture.h"

using namespace amps;
using namespace amps::broker;
using amps::test::JournalFixture;

using Ids = std::vector<std::uint64_t>;

TEST_CASE("those that wait are told once when the log has moved") {
  JournalFixture journal;
  journal.open();
  net::EventLoop loop(journal.clock);
  REQUIRE(loop.open().ok());
  LogWatch watch(journal.journal.get(), &loop);
  watch.arm();
  watch.wait(7);
  watch.wait(9);
  CHECK(watch.take() == Ids{});
  // A listener that was added after the watch has been told: then the watch has been told as well.
  journal.publish();
  journal.wait_durable();
  watch.on_appended();
  CHECK(watch.take() == Ids{7, 9});
  CHECK(watch.take() == Ids{});
}

TEST_CASE("nobody is woken for a log that nobody reads") {
  JournalFixture journal;
  journal.open();
  net::EventLoop loop(journal.clock);
  REQUIRE(loop.open().ok());
  LogWatch watch(journal.journal.get(), &loop);
  watch.wait(7);
  watch.on_appended();
  CHECK(watch.take() == Ids{});
  watch.arm();
  watch.on_appended();
  CHECK(watch.take() == Ids{7});
}
