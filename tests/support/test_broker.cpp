// SPDX-License-Identifier: Apache-2.0
#include "support/test_broker.h"

#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>

namespace raw {

void KeptLog::log(amps_log_level_t, std::string_view line) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  lines_.append(line).push_back('\n');
  changed_.notify_all();
}

void KeptLog::wait_for(const std::string& text) {
  std::unique_lock<std::mutex> lock(mutex_);
  const bool found = changed_.wait_for(lock, kWait, [&] { return lines_.find(text) != std::string::npos; });
  if (!found) throw std::runtime_error("no log line with " + text + " in\n" + lines_);
}

bool KeptLog::contains(const std::string& text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return lines_.find(text) != std::string::npos;
}

amps::broker::SowTopicConfiguration& TestBroker::keep(const std::string& topic,
                                                      std::vector<std::string> keys) {
  amps::broker::SowTopicConfiguration kept;
  kept.name = topic;
  kept.message_type = "json";
  kept.is_persistent = false;
  kept.keys = std::move(keys);
  return std::get<amps::broker::SowTopicConfiguration>(configuration.sow.emplace_back(std::move(kept)));
}

TestBroker& TestBroker::start() {
  broker = std::make_unique<amps::broker::Broker>(configuration, parts);
  const amps::Status status = broker->start();
  if (!status.ok()) throw std::runtime_error("broker did not start: " + status.text());
  return *this;
}

void TestBroker::advance_ms(std::uint64_t ms) {
  clock.advance_ms(ms);
  broker->notice_time();
}

std::uint64_t TestBroker::count(const std::string& counter) const {
  const std::string json = broker->statistics_json();
  const std::string key = "\"" + counter + "\":";
  const std::size_t at = json.find(key);
  if (at == std::string::npos) throw std::runtime_error("no counter " + counter + " in " + json);
  return std::stoull(json.substr(at + key.size()));
}

void TestBroker::wait_for_count(const std::string& counter, std::uint64_t value) const {
  const auto deadline = std::chrono::steady_clock::now() + kWait;
  while (count(counter) != value) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(counter + " did not become " + std::to_string(value) + ": " +
                               broker->statistics_json());
    }
    std::this_thread::yield();
  }
}

}  // namespace raw
