// SPDX-License-Identifier: Apache-2.0
// A function that runs in a process of its own, for tests that kill it.
#pragma once

#include <sys/types.h>

#include <functional>

namespace amps::test {

// Ends with the process that made it. Requires, where it is made: no thread holds a lock, and no client or
// broker is there.
class ForkedProcess {
 public:
  // What escapes from `run` is printed, and the exit code is then 1.
  explicit ForkedProcess(const std::function<void()>& run);
  ~ForkedProcess() { kill(); }
  ForkedProcess(const ForkedProcess&) = delete;
  ForkedProcess& operator=(const ForkedProcess&) = delete;

  void kill();  // kill -9, and waits for its end.
  int wait();   // Its exit code; -1 when a signal ended it.

 private:
  pid_t pid_ = 0;
};

}  // namespace amps::test
