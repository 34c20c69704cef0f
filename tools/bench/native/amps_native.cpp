// SPDX-License-Identifier: Apache-2.0
// Functions that the Python rows call through ctypes: a counting handler and vector_publish.
#include <amps/ampsplusplus.hpp>
#include <atomic>
#include <cstring>

#include "measure.h"

struct BenchCount {
  std::uint64_t wanted;
  std::uint64_t count;
  std::uint64_t first_ns;
  std::atomic<std::uint64_t> last_ns;  // Written when the wanted number has come; Python polls it.
};

extern "C" void bench_count(AMPS::Message& message, void* userdata) {
  auto* seen = static_cast<BenchCount*>(userdata);
  if (seen->count == 0) seen->first_ns = bench::now_ns();
  if (message.getData().len() > 0 && ++seen->count == seen->wanted) seen->last_ns = bench::now_ns();
}

extern "C" void vector_publish(AMPS::Client& client, const char** data, int count) {
  const std::size_t topic_size = std::strlen(bench::kTopic);
  for (int i = 0; i < count; ++i) client.publish(bench::kTopic, topic_size, data[i], std::strlen(data[i]));
}
