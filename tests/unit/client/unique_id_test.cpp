// SPDX-License-Identifier: Apache-2.0
#include "client/unique_id.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>
#include <vector>

using amps::client::unique_id;

TEST_CASE("no two ids are the same, from however many threads") {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& ids : made) {
    threads.emplace_back([&ids] {
      for (int i = 0; i < 500; ++i) ids.push_back(unique_id());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  CHECK(all.size() == 2000);
}

TEST_CASE("a forked child makes other ids than its parent") {
  (void)unique_id();
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string id = unique_id();
    const bool is_written = ::write(ends[1], id.data(), id.size()) == static_cast<ssize_t>(id.size());
    ::_exit(is_written ? 0 : 1);
  }
  REQUIRE(child > 0);
  char text[64];
  const ssize_t size = ::read(ends[0], text, sizeof text);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  REQUIRE(size > 0);
  CHECK(std::string(text, static_cast<std::size_t>(size)) != unique_id());
  ::close(ends[0]);
  ::close(ends[1]);
}
