// SPDX-License-Identifier: Apache-2.0
// Measures how old messages are when they arrive. A body begins with the time it was made: nanoseconds
// of CLOCK_MONOTONIC in decimal, as Python's time.monotonic_ns() gives it on the same machine.
//
// Threads: runs on the receive thread of the client; the results may be read from any thread.
#include <amps/ampsplusplus.hpp>

#include <time.h>
#include <cstddef>
#include <cstdint>

extern "C" {

// The results; a ctypes.Structure of five and then 64 c_uint64. Zero it before use.
struct latency_results {
  std::uint64_t count;         // Messages with a time.
  std::uint64_t without_time;  // Messages that begin with something else.
  std::uint64_t sum_ns, min_ns, max_ns;
  std::uint64_t histogram[64];  // Entry i: messages of age [2^i, 2^(i+1)) nanoseconds.
};

// userdata: a latency_results that outlives the subscription.
void latency(AMPS::Message& message, void* userdata) {
  if (userdata == nullptr) return;
  latency_results& results = *static_cast<latency_results*>(userdata);
  timespec now_time;
  clock_gettime(CLOCK_MONOTONIC, &now_time);
  const std::uint64_t now = static_cast<std::uint64_t>(now_time.tv_sec) * 1000000000u +
                            static_cast<std::uint64_t>(now_time.tv_nsec);

  const AMPS::Field data = message.getData();
  std::uint64_t made = 0;
  std::size_t digits = 0;
  while (digits < data.len() && digits < 19 && data.data()[digits] >= '0' && data.data()[digits] <= '9') {
    made = made * 10 + static_cast<std::uint64_t>(data.data()[digits++] - '0');
  }
  if (digits == 0 || made > now) {
    ++results.without_time;
    return;
  }
  const std::uint64_t age = now - made;
  if (results.count == 0 || age < results.min_ns) results.min_ns = age;
  if (age > results.max_ns) results.max_ns = age;
  results.sum_ns += age;
  ++results.histogram[age == 0 ? 0 : 63 - __builtin_clzll(age)];
  __atomic_fetch_add(&results.count, 1, __ATOMIC_RELEASE);  // Last: who sees the count sees the rest.
}

}  // extern "C"
