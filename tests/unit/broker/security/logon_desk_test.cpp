// SPDX-License-Identifier: Apache-2.0
#include "broker/security/logon_desk.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "broker/session.h"

using namespace amps::broker;

namespace {

class Host final : public SessionHost {
 public:
  std::uint64_t now_ms() const noexcept override { return 0; }
  void flush() noexcept override {}
  void request_close(std::uint64_t, Disconnect) override {}
  void run_in(std::uint64_t connection_id, std::function<void(Session&)>) override {
    const std::lock_guard lock(mutex_);
    answered_.push_back(connection_id);
    changed_.notify_all();
  }
  std::vector<std::uint64_t> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return answered_.size() >= count; });
    return answered_;
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return answered_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> answered_;
};

// Keeps those who ask it waiting.
class Gate {
 public:
  LogonDesk::Answer pass() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    ++passed_;
    changed_.notify_all();
    return [](Session&) {};
  }
  void wait_inside(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= count; });
  }
  void open(int wait_for = 0) {
    std::unique_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return passed_ >= wait_for; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  int passed_ = 0;
  bool open_ = false;
};

}  // namespace

TEST_CASE("every question is answered in its session, and one that waits holds up no other") {
  Host host;
  Gate gate;
  LogonDesk desk;
  REQUIRE(desk.start().ok());
  REQUIRE(desk.ask(&host, 1, "10.0.0.1:4711", [&] { return gate.pass(); }));
  gate.wait_inside(1);
  REQUIRE(desk.ask(&host, 2, "10.0.0.2:4711", [] { return [](Session&) {}; }));
  CHECK(host.wait_for(1) == std::vector<std::uint64_t>{2});
  gate.open();
  CHECK(host.wait_for(2) == std::vector<std::uint64_t>{2, 1});
}

TEST_CASE("REL-17 questions beyond a bound are turned away, and after the end there are none") {
  Host host;
  Gate gate;
  LogonDesk desk;
  int taken = 0;
  const auto ask_from = [&](const std::string& peer) {
    return desk.ask(&host, 1, peer, [] { return [](Session&) {}; });
  };
  while (ask_from("10.0.0.1:" + std::to_string(taken))) ++taken;
  CHECK(taken == 256);  // Of one address, whatever its ports.
  while (ask_from("10.0.1." + std::to_string(taken) + ":1")) ++taken;
  CHECK(taken == 1024);
  desk.stop();
  CHECK_FALSE(desk.ask(&host, 1, "10.0.0.1:4711", [] { return [](Session&) {}; }));
  CHECK(host.count() == 0);
}

TEST_CASE("REL-39 a desk ends while somebody it asks does not answer, and drops what comes later") {
  Host host;
  const auto gate = std::make_shared<Gate>();  // Of the test and of the worker that is left behind.
  {
    LogonDesk desk;
    REQUIRE(desk.start().ok());
    REQUIRE(desk.ask(&host, 1, "10.0.0.1:4711", [gate] { return gate->pass(); }));
    gate->wait_inside(1);
  }
  gate->open(1);
  CHECK(host.count() == 0);
}

TEST_CASE("SEC-02 REL-17 guesses of one address come one after the other, over however many connections") {
  amps::ManualClock clock;
  Host host;
  LogonDesk desk(clock);
  desk.refused("10.0.0.1:1000");
  const auto ask = [&](std::uint64_t connection, const std::string& peer) {
    return desk.ask(&host, connection, peer, [] { return [](Session&) {}; });
  };
  int taken = 0;
  while (ask(1, "10.0.0.1:" + std::to_string(2000 + taken))) ++taken;
  CHECK(taken == 64);
  REQUIRE(desk.start().ok());
  REQUIRE(ask(2, "10.0.0.2:1"));  // Asked last, and not held up.
  CHECK(host.wait_for(1) == std::vector<std::uint64_t>{2});
  for (std::size_t guesses = 1; guesses <= 3; ++guesses) {
    clock.advance_ms(100);
    desk.notice_time();
    CHECK(host.wait_for(1 + guesses).size() == 1 + guesses);
  }
}

TEST_CASE("SEC-02 an address is trusted again after a while") {
  amps::ManualClock clock;
  Host host;
  LogonDesk desk(clock);
  desk.refused("10.0.0.1:1000");
  clock.advance_ms(10'000);
  REQUIRE(desk.start().ok());
  for (int i = 0; i < 10; ++i) {
    REQUIRE(desk.ask(&host, 1, "10.0.0.1:1", [] { return [](Session&) {}; }));
  }
  CHECK(host.wait_for(10).size() == 10);
}
