// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_writer.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

#include "broker/outbox.h"
#include "support/fault_file_io.h"
#include "support/test_broker.h"

using namespace amps::broker;
using amps::Status;

namespace {

struct Home final : OutboxHome {
  void schedule(Outbox*) override {
    const std::lock_guard<std::mutex> lock(mutex);
    ++scheduled;
    changed.notify_all();
  }
  void wait_for(int count) {
    std::unique_lock<std::mutex> lock(mutex);
    REQUIRE(changed.wait_for(lock, raw::kWait, [&] { return scheduled >= count; }));
  }
  std::mutex mutex;
  std::condition_variable changed;
  int scheduled = 0;
};

class Sink final : public amps::net::ByteStream {
 public:
  amps::net::IoResult read_some(char*, std::size_t) override { return {amps::net::IoState::kWantRead, 0}; }
  amps::net::IoResult write_some(const char* from, std::size_t size) override {
    bytes.append(from, size);
    return {amps::net::IoState::kOk, size};
  }
  int fd() const noexcept override { return -1; }
  void shutdown() noexcept override {}
  Status status() const override { return {}; }
  std::string bytes;
};

struct Fixture {
  amps::test::FaultFileIo io;
  raw::KeptLog log;
  Home home;
  OutboxLimits limits;
  Outbox outbox{&home, &limits, nullptr};
  RecordTable table;  // What a compaction sees.
  std::unique_ptr<SowWriter> writer;
  SowWriter::Topic* topic = nullptr;
  std::map<std::string, std::string> state;  // As read at the start.

  Fixture() { limits.client_bytes_max = 1u << 30; }
  Status open() {
    writer = std::make_unique<SowWriter>(&io, &amps::SystemClock::instance(), &log);
    state.clear();
    return writer->open(
        "d/f", "t",
        [this](const SavedChange& change) -> Status {
          if (change.removes) {
            state.erase(std::string(change.key));
          } else {
            state[std::string(change.key)] = change.body;
          }
          return {};
        },
        [this] { return table.snapshot(); }, &topic);
  }
  void start() {
    REQUIRE(open().ok());
    REQUIRE(writer->start().ok());
  }
  SavedPoint append(const std::string& key, const std::string& body) {
    SavedChange change;
    change.key = key;
    change.body = body;
    return writer->append(topic, change);
  }
  // Waits for the ack of everything up to the point; what it is.
  std::string ack(const SavedPoint& point) {
    const int before = home.scheduled;
    writer->send_when_durable(point, &outbox, "yes", "no");
    home.wait_for(before + 1);
    Sink sink;
    outbox.write_to(&sink, 0);
    return sink.bytes;
  }
};

}  // namespace

TEST_CASE("SOW-26: acknowledged changes survive a power cut") {
  Fixture at;
  at.start();
  for (int i = 0; i < 100; ++i) {
    CHECK(at.ack(at.append(std::to_string(i % 10), std::to_string(i))) == "yes");
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
  CHECK(at.ack(at.append("a", "1")) == "yes");
  SUBCASE("write") {
    at.io.fail_at(at.io.operation_count() + 1);
  }
  SUBCASE("sync") {
    at.io.fail_at(at.io.operation_count() + 2);
  }
  CHECK(at.ack(at.append("a", "2")) == "no");
  CHECK(at.writer->failure(at.topic).code() == AMPS_E_STORE);
  CHECK(at.log.contains("records are no longer kept"));
  CHECK(at.ack(at.writer->appended()) == "no");
}

TEST_CASE("an outbox that goes is forgotten") {
  Fixture at;
  at.start();
  {
    Outbox gone(&at.home, &at.limits, nullptr);
    const SavedPoint point = at.append("a", "1");
    at.writer->send_when_durable({point.position + 1, point.topic}, &gone, "yes", "no");
    at.writer->forget(&gone);
  }
  CHECK(at.ack(at.append("a", "2")) == "yes");
}

TEST_CASE("SOW-47: compaction keeps the state and drops the history, with power lost at any step") {
  std::size_t operations = 0;
  for (std::size_t step = 0; step == 0 || step <= operations; ++step) {
    CAPTURE(step);
    Fixture at;
    at.start();
    for (int i = 0; i < 50; ++i) at.append("a", std::string(1'000, 'x'));
    CHECK(at.ack(at.append("a", "last")) == "yes");
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
    if (works) CHECK(at.ack(at.append("b", "later")) == "yes");
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

TEST_CASE("two writers do not share a file") {
  Fixture at;
  at.start();
  SowWriter other(&at.io, &amps::SystemClock::instance(), &at.log);
  SowWriter::Topic* topic = nullptr;
  CHECK(other
            .open(
                "d/f", "t", [](const SavedChange&) { return Status(); }, [] { return RecordSnapshot(); },
                &topic)
            .code() == AMPS_E_STORE);
}
