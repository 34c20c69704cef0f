// SPDX-License-Identifier: Apache-2.0
#include "client/unique_id.h"

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <random>

namespace amps::client {
namespace {

std::uint64_t random_word() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

std::string unique_id() {
  static const std::uint64_t seed = random_word();
  static std::atomic<std::uint64_t> count{0};
  // The process id keeps a forked child apart from its parent.
  const std::uint64_t process = seed ^ (static_cast<std::uint64_t>(::getpid()) << 40);
  char text[48];
  const int size =
      std::snprintf(text, sizeof text, "%016llx-%llx", static_cast<unsigned long long>(process),
                    static_cast<unsigned long long>(count.fetch_add(1, std::memory_order_relaxed) + 1));
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace amps::client
