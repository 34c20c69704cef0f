// SPDX-License-Identifier: Apache-2.0
// A function that runs in a process of its own, for tests that kill it, and memory shared with it.
#pragma once

#include <sys/mman.h>
#include <sys/types.h>

#include <functional>
#include <new>
#include <type_traits>

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

// A value that a process forked later sees too, also after the end of the other.
template <typename T>
class Shared {
 public:
  static_assert(std::is_trivially_destructible_v<T>, "nobody destroys it");
  Shared() {
    void* const memory =
        ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    value_ = new (memory) T();
  }
  ~Shared() { ::munmap(value_, sizeof(T)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  T* operator->() const noexcept { return value_; }
  T& operator*() const noexcept { return *value_; }

 private:
  T* value_;
};

}  // namespace amps::test
