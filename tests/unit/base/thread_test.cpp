// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"

#include <doctest/doctest.h>
#include <pthread.h>
#include <signal.h>

#include <string>
#include <utility>

using amps::Thread;

TEST_CASE("a thread runs its body under its name, cut to fifteen bytes") {
  std::string name;
  Thread thread;
  REQUIRE(thread
              .start("amps-receive-thread",
                     [&] {
                       char text[16];
                       pthread_getname_np(pthread_self(), text, sizeof text);
                       name = text;
                     })
              .ok());
  CHECK(thread.joinable());
  CHECK_FALSE(thread.is_current());
  thread.join();
  CHECK_FALSE(thread.joinable());
  CHECK(name == "amps-receive-th");
}

TEST_CASE("signals are blocked in the thread and left alone in its maker") {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  bool is_blocked = false;
  Thread thread;
  REQUIRE(thread
              .start("signals",
                     [&] {
                       sigset_t mask;
                       pthread_sigmask(SIG_SETMASK, nullptr, &mask);
                       is_blocked = sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1;
                     })
              .ok());
  thread.join();
  CHECK(is_blocked);
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  CHECK(sigismember(&after, SIGINT) == sigismember(&before, SIGINT));
}

TEST_CASE("the destructor waits and a finished thread starts again") {
  int runs = 0;
  {
    Thread thread;
    REQUIRE(thread.start("one", [&] { ++runs; }).ok());
    thread.join();
    REQUIRE(thread.start("two", [&] { ++runs; }).ok());
    Thread moved(std::move(thread));
    CHECK(moved.joinable());
  }
  CHECK(runs == 2);
}

TEST_CASE("joining what never ran is nothing") {
  Thread thread;
  thread.join();
  thread.detach();
  CHECK_FALSE(thread.joinable());
}
