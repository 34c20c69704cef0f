// SPDX-License-Identifier: Apache-2.0
#include "client/thread_set.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>

#include "base/interrupt.h"
#include "client/thread_context.h"
#include "session_fixture.h"

using amps::client::ThreadSet;
using test::async;
using test::ends;
using test::eventually;

namespace {

void nothing() {}

}  // namespace

TEST_CASE("wait_all waits for the threads of a generation and before, and not for later ones") {
  ThreadSet threads;
  std::promise<void> leave_old, leave_new;
  REQUIRE(threads
              .start(
                  "old", 1, [&] { leave_old.get_future().wait(); }, nothing)
              .ok());
  REQUIRE(threads
              .start(
                  "new", 2, [&] { leave_new.get_future().wait(); }, nothing)
              .ok());
  auto waiting = async([&] { CHECK(threads.wait_all(1)); });
  CHECK(waiting.wait_for(std::chrono::milliseconds(20)) == std::future_status::timeout);
  leave_old.set_value();
  REQUIRE(ends(waiting));
  leave_new.set_value();
  CHECK(threads.wait_all(2));
}

TEST_CASE("the interrupt hook ends wait_all while a thread runs") {
  ThreadSet threads;
  std::promise<void> leave;
  REQUIRE(threads
              .start(
                  "stuck", 1, [&] { leave.get_future().wait(); }, nothing)
              .ok());
  amps::set_interrupt_hook(+[]() -> std::int32_t { return 1; });
  auto waiting = async([&] { return threads.wait_all(1); });
  REQUIRE(ends(waiting));
  CHECK_FALSE(waiting.get());
  amps::set_interrupt_hook(nullptr);
  leave.set_value();
  CHECK(threads.wait_all(1));
}

TEST_CASE("a thread that a thread of the generation starts is waited for, too") {
  ThreadSet threads;
  std::promise<void> leave;
  std::atomic<bool> has_run{false};
  REQUIRE(threads
              .start(
                  "first", 1,
                  [&] {
                    leave.get_future().wait();
                    CHECK(threads
                              .start(
                                  "second", 1, [&] { has_run = true; }, nothing)
                              .ok());
                  },
                  nothing)
              .ok());
  auto waiting = async([&] {
    CHECK(threads.wait_all(1));
    return has_run.load();
  });
  leave.set_value();
  REQUIRE(ends(waiting));
  CHECK(waiting.get());
}

TEST_CASE("what comes last runs when the thread no longer counts") {
  ThreadSet threads;
  std::promise<void> leave;
  std::atomic<bool> has_ended{false};
  REQUIRE(threads
              .start("one", 1, nothing,
                     [&] {
                       leave.get_future().wait();
                       has_ended = true;
                     })
              .ok());
  // The thread is in its last step: not running any more, but it is joined before wait_all returns.
  auto waiting = async([&] {
    CHECK(threads.wait_all(1));
    return has_ended.load();
  });
  leave.set_value();
  REQUIRE(ends(waiting));
  CHECK(waiting.get());
}

TEST_CASE("threads of the library know that they are") {
  ThreadSet threads;
  bool is_library_thread = false;
  REQUIRE(threads
              .start(
                  "one", 1, [&] { is_library_thread = amps::client::thread_context().is_library_thread; },
                  nothing)
              .ok());
  CHECK(threads.wait_all(1));
  CHECK(is_library_thread);
  CHECK(!amps::client::thread_context().is_library_thread);
}

TEST_CASE("the last thread may destroy the set it belongs to") {
  auto threads = std::make_shared<std::unique_ptr<ThreadSet>>(std::make_unique<ThreadSet>());
  std::promise<void> destroyed;
  std::promise<void> started;
  REQUIRE((*threads)
              ->start(
                  "last", 1, [&] { started.get_future().wait(); },
                  [&destroyed, threads] {
                    threads->reset();
                    destroyed.set_value();
                  })
              .ok());
  started.set_value();
  CHECK(destroyed.get_future().wait_for(test::kPatience) == std::future_status::ready);
}

TEST_CASE("many short threads leave nothing behind") {
  ThreadSet threads;
  std::atomic<int> count{0};
  for (int i = 0; i < 200; ++i) {
    REQUIRE(threads
                .start(
                    "short", static_cast<std::uint64_t>(i), [&] { ++count; }, nothing)
                .ok());
  }
  CHECK(threads.wait_all(200));
  CHECK(count == 200);
}
