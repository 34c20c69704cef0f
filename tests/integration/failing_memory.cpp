// SPDX-License-Identifier: Apache-2.0
#include "failing_memory.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

namespace integration {
namespace {

// 0: nothing fails. Plain data, so that it may be looked at from malloc in any thread's life.
thread_local std::uint64_t t_left = 0;
thread_local bool t_failed = false;
thread_local bool t_is_joined = false;
std::atomic<std::uint64_t> g_left{0};
std::atomic<bool> g_failed{false};

}  // namespace

void fail_allocation(std::uint64_t n) noexcept {
  t_failed = false;
  t_left = n;
}

bool allocation_failed() noexcept {
  t_left = 0;
  return t_failed;
}

void join_failing_threads() noexcept {
  t_is_joined = true;
}

void fail_joined_allocation(std::uint64_t n) noexcept {
  g_failed = false;
  g_left = n;
}

bool joined_allocation_failed() noexcept {
  g_left = 0;
  return g_failed;
}

// Whether the allocation that is asked for is the one that fails.
static bool fails_now() noexcept {
  if (t_left != 0 && --t_left == 0) return t_failed = true;
  if (!t_is_joined) return false;
  std::uint64_t left = g_left.load();
  while (left != 0 && !g_left.compare_exchange_weak(left, left - 1)) {
  }
  if (left != 1) return false;
  g_failed = true;
  return true;
}

}  // namespace integration

using integration::fails_now;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static void* allocate(std::size_t size) noexcept {
  return std::malloc(size);
}
#else
// The C library's own, which its malloc and realloc are names of.
extern "C" void* __libc_malloc(std::size_t size) noexcept;
extern "C" void* __libc_realloc(void* memory, std::size_t size) noexcept;

extern "C" void* malloc(std::size_t size) noexcept {
  if (!fails_now()) return __libc_malloc(size);
  errno = ENOMEM;
  return nullptr;
}

extern "C" void* realloc(void* memory, std::size_t size) noexcept {
  if (!fails_now()) return __libc_realloc(memory, size);
  errno = ENOMEM;
  return nullptr;
}

static void* allocate(std::size_t size) noexcept {
  return __libc_malloc(size);
}
#endif

void* operator new(std::size_t size) {
  void* const memory = fails_now() ? nullptr : allocate(size != 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* operator new[](std::size_t size) {
  return operator new(size);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return fails_now() ? nullptr : allocate(size != 0 ? size : 1);
}

void* operator new[](std::size_t size, const std::nothrow_t& nothrow) noexcept {
  return operator new(size, nothrow);
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete[](void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
