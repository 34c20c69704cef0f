// SPDX-License-Identifier: Apache-2.0
#include "net/waker.h"

#include <doctest/doctest.h>

#include <thread>

#include "base/interrupt.h"
#include "loopback.h"

namespace amps::net {
namespace {

Deadline in_ms(int ms) {
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
}

}  // namespace

TEST_CASE("a waker stays awake until it is reset") {
  const Waker waker;
  CHECK_FALSE(waker.is_awake());
  waker.wake();
  waker.wake();
  CHECK(waker.is_awake());
  CHECK(waker.is_awake());
  waker.reset();
  CHECK_FALSE(waker.is_awake());
}

TEST_CASE("a wait ends when its descriptor is ready") {
  SocketPair pair;
  CHECK(wait_for(pair.left->fd(), true, soon(), nullptr, true) == Ready::kWritable);
  REQUIRE(pair.right->write_some("x", 1).size == 1);
  CHECK(wait_for(pair.left->fd(), false, soon(), nullptr, true) == Ready::kReadable);
}

TEST_CASE("a hang-up counts as ready") {
  SocketPair pair;
  pair.right.reset();
  CHECK(wait_for(pair.left->fd(), false, soon(), nullptr, false) == Ready::kReadable);
}

TEST_CASE("a wait ends at its deadline and not before") {
  SocketPair pair;
  const Deadline deadline = in_ms(30);
  CHECK(wait_for(pair.left->fd(), false, deadline, nullptr, true) == Ready::kTimedOut);
  CHECK(std::chrono::steady_clock::now() >= deadline);
  CHECK(wait_for(pair.left->fd(), false, in_ms(-1), nullptr, true) == Ready::kTimedOut);
}

TEST_CASE("a ready descriptor is seen after the deadline too") {
  SocketPair pair;
  CHECK(wait_for(pair.left->fd(), true, in_ms(-1), nullptr, true) == Ready::kWritable);
}

TEST_CASE("another thread ends a wait without a deadline") {
  SocketPair pair;
  const Waker waker;
  std::thread other([&] { waker.wake(); });
  CHECK(wait_for(pair.left->fd(), false, kNoDeadline, &waker, false) == Ready::kWoken);
  other.join();
}

TEST_CASE("a woken waker wins over a ready descriptor") {
  SocketPair pair;
  const Waker waker;
  waker.wake();
  CHECK(wait_for(pair.left->fd(), true, soon(), &waker, true) == Ready::kWoken);
}

TEST_CASE("the interrupt hook ends interruptible waits only") {
  set_interrupt_hook(+[]() -> std::int32_t { return 1; });
  CHECK(wait_for(-1, false, soon(), nullptr, true) == Ready::kInterrupted);
  CHECK(wait_for(-1, false, in_ms(120), nullptr, false) == Ready::kTimedOut);
  set_interrupt_hook(nullptr);
}

TEST_CASE("a hook that asks for nothing lets the wait go on to its deadline") {
  set_interrupt_hook(+[]() -> std::int32_t { return 0; });
  const Deadline deadline = in_ms(120);
  CHECK(wait_for(-1, false, deadline, nullptr, true) == Ready::kTimedOut);
  CHECK(std::chrono::steady_clock::now() >= deadline);
  set_interrupt_hook(nullptr);
}

}  // namespace amps::net
