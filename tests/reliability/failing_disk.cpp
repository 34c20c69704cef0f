// SPDX-License-Identifier: Apache-2.0
#include "failing_disk.h"

#include <exception>
#include <functional>
#include <memory>

#include "support/fault_file_io.h"
#include "support/gated_file_io.h"
#include "support/logged_broker.h"
#include "support/sow_answer.h"

namespace amps::test {

namespace {

using raw::Client;
using raw::Frame;
using raw::LoggedBroker;

constexpr int kUntilFull = 2'000;  // Far more than a full disk takes.
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

// One run with a disk whose n-th operation fails, 0: none. What went wrong; `operations` are those of the
// run.
std::string fail_operation(std::size_t n, std::size_t* operations, bool* is_refused) {
  FaultFileIo disk;
  LoggedBroker broker;
  broker.with_records("orders").parts.file_io = &disk;
  disk.fail_at(n);
  std::uint64_t persisted = 0;
  broker.broker = std::make_unique<broker::Broker>(broker.configuration, broker.parts);
  if (const Status status = broker.broker->start(); status.ok()) {
    persisted = publish_all(broker);
  } else if (status.text().empty()) {
    return "a start that fails does not say why";
  }
  broker.broker.reset();
  *operations = disk.operation_count();
  *is_refused = persisted < kMessages;
  disk.fail_at(0);
  disk.lose_power();
  broker.start();
  if (count_records(broker) < persisted) return "what was acknowledged is lost";
  if (publish_all(broker) != kMessages) return "afterwards not everything can be published";
  return count_records(broker) == kMessages ? std::string() : "afterwards not everything is there";
}

std::string guarded(const std::function<std::string()>& run) {
  try {
    return run();
  } catch (const std::exception& error) {
    return error.what();
  }
}

// From the second on, until a publish is refused; the number of that.
int publish_until_refused(Client& client, Frame* answer) {
  int sequence = 1;
  do {
    ++sequence;
    *answer = raw::publish_numbered(client, "orders", sequence, message(sequence));
  } while (answer->get("status") == "success" && sequence < kUntilFull);
  return sequence;
}

// Full for what grows, or, where files are written anew, for every write.
std::string fill(bool for_every_write) {
  LoggedBroker broker("orders");
  GatedFileIo disk(&broker.memory);
  broker.with_records("orders").parts.file_io = &disk;
  broker.start();
  Client client(broker.port());
  client.logon("publisher");
  const auto flush = [&client] {
    client.send_frame(R"({"c":"flush","cid":"f","a":"persisted"})");
    return client.ack("f").get("status") == "success";
  };
  raw::publish_numbered(client, "orders", 1, message(1));
  if (!flush()) return "a good disk refuses";  // From here on the log writes to a file it has.
  disk.set_full(true, for_every_write);
  Frame answer;
  const int sequence = publish_until_refused(client, &answer);
  if (answer.get("reason") != "transaction log full") return "the disk is full, and nobody says so";
  // What does not need the log goes on.
  if (count_records(broker) == 0) return "a full disk stops queries";
  client.subscribe("other", "1");
  client.publish("other", "{}");
  if (client.next("p").get("t") != "other") return "a full disk stops topics without a log";
  disk.set_full(false);
  while (raw::publish_numbered(client, "orders", sequence, message(sequence)).get("status") != "success") {
  }
  if (!flush()) return "with room again, nothing is persisted";
  broker.restart();
  return count_records(broker) == static_cast<std::uint64_t>(sequence) ? std::string()
                                                                       : "what was acknowledged is lost";
}

std::string break_it() {
  LoggedBroker broker;
  GatedFileIo disk(&broker.memory);
  broker.with_records("orders").parts.file_io = &disk;
  broker.start();
  Client client(broker.port());
  client.logon("publisher");
  const auto flush = [&](const std::string& id) {
    client.send_frame(R"({"c":"flush","a":"persisted","cid":")" + id + "\"}");
    return client.ack(id);
  };
  client.send_frame(R"({"c":"p","t":"orders","s":1})", message(1));
  if (flush("a").get("status") != "success") return "a good disk refuses";
  disk.break_disk();
  client.send_frame(R"({"c":"p","t":"orders","s":2})", message(2));
  if (flush("b").get("reason") != "transaction log failed") return "what was not synced is acknowledged";
  const Frame refused = raw::publish_numbered(client, "orders", 3, message(3));
  if (refused.get("reason") != "transaction log failed") return "a broken log takes messages";
  broker.log.wait_for("the transaction log has failed");
  return count_records(broker) == 2 ? std::string() : "a broken log stops queries";
}

}  // namespace

FailedOperations fail_each_operation() {
  FailedOperations result;
  for (std::size_t n = 0; n <= result.operations && result.complaint.empty(); ++n) {
    std::size_t operations = 0;
    bool is_refused = false;
    result.complaint = guarded([&] { return fail_operation(n, &operations, &is_refused); });
    if (!result.complaint.empty()) result.complaint += " (operation " + std::to_string(n) + ")";
    if (n == 0) result.operations = operations;  // As a run counts them that goes well.
    result.refused += is_refused ? 1 : 0;
  }
  return result;
}

std::string fill_disk() {
  const std::string complaint = guarded([] { return fill(false); });
  return complaint.empty() ? guarded([] { return fill(true); }) : complaint;
}

std::string break_sync() {
  return guarded(break_it);
}

}  // namespace amps::test
