// SPDX-License-Identifier: Apache-2.0
#include "broker/stable_storage.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "journal/journal_fixture.h"
#include "support/gated_file_io.h"
#include "support/logged_broker.h"

using namespace amps::broker;
using amps::test::JournalFixture;

namespace {

struct Waiter final : StorageWaiter {
  void on_storage() noexcept override { ++calls; }
  std::atomic<int> calls{0};
};

}  // namespace

TEST_CASE("a point is saved when the log has it, and waiters are told that something was") {
  JournalFixture log;
  SowWriter writer(&log.memory, &log.log);
  StableStorage storage(&writer);
  CHECK(storage.state_of({}) == SavedState::kSaved);
  CHECK(storage.has_room());
  log.open();
  storage.open(log.journal.get());
  Waiter waiter;
  storage.add_waiter(&waiter);
  const std::uint64_t txid = log.publish().txid;
  CHECK(storage.state_of({0, nullptr, txid + 1}) == SavedState::kWaiting);
  log.wait_durable();
  CHECK(storage.state_of({0, nullptr, txid}) == SavedState::kSaved);
  storage.close();
  CHECK(waiter.calls > 0);
}

TEST_CASE("REL-19: what a failed log does not have is lost, what it has stays saved") {
  amps::test::CrashFileIo memory;
  amps::test::GatedFileIo disk(&memory);
  JournalFixture log(&disk);
  SowWriter writer(&memory, &log.log);
  StableStorage storage(&writer);
  log.open();
  storage.open(log.journal.get());
  const std::uint64_t good = log.publish().txid;
  log.wait_durable();
  disk.break_disk();
  const std::uint64_t bad = log.publish().txid;
  log.wait_failure(true);
  CHECK(storage.state_of({0, nullptr, good}) == SavedState::kSaved);
  CHECK(storage.state_of({0, nullptr, bad}) == SavedState::kLost);
  storage.close();
}

namespace {

// A broker on a disk that can be made to stand still.
struct SlowDisk : raw::LoggedBroker {
  amps::test::GatedFileIo disk{&memory};
  SlowDisk() {
    parts.file_io = &disk;
    configuration.transaction_log->segment_bytes = 64u << 20;
    start();
  }
  ~SlowDisk() { disk.open_gate(); }
};

}  // namespace

TEST_CASE("TXL-30: whoever publishes is not read while too much waits for the disk; others are served") {
  SlowDisk at;
  raw::Client publisher(at.port());
  publisher.logon("publisher");
  raw::Client other(at.port());
  other.logon("other");
  at.disk.close_gate();
  const std::string message = raw::frame(R"({"c":"p","t":"orders"})", std::string(1u << 20, 'x'));
  constexpr int kCount = 64;  // More than the log, the reader and the socket's buffers take.
  std::string all;
  for (int i = 0; i < kCount; ++i) all += message;
  std::size_t sent = 0;
  std::thread sending([&] {
    publisher.send(all);
    sent = all.size();
  });
  // It takes more than the log does at once, then no more, for as long as the disk stands still.
  std::uint64_t before = 0;
  for (int still = 0; still < 20;) {
    other.expect_nothing();
    const std::uint64_t now = at.count("messages_in");
    still = now == before && now > 32 ? still + 1 : 0;
    before = now;
  }
  CHECK(at.count("messages_in") < kCount);
  at.disk.open_gate();
  sending.join();
  at.wait_for_count("messages_in", kCount);
  CHECK(sent == all.size());
}

TEST_CASE("ACK-06: acks wait for the disk, and flush for the acks") {
  SlowDisk at;
  raw::Client client(at.port());
  client.logon("me");
  at.disk.close_gate();
  client.send_frame(R"({"c":"p","t":"orders","s":1,"a":"persisted"})", "{}");
  client.send_frame(R"({"c":"flush","cid":"f","a":"completed,persisted"})");
  CHECK(client.ack("f").get("a") == "completed");
  CHECK(client.command(R"("c":"heartbeat","opts":"beat")").get("status") == "success");
  at.disk.open_gate();
  const raw::Frame persisted = client.next("ack");
  CHECK(persisted.get("s") == "1");
  CHECK_FALSE(persisted.has("cid"));
  CHECK(client.ack("f").get("a") == "persisted");
}
