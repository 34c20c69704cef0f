// SPDX-License-Identifier: Apache-2.0
#include "cutover.h"

#include <atomic>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>

#include "support/logged_broker.h"

namespace amps::test {

namespace {

using raw::Client;
using raw::Frame;

constexpr unsigned long kCutoversPerStart = 10;  // Then the broker has nothing of its log in memory.
constexpr std::uint64_t kAheadMax = 500;

// Publishes the numbers after those that the log has, never far ahead of who receives.
class Publisher {
 public:
  Publisher(std::uint16_t port, const std::atomic<std::uint64_t>* received)
      : received_(*received), client_(port) {
    const Frame logon =
        client_.command(R"("c":"logon","mt":"json","client_name":"publisher","opts":"ack_conflation=1ms")");
    next_ = std::stoull(logon.get("s")) + 1;
    thread_ = std::thread([this] { run(); });
  }
  ~Publisher() {
    stopping_ = true;
    thread_.join();
  }

 private:
  void run() {
    try {
      for (; !stopping_; ++next_) {
        client_.send_frame(R"({"c":"p","t":"orders","a":"persisted","s":)" + std::to_string(next_) + "}",
                           std::to_string(next_));
        while (client_.has_frame()) client_.next("ack");
        while (!stopping_ && next_ > received_ + kAheadMax) std::this_thread::yield();
      }
    } catch (const std::runtime_error&) {
      // Who receives will notice.
    }
  }
  const std::atomic<std::uint64_t>& received_;
  Client client_;
  std::uint64_t next_ = 1;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

class Cutovers {
 public:
  explicit Cutovers(std::uint64_t seed) : random_(seed) { broker_.start(); }

  std::string run(unsigned long count) {
    for (unsigned long i = 0; i < count; ++i) {
      if (i % kCutoversPerStart == 0) restart();
      if (const std::string complaint = follow(); !complaint.empty()) {
        return "cutover " + std::to_string(i) + ": " + complaint;
      }
    }
    publisher_.reset();
    return expected_ > 2 * count ? std::string() : "there was no load";
  }

 private:
  void restart() {
    publisher_.reset();
    broker_.restart();
    publisher_ = std::make_unique<Publisher>(broker_.port(), &received_);
  }
  // One subscriber: to the end of the replay, and then some more of what comes live.
  std::string follow() {
    Client client(broker_.port());
    client.logon("subscriber");
    client.send_frame(R"({"c":"subscribe","cid":"s","sub_id":"s","t":"orders","a":"completed","bm":")" +
                      bookmark_ + "\"}");
    bool is_live = false;
    for (std::uint64_t live = random_() % 20 + 1; live > 0;) {
      const Frame frame = client.next();
      if (frame.is("ack")) {
        if (is_live || frame.get("a") != "completed") return "the wrong ack: " + frame.header;
        is_live = true;
        continue;
      }
      if (frame.body != std::to_string(expected_)) {
        return "instead of " + std::to_string(expected_) + " comes " + frame.body;
      }
      bookmark_ = frame.get("bm");
      received_ = expected_++;
      if (is_live) --live;
    }
    return {};
  }

  std::mt19937_64 random_;
  raw::LoggedBroker broker_;
  std::atomic<std::uint64_t> received_{0};
  std::unique_ptr<Publisher> publisher_;
  std::string bookmark_ = "0";
  std::uint64_t expected_ = 1;
};

}  // namespace

std::string cut_over(unsigned long cutovers, std::uint64_t seed) {
  try {
    return Cutovers(seed).run(cutovers);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace amps::test
