// SPDX-License-Identifier: Apache-2.0
#include "broker/security/logon_desk.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
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
  REQUIRE(desk.ask(&host, 1, [&] { return gate.pass(); }));
  gate.wait_inside(1);
  REQUIRE(desk.ask(&host, 2, [] { return [](Session&) {}; }));
  CHECK(host.wait_for(1) == std::vector<std::uint64_t>{2});
  gate.open();
  CHECK(host.wait_for(2) == std::vector<std::uint64_t>{2, 1});
}

TEST_CASE("REL-17 questions beyond a bound are turned away, and after the end there are none") {
  Host host;
  Gate gate;
  LogonDesk desk;
  int taken = 0;
  while (desk.ask(&host, 1, [] { return [](Session&) {}; })) ++taken;
  CHECK(taken == 1024);
  desk.stop();
  CHECK_FALSE(desk.ask(&host, 1, [] { return [](Session&) {}; }));
  CHECK(host.count() == 0);
}

TEST_CASE("REL-39 a desk ends while somebody it asks does not answer, and drops what comes later") {
  Host host;
  const auto gate = std::make_shared<Gate>();  // Of the test and of the worker that is left behind.
  {
    LogonDesk desk;
    REQUIRE(desk.start().ok());
    REQUIRE(desk.ask(&host, 1, [gate] { return gate->pass(); }));
    gate->wait_inside(1);
  }
  gate->open(1);
  CHECK(host.count() == 0);
}
