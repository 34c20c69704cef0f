// SPDX-License-Identifier: Apache-2.0
#include "net/event_loop.h"

#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

using amps::ManualClock;
using amps::SystemClock;
using amps::net::EventHandler;
using amps::net::EventLoop;

namespace {

struct Pair {
  Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0); }
  ~Pair() {
    ::close(fds[0]);
    ::close(fds[1]);
  }
  void write() const { REQUIRE(::write(fds[1], "x", 1) == 1); }
  int fds[2];
};

class Handler final : public EventHandler {
 public:
  explicit Handler(std::function<void(std::uint32_t)> action) : action_(std::move(action)) {}
  void on_ready(std::uint32_t events) noexcept override { action_(events); }

 private:
  std::function<void(std::uint32_t)> action_;
};

}  // namespace

TEST_CASE("a handler is called when its descriptor is ready, for what it asked for") {
  EventLoop loop(SystemClock::instance());
  REQUIRE(loop.open().ok());
  Pair pair;
  std::vector<std::uint32_t> seen;
  Handler handler([&](std::uint32_t events) {
    seen.push_back(events);
    if (seen.size() == 1) {
      REQUIRE(loop.change(pair.fds[0], EPOLLIN, &handler).ok());
      pair.write();
    } else {
      loop.stop();
    }
  });
  REQUIRE(loop.add(pair.fds[0], EPOLLOUT, &handler).ok());
  loop.run();
  CHECK(seen == std::vector<std::uint32_t>{EPOLLOUT, EPOLLIN});
}

TEST_CASE("a handler removed by another one of the same round is not called") {
  EventLoop loop(SystemClock::instance());
  REQUIRE(loop.open().ok());
  Pair first, second;
  int calls = 0;
  std::unique_ptr<Handler> one, two;
  const auto take_both_out = [&](std::uint32_t) {
    ++calls;
    loop.remove(first.fds[0], one.get());
    loop.remove(second.fds[0], two.get());
  };
  one = std::make_unique<Handler>(take_both_out);
  two = std::make_unique<Handler>(take_both_out);
  REQUIRE(loop.add(first.fds[0], EPOLLIN, one.get()).ok());
  REQUIRE(loop.add(second.fds[0], EPOLLIN, two.get()).ok());
  first.write();
  second.write();
  loop.set_round_end([&] { loop.stop(); });
  loop.run();
  CHECK(calls == 1);
}

TEST_CASE("work of other threads runs in order, and none is lost") {
  EventLoop loop(SystemClock::instance());
  REQUIRE(loop.open().ok());
  constexpr int kThreads = 4, kEach = 5000;
  std::vector<int> next(kThreads, 0);
  int total = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&loop, &next, &total, t] {
      for (int i = 0; i < kEach; ++i) {
        loop.post([&loop, &next, &total, t, i] {
          CHECK(next[static_cast<std::size_t>(t)]++ == i);
          if (++total == kThreads * kEach) loop.stop();
        });
      }
    });
  }
  loop.run();
  for (std::thread& thread : threads) thread.join();
  CHECK(total == kThreads * kEach);
}

TEST_CASE("timers run at their time by the clock, earliest first, unless cancelled") {
  ManualClock clock;
  EventLoop loop(clock);
  REQUIRE(loop.open().ok());
  std::string order;
  loop.add_timer(30, [&] { order += 'c'; });
  loop.add_timer(10, [&] { order += 'a'; });
  const EventLoop::TimerId cancelled = loop.add_timer(15, [&] { order += 'x'; });
  loop.add_timer(20, [&] {
    order += 'b';
    loop.cancel_timer(cancelled);
    loop.add_timer(20, [&] { order += 'B'; });  // Due already: still in this round.
  });
  loop.cancel_timer(cancelled);
  loop.cancel_timer(999);
  int round = 0;
  loop.set_round_end([&] {
    order += '.';
    clock.advance_ms(10);
    loop.wake();
    if (++round == 4) loop.stop();
  });
  loop.run();
  CHECK(order == ".a.bB.c.");
}

TEST_CASE("stop before run ends it at once") {
  EventLoop loop(SystemClock::instance());
  REQUIRE(loop.open().ok());
  loop.stop();
  loop.run();
}
