// SPDX-License-Identifier: Apache-2.0
// One filter over one body, in memory: the broker's, and the same two fields read by simdjson On-Demand.
//   filters ours|simdjson 100|1024
// A body of 100 bytes has the fields first, one of 1,024 bytes has them last.
#include <amps/amps_broker.h>
#include <simdjson.h>
#include <time.h>

#include "measure.h"

using namespace bench;

namespace {

constexpr int kRounds = 500'000;

std::string body(std::size_t size) {
  const std::string fields = R"("symbol":"IBM","price":142.25)";
  std::string other = R"("id":1234567,"qty":100,"side":"B","venue":"XNYS")";
  for (int i = 0; other.size() + fields.size() + 3 < size; ++i) {
    other += ",\"field" + std::to_string(i) + "\":\"value of " + std::to_string(i) + "\"";
  }
  return size <= 100 ? "{" + fields + "," + other + "}" : "{" + other + "," + fields + "}";
}

std::uint64_t run_ours(const std::string& text) {
  const std::string filter_text = "/price > 100 AND /symbol = 'IBM'";
  amps_broker_filter_t* filter = nullptr;
  if (amps_broker_filter_new({filter_text.data(), filter_text.size()}, "json", &filter, nullptr) != AMPS_E_OK)
    fail("filter");
  std::uint64_t matches = 0;
  for (int i = 0; i < kRounds; ++i) {
    int32_t is_match = 0;
    amps_broker_filter_matches(filter, {text.data(), text.size()}, &is_match);
    matches += std::uint64_t(is_match);
  }
  amps_broker_filter_free(filter);
  return matches;
}

std::uint64_t run_simdjson(const std::string& text) {
  const simdjson::padded_string padded(text);
  simdjson::ondemand::parser parser;
  std::uint64_t matches = 0;
  for (int i = 0; i < kRounds; ++i) {
    simdjson::ondemand::document document;
    if (parser.iterate(padded).get(document)) fail("iterate");
    double price = 0;
    std::string_view symbol;
    if (document["price"].get(price) || document["symbol"].get(symbol)) fail("fields");
    matches += price > 100 && symbol == "IBM";
  }
  return matches;
}

// Of this process: other programs take their share of the machine, not of this.
double cpu_ns() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) * 1e9 + double(now.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
  alarm(60);
  if (argc < 3) return 2;
  const std::string text = body(std::size_t(std::atoi(argv[2])));
  const double began = cpu_ns();
  const std::uint64_t matches = std::string(argv[1]) == "ours" ? run_ours(text) : run_simdjson(text);
  if (matches != std::uint64_t(kRounds)) return 1;
  print_result("ns", (cpu_ns() - began) / kRounds);
  return 0;
}
