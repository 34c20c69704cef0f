// SPDX-License-Identifier: Apache-2.0
#include "client/thread_context.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "client/client_body.h"

using namespace amps::client;

namespace {

struct HookFixture {
  static int waits, ends;
  HookFixture() {
    waits = ends = 0;
    amps_delivery_hooks_t hooks{};
    hooks.struct_size = sizeof hooks;
    hooks.before_wait = [] { ++waits; };
    hooks.thread_end = [] { ++ends; };
    set_delivery_hooks(hooks);
  }
  ~HookFixture() { set_delivery_hooks(amps_delivery_hooks_t{}); }
};
int HookFixture::waits, HookFixture::ends;

}  // namespace

TEST_CASE("each thread has a context of its own") {
  thread_context().is_library_thread = true;
  bool other = true;
  std::thread thread([&] { other = thread_context().is_library_thread; });
  thread.join();
  CHECK(!other);
  thread_context().is_library_thread = false;
}

TEST_CASE("callbacks that must not wait nest") {
  CHECK(thread_context().no_wait_depth == 0);
  {
    const NoWaitScope outer;
    {
      const NoWaitScope inner;
      CHECK(thread_context().no_wait_depth == 2);
    }
    CHECK(thread_context().no_wait_depth == 1);
  }
  CHECK(thread_context().no_wait_depth == 0);
}

TEST_CASE("restoring ends with its scope, and an inner scope leaves the outer as it was") {
  amps_client one(AMPS_CLIENT_KIND_HA), two(AMPS_CLIENT_KIND_HA);
  ThreadContext& context = thread_context();
  {
    const RestoringScope outer(&one, 1);
    context.is_recovering = true;
    const auto deadline = context.restoring_deadline = std::chrono::steady_clock::now();
    {
      const RestoringScope inner(&two, 2);
      CHECK(context.restoring == &two);
      CHECK(context.restoring_epoch == 2);
      context.restoring_deadline = std::chrono::steady_clock::time_point::max();
      context.is_recovering = false;
    }
    CHECK(context.restoring == &one);
    CHECK(context.restoring_epoch == 1);
    CHECK(context.restoring_deadline == deadline);
    CHECK(context.is_recovering);
  }
  CHECK(context.restoring == nullptr);
  CHECK(!context.is_recovering);
}

TEST_CASE_FIXTURE(HookFixture, "a binding's lock is given back once, and only where it may be held") {
  before_wait();
  CHECK(waits == 0);
  thread_context().may_hold_binding_lock = true;
  before_wait();
  before_wait();
  CHECK(waits == 1);
  thread_end();
  CHECK(ends == 1);
}

TEST_CASE("without hooks nothing is called") {
  thread_context().may_hold_binding_lock = true;
  before_wait();
  CHECK(!thread_context().may_hold_binding_lock);
  thread_end();
}

TEST_CASE("REL-26: a forked child knows that it is one") {
  const unsigned generation = fork_generation();
  CHECK(fork_generation() == generation);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(fork_generation() == generation + 1 ? 0 : 1);
  REQUIRE(child > 0);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(fork_generation() == generation);
}
