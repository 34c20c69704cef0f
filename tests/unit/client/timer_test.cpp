// SPDX-License-Identifier: Apache-2.0
#include "client/timer.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <future>

#include "session_fixture.h"

using namespace amps::client;
using test::async;
using test::ends;
using test::eventually;

namespace {

constexpr std::uint64_t kFarMs = 3'600'000;

struct Task : TimerTask {
  std::atomic<int> runs{0};
  std::atomic<std::uint64_t> last_ms{0};
  std::function<std::uint64_t(std::uint64_t)> body;
  ~Task() override { cancel(this); }
  std::uint64_t run(std::uint64_t now) override {
    last_ms = now;
    ++runs;
    return body ? body(now) : kNever;
  }
  bool has_run(int count) const {
    return eventually([&] { return runs >= count; });
  }
};

}  // namespace

TEST_CASE("a task runs at its time, and never before") {
  Task task;
  const std::uint64_t at = now_ms() + 5;
  schedule(&task, at);
  REQUIRE(task.has_run(1));
  CHECK(task.last_ms >= at);
}

TEST_CASE("the earliest of several times counts") {
  Task task;
  schedule(&task, now_ms() + kFarMs);
  schedule(&task, now_ms());
  REQUIRE(task.has_run(1));
  schedule(&task, now_ms());
  schedule(&task, now_ms() + kFarMs);
  CHECK(task.has_run(2));
}

TEST_CASE("a task says itself when it wants to run again") {
  Task task;
  task.body = [&](std::uint64_t now) { return task.runs < 3 ? now + 1 : TimerTask::kNever; };
  schedule(&task, now_ms());
  REQUIRE(task.has_run(3));
  Task later;
  schedule(&later, now_ms() + 5);
  REQUIRE(later.has_run(1));
  CHECK(task.runs == 3);
}

TEST_CASE("what is scheduled while a task runs is not lost") {
  Task task;
  std::promise<void> inside, leave;
  task.body = [&](std::uint64_t) {
    if (task.runs == 1) {
      inside.set_value();
      leave.get_future().wait();
    }
    return TimerTask::kNever;
  };
  schedule(&task, now_ms());
  REQUIRE(inside.get_future().wait_for(test::kPatience) == std::future_status::ready);
  schedule(&task, now_ms());
  leave.set_value();
  CHECK(task.has_run(2));
}

TEST_CASE("cancel waits for the run that is under way, and there is no other") {
  Task task;
  std::promise<void> inside, leave;
  std::atomic<bool> is_inside{false};
  task.body = [&](std::uint64_t now) {
    if (task.runs == 1) {
      inside.set_value();
      leave.get_future().wait();
    }
    is_inside = true;
    is_inside = false;
    return now;  // At once again, until it is cancelled.
  };
  schedule(&task, now_ms());
  REQUIRE(inside.get_future().wait_for(test::kPatience) == std::future_status::ready);
  auto cancelling = async([&] {
    cancel(&task);
    return task.runs.load();
  });
  CHECK(cancelling.wait_for(std::chrono::milliseconds(20)) == std::future_status::timeout);
  leave.set_value();
  REQUIRE(ends(cancelling));
  CHECK(!is_inside);
  const int runs = cancelling.get();
  Task later;
  schedule(&later, now_ms());
  REQUIRE(later.has_run(1));
  CHECK(task.runs == runs);
}

TEST_CASE("a task may cancel itself") {
  Task task;
  task.body = [&](std::uint64_t now) {
    cancel(&task);
    return now;
  };
  schedule(&task, now_ms());
  REQUIRE(task.has_run(1));
  Task later;
  schedule(&later, now_ms());
  REQUIRE(later.has_run(1));
  CHECK(task.runs == 1);
}

TEST_CASE("cancelling what was never scheduled does nothing") {
  Task task;
  cancel(&task);
  CHECK(task.runs == 0);
}

TEST_CASE("REL-26: a forked child has a timer of its own") {
  Task task;
  schedule(&task, now_ms());
  REQUIRE(task.has_run(1));
  const pid_t child = ::fork();
  if (child == 0) {
    static Task in_child;
    schedule(&in_child, now_ms());
    ::_exit(in_child.has_run(1) ? 0 : 1);
  }
  REQUIRE(child > 0);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
