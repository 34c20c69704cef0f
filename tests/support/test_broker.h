// SPDX-License-Identifier: Apache-2.0
// A broker core for unit tests: on a free loopback port, with a clock that the test may move, and with
// its log kept.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "broker/broker.h"
#include "support/raw_client.h"

namespace raw {

// Collects lines, and waits for them.
class KeptLog final : public amps::LogSink {
 public:
  bool wants_trace = false;  // Of every frame.
  bool wants(amps_log_level_t level) const noexcept override {
    return wants_trace || level != AMPS_LOG_TRACE;
  }
  void log(amps_log_level_t level, std::string_view line) noexcept override;
  // Waits until some line contains the text. Throws after a while.
  void wait_for(const std::string& text);
  bool contains(const std::string& text);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string lines_;
};

class TestBroker {
 public:
  // Everything may be set before start(); nothing listens before.
  amps::broker::Configuration configuration;
  amps::broker::BrokerParts parts;
  KeptLog log;
  amps::ManualClock clock;

  TestBroker() { parts.log = &log; }
  TestBroker& with(amps_broker_number_t number, std::uint64_t value) {
    configuration.numbers[number] = value;
    return *this;
  }
  TestBroker& with_manual_clock() {
    parts.clock = &clock;
    return *this;
  }
  // Declares a topic of json messages that keeps its records in memory. Before start().
  amps::broker::SowTopicConfiguration& keep(const std::string& topic, std::vector<std::string> keys = {});
  TestBroker& start();
  std::uint16_t port(std::size_t transport = 0) const { return broker->transports()[transport].port; }
  void advance_ms(std::uint64_t ms);  // Moves the clock and lets the broker see it.
  // Waits until the broker's counter has the value. Throws after a while.
  void wait_for_count(const std::string& counter, std::uint64_t value) const;
  std::uint64_t count(const std::string& counter) const;

  std::unique_ptr<amps::broker::Broker> broker;
};

}  // namespace raw
