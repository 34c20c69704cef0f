// SPDX-License-Identifier: Apache-2.0
// What a test and the processes it forks know together.
#pragma once

#include <sys/mman.h>

#include <new>
#include <type_traits>

namespace amps::test {

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
