// SPDX-License-Identifier: Apache-2.0
// An embedded broker, and the waiting that tests of the C++ headers need. Nothing here sleeps.
#pragma once

#include <amps/amps_broker.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace facade {

inline constexpr std::chrono::seconds kPatience{20};  // Only a failing test waits that long.

class RunningBroker {
 public:
  RunningBroker() {
    require(amps_broker_new(&broker_));
    start();
  }
  ~RunningBroker() { amps_broker_free(broker_); }
  RunningBroker(const RunningBroker&) = delete;
  RunningBroker& operator=(const RunningBroker&) = delete;

  std::string uri() const { return "tcp://127.0.0.1:" + std::to_string(port_) + "/amps/json"; }
  void stop() { amps_broker_stop(broker_); }

 private:
  static void require(amps_result result) {
    if (result == AMPS_E_OK) return;
    amps_span_t text = {nullptr, 0};
    amps_broker_last_error(nullptr, &text);
    throw std::runtime_error("broker: " + std::string(text.ptr, text.len));
  }
  void start() {
    require(amps_broker_start(broker_));
    amps_broker_address_t address{};
    address.struct_size = sizeof address;
    require(amps_broker_address(broker_, 0, &address));
    port_ = address.port;
  }

  amps_broker_t* broker_ = nullptr;
  unsigned port_ = 0;
};

// Texts that arrive on other threads.
class Received {
 public:
  void add(std::string text) {
    const std::lock_guard<std::mutex> lock(mutex_);
    texts_.push_back(std::move(text));
    changed_.notify_all();
  }
  // All texts once there are `count`; fewer when they do not come.
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return texts_.size() >= count; });
    return texts_;
  }
  // The same as one text, which tests print when it is not what they expect.
  std::string joined(std::size_t count) {
    std::string all;
    for (const std::string& text : wait_for(count)) all += (all.empty() ? "" : "; ") + text;
    return all;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;
};

}  // namespace facade
