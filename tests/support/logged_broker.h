// SPDX-License-Identifier: Apache-2.0
// A test broker with a transaction log on a file system in memory, which outlives its restarts.
#pragma once

#include <string>

#include "support/crash_file_io.h"
#include "support/test_broker.h"

namespace raw {

struct LoggedBroker : TestBroker {
  amps::test::CrashFileIo memory;

  explicit LoggedBroker(const std::string& topics = ".*") {
    parts.file_io = &memory;
    auto& log_configuration = configuration.transaction_log.emplace();
    log_configuration.directory = "journal";
    log_configuration.segment_bytes = 64u << 10;
    log_configuration.preallocated_files = 1;
    log_configuration.topics = {{topics, "json"}};
  }
  ~LoggedBroker() { broker.reset(); }

  // A topic that lives in memory and in the log.
  LoggedBroker& with_records(const std::string& topic) {
    amps::broker::SowTopicConfiguration sow;
    sow.name = topic;
    sow.message_type = "json";
    sow.keys = {"/id"};
    sow.is_persistent = false;
    configuration.sow.emplace_back(sow);
    return *this;
  }
  void restart() {
    broker.reset();
    start();
  }
};

// Publishes with a number, and waits for the answer.
inline Frame publish_numbered(Client& client, const std::string& topic, int sequence,
                              const std::string& body) {
  const std::string id = "n" + std::to_string(sequence);
  client.send_frame(R"({"c":"p","t":")" + topic + R"(","s":)" + std::to_string(sequence) + R"(,"cid":")" +
                        id + R"(","a":"processed"})",
                    body);
  return client.ack(id);
}

}  // namespace raw
