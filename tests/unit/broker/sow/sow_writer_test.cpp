// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_writer.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "support/fault_file_io.h"
#include "support/test_broker.h"

using namespace amps::broker;
using amps::Status;

namespace {

// What the writer says to who waits.
struct Listener {
  void call() {
    const std::lock_guard<std::mutex> lock(mutex);
    ++calls;
    changed.notify_all();
  }
  std::mutex mutex;
  std::condition_variable changed;
  int calls = 0;
};

struct Fixture {
  amps::test::FaultFileIo io;
  raw::KeptLog log;
  Listener listener;
  RecordTable table;  // What a compaction sees.
  VersionSnapshot versions;
  std::unique_ptr<SowWriter> writer;
  SowWriter::Topic* topic = nullptr;
  std::map<std::string, std::string> state;  // As read at the start.
  std::string told;                          // Likewise, in order, as "key=body@time" or "-key@time".

  Status open() {
    writer = std::make_unique<SowWriter>(&io, &log);
    writer->set_listener([this] { listener.call(); });
    state.clear();
    told.clear();
    return writer->open(
        "d/f", "t",
        [this](const SavedChange& change) -> Status {
          told += (change.removes ? "-" + std::string(change.key)
                                  : std::string(change.key) + "=" + std::string(change.body)) +
                  "@" + std::to_string(change.timestamp_us) + " ";
          if (change.removes) {
            state.erase(std::string(change.key));
          } else {
            state[std::string(change.key)] = change.body;
          }
          return {};
        },
        [this] {
          return KeptRecords{table.snapshot(), versions};
        },
        &topic);
  }
  void start() {
    REQUIRE(open().ok());
    REQUIRE(writer->start().ok());
  }
  SavedPoint append(const std::string& key, const std::string& body, std::uint64_t txid = 0) {
    SavedChange change;
    change.key = key;
    change.body = body;
    change.txid = txid;
    return writer->append(topic, change);
  }
  // Waits until it is known what became of everything up to the point.
  SavedState settle(const SavedPoint& point) {
    std::unique_lock<std::mutex> lock(listener.mutex);
    REQUIRE(listener.changed.wait_for(lock, raw::kWait,
                                      [&] { return writer->state_of(point) != SavedState::kWaiting; }));
    return writer->state_of(point);
  }
};

constexpr SavedState kSaved = SavedState::kSaved;
constexpr SavedState kLost = SavedState::kLost;

}  // namespace

TEST_CASE("SOW-26: acknowledged changes survive a power cut") {
  Fixture at;
  at.start();
  for (int i = 0; i < 100; ++i) {
    CHECK(at.settle(at.append(std::to_string(i % 10), std::to_string(i))) == kSaved);
  }
  // Without a stop: only what was synced is left.
  amps::test::FaultFileIo* const io = &at.io;
  at.writer->stop();
  io->lose_power();
  REQUIRE(at.open().ok());
  CHECK(at.state.size() == 10);
  CHECK(at.state["7"] == "97");
}

TEST_CASE("a failed write or sync refuses acks and further changes, and the log says why") {
  Fixture at;
  at.start();
  CHECK(at.settle(at.append("a", "1")) == kSaved);
  SUBCASE("write") {
    at.io.fail_at(at.io.operation_count() + 1);
  }
  SUBCASE("sync") {
    at.io.fail_at(at.io.operation_count() + 2);
  }
  CHECK(at.settle(at.append("a", "2")) == kLost);
  CHECK(at.writer->failure(at.topic).code() == AMPS_E_STORE);
  CHECK(at.log.contains("records are no longer kept"));
  CHECK(at.settle(at.writer->appended()) == kLost);
}

TEST_CASE("changes of a logged topic are written once the log has them, and hold the log until then") {
  Fixture at;
  at.start();
  at.writer->note_logged(0, true);
  CHECK(at.append("a", "1", 1).position == 0);
  CHECK(at.append("a", "2", 2).position == 0);
  CHECK(at.writer->oldest_needed_txid() == 1);
  at.writer->note_logged(2, true);
  {
    std::unique_lock<std::mutex> lock(at.listener.mutex);
    REQUIRE(at.listener.changed.wait_for(lock, raw::kWait,
                                         [&] { return at.writer->oldest_needed_txid() == UINT64_MAX; }));
  }
  // The log ends here: what it will not have is not written.
  at.append("a", "3", 3);
  at.writer->note_logged(2, false);
  CHECK(at.writer->oldest_needed_txid() == 3);
  at.writer->stop();
  REQUIRE(at.open().ok());
  CHECK(at.state["a"] == "2");
}

