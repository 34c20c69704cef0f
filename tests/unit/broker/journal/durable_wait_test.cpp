// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/durable_wait.h"

#include <doctest/doctest.h>

#include <thread>

#include "support/memory_journal.h"
#include "support/raw_client.h"

using namespace amps::broker;

namespace {

std::chrono::steady_clock::time_point soon() {
  return std::chrono::steady_clock::now() + raw::kWait;
}

struct Fixture {
  raw::MemoryJournal journal;
  DurableWait wait{&journal};

  Fixture() { journal.commits_at_once = false; }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what is durable already is not waited for") {
  CHECK(wait.run(0, {}).ok());
  journal.publish("t", "a");
  journal.commit();
  CHECK(wait.run(1, {}).ok());
}

TEST_CASE_FIXTURE(Fixture, "the wait ends when the disk has it, not before") {
  journal.publish("t", "a");
  journal.publish("t", "b");
  CHECK(wait.run(2, {}).code() == AMPS_E_TIMED_OUT);
  CHECK(wait.run(2, {}).text() == "the log is safe up to transaction 0 of 2");
  std::thread disk([this] { journal.commit(); });
  CHECK(wait.run(2, soon()).ok());
  disk.join();
}

TEST_CASE_FIXTURE(Fixture, "a log that takes nothing is not waited for") {
  journal.publish("t", "a");
  journal.refusal = amps::Status(AMPS_E_STORE, "full", "transaction log full");
  CHECK(wait.run(1, soon()).reason() == "transaction log full");
}
