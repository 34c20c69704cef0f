// SPDX-License-Identifier: Apache-2.0
// REL-19: whatever operation on the disk fails, nothing is acknowledged that a restart does not find, not
// even after a power cut; and a full disk is no more than a pause.
#include <doctest/doctest.h>

#include <string>

#include "support/fault_file_io.h"
#include "support/gated_file_io.h"
#include "support/logged_broker.h"
#include "support/sow_answer.h"

using raw::Client;
using raw::Frame;
using raw::LoggedBroker;

namespace {

constexpr int kMessages = 20;

std::string message(int sequence) {
  return R"({"id":)" + std::to_string(sequence) + R"(,"text":")" + std::string(8'000, 'x') + "\"}";
}

// Publishes, and returns the highest number that was acknowledged as persisted.
std::uint64_t publish_all(LoggedBroker& broker) {
  Client client(broker.port());
  const Frame logon =
      client.command(R"("c":"logon","mt":"json","opts":"ack_conflation=0","client_name":"publisher")");
  std::uint64_t persisted = std::stoull(logon.get("s"));
  for (int i = 1; i <= kMessages; ++i) {
    const std::string number = std::to_string(i);
    client.send_frame(R"({"c":"p","t":"orders","a":"persisted","s":)" + number + "}", message(i));
    client.send_frame(R"({"c":"flush","cid":"f)" + number + R"(","a":"persisted"})");
    // The flush is answered in any case, after what it waits for.
    for (Frame ack = client.next("ack"); ack.get("cid") != "f" + number; ack = client.next("ack")) {
      if (ack.get("status") == "success") persisted = std::stoull(ack.get("s"));
    }
  }
  return persisted;
}

std::uint64_t count_records(LoggedBroker& broker) {
  Client client(broker.port());
  client.logon("reader");
  return raw::query(client, R"("c":"sow","t":"orders","bs":100)").records.size();
}

}  // namespace

TEST_CASE("REL-19: the n-th operation on the disk fails, for every n") {
  std::size_t operations = 0;  // As the first run counts them, which goes well.
  int refused = 0;
  for (std::size_t n = 0; n <= operations; ++n) {
    CAPTURE(n);
    amps::test::FaultFileIo disk;
    LoggedBroker broker;
    broker.with_records("orders").parts.file_io = &disk;
    disk.fail_at(n);
    std::uint64_t persisted = 0;
    broker.broker = std::make_unique<amps::broker::Broker>(broker.configuration, broker.parts);
    if (const amps::Status status = broker.broker->start(); status.ok()) {
      persisted = publish_all(broker);
    } else {
      CHECK(status.text() != "");
    }
    broker.broker.reset();
    if (n == 0) operations = disk.operation_count();
    refused += persisted < kMessages ? 1 : 0;
    disk.fail_at(0);
    disk.lose_power();
    broker.start();
    const std::uint64_t kept = count_records(broker);
    CHECK(kept >= persisted);
    CHECK(publish_all(broker) == kMessages);
    CHECK(count_records(broker) == kMessages);
  }
  CHECK(operations > 30);
  CHECK(refused > 10);
}

TEST_CASE("REL-19: on a full disk publishes are refused and the rest goes on, until there is room again") {
  LoggedBroker broker("orders");
  amps::test::GatedFileIo disk(&broker.memory);
  broker.with_records("orders").parts.file_io = &disk;
  broker.start();
  Client client(broker.port());
  client.logon("publisher");
  const auto publish = [&](int sequence) {
    client.send_frame(
        R"({"c":"p","t":"orders","a":"processed","cid":"p","s":)" + std::to_string(sequence) + "}",
        message(sequence));
    return client.ack("p");
  };
  disk.set_full(true);
  int sequence = 1;
  Frame answer = publish(sequence);
  while (answer.get("status") == "success") answer = publish(++sequence);
  CHECK(answer.get("reason") == "transaction log full");
  // What does not need the log goes on.
  CHECK(count_records(broker) > 0);
  client.subscribe("other", "1");
  client.publish("other", "{}");
  CHECK(client.next("p").get("t") == "other");
  disk.set_full(false);
  while (publish(sequence).get("status") != "success") {
  }
  client.send_frame(R"({"c":"flush","cid":"f","a":"persisted"})");
  CHECK(client.ack("f").get("status") == "success");
  broker.restart();
  CHECK(count_records(broker) == static_cast<std::uint64_t>(sequence));
}

TEST_CASE("REL-19: after a failed sync the log is read only, and says so") {
  LoggedBroker broker;
  amps::test::GatedFileIo disk(&broker.memory);
  broker.with_records("orders").parts.file_io = &disk;
  broker.start();
  Client client(broker.port());
  client.logon("publisher");
  client.send_frame(R"({"c":"p","t":"orders","s":1})", message(1));
  client.send_frame(R"({"c":"flush","cid":"a","a":"persisted"})");
  CHECK(client.ack("a").get("status") == "success");
  disk.break_disk();
  client.send_frame(R"({"c":"p","t":"orders","s":2})", message(2));
  client.send_frame(R"({"c":"flush","cid":"b","a":"persisted"})");
  const Frame flush = client.ack("b");
  CHECK(flush.get("status") == "failure");
  CHECK(flush.get("reason") == "transaction log failed");
  const Frame refused = raw::publish_numbered(client, "orders", 3, message(3));
  CHECK(refused.get("reason") == "transaction log failed");
  broker.log.wait_for("the transaction log has failed");
  CHECK(count_records(broker) == 2);
}