TEST_CASE("what is not logged, as an expiry, does not take along what the log has not got") {
  for (const bool is_first : {true, false}) {
    Fixture at;
    at.start();
    at.writer->note_logged(0, true);
    if (is_first) at.append("b", "expired");
    at.append("a", "1", 1);
    if (!is_first) at.append("b", "expired");
    CHECK(at.writer->oldest_needed_txid() == 1);
    at.writer->note_logged(0, false);
    at.writer->stop();
    REQUIRE(at.open().ok());
    CHECK(at.state.count("a") == 0);
  }
}

TEST_CASE("a stop writes what the log is about to have") {
  Fixture at;
  at.start();
  at.writer->note_logged(0, true);
  at.append("a", "1", 1);
  std::thread stopping([&] { at.writer->stop(); });
  at.writer->note_logged(1, true);
  stopping.join();
  REQUIRE(at.open().ok());
  CHECK(at.state["a"] == "1");
}

TEST_CASE("SOW-47: compaction keeps the state and drops the history, with power lost at any step") {
  std::size_t operations = 0;
  for (std::size_t step = 0; step == 0 || step <= operations; ++step) {
    CAPTURE(step);
    Fixture at;
    at.start();
    for (int i = 0; i < 50; ++i) at.append("a", std::string(1'000, 'x'));
    CHECK(at.settle(at.append("a", "last")) == kSaved);
    const std::size_t before_bytes = at.io.content("d/f").size();
    Record::Parts parts;
    parts.key = "a";
    parts.body = "last";
    at.table.add(Record::make(parts));
    const std::size_t before = at.io.operation_count();
    if (step != 0) at.io.fail_at(before + step);
    at.writer->request_compaction(at.topic);
    at.log.wait_for("compacted");
    at.io.fail_at(0);
    const bool works = at.writer->failure(at.topic).ok();
    if (works) CHECK(at.settle(at.append("b", "later")) == kSaved);
    at.writer->stop();
    if (step == 0) {
      operations = at.io.operation_count() - before;
      CHECK(at.io.content("d/f").size() < before_bytes / 10);
    }
    at.io.lose_power();
    REQUIRE(at.open().ok());
    CHECK(at.state["a"] == "last");
    if (works) CHECK(at.state["b"] == "later");
  }
}

TEST_CASE("SOW-34 SOW-47: compaction keeps the versions that history has, and where records were deleted") {
  Fixture at;
  at.start();
  const auto record = [](const char* key, const char* body, std::uint64_t timestamp_us) {
    Record::Parts parts;
    parts.key = key;
    parts.body = body;
    parts.timestamp_us = timestamp_us;
    return Record::make(parts);
  };
  History history({1'000, 0});
  history.add(record("a", "1", 10), 20, 0, false);
  history.add(record("b", "1", 15), 30, 0, true);
  at.versions = history.versions();
  at.table.add(record("a", "2", 20));
  CHECK(at.settle(at.append("a", "2")) == kSaved);
  at.writer->request_compaction(at.topic);
  at.log.wait_for("compacted");
  at.writer->stop();
  REQUIRE(at.open().ok());
  CHECK(at.told == "a=1@10 b=1@15 -b@30 a=2@20 ");
}

TEST_CASE("two writers do not share a file") {
  Fixture at;
  at.start();
  SowWriter other(&at.io, &at.log);
  SowWriter::Topic* topic = nullptr;
  CHECK(other
            .open(
                "d/f", "t", [](const SavedChange&) { return Status(); }, [] { return KeptRecords(); }, &topic)
            .code() == AMPS_E_STORE);
}

TEST_CASE_FIXTURE(Fixture, "EMB-06: an abandoned writer writes nothing more, as a killed process") {
  start();
  CHECK(settle(append("a", "1")) == SavedState::kSaved);
  writer->stop();
  REQUIRE(open().ok());
  append("b", "2");
  writer->abandon();
  REQUIRE(writer->start().ok());
  writer->stop();
  writer.reset();
  start();
  CHECK(state == std::map<std::string, std::string>{{"a", "1"}});
}
