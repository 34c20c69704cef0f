// SPDX-License-Identifier: Apache-2.0
// What counters grew by a second between the two latest samples, so that everybody who asks within an
// interval is told the same.
// Threads: one at a time. Owns: the counters of the latest sample, so as many as there are clients and
// topics.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "broker/monitor/broker_facts.h"

namespace amps::broker {

class Rates {
 public:
  // `now_ms` is steady. What was not there at the sample before has grown from nothing.
  void sample(BrokerFacts facts, std::uint64_t now_ms);
  // Writes the rates into facts of any later time; 0 for what has not been sampled.
  void fill(BrokerFacts* facts) const;

 private:
  std::unordered_map<std::string, Counters> sampled_;  // By what they count, with their rates.
  std::uint64_t sampled_ms_ = 0;
  bool has_sample_ = false;
};

}  // namespace amps::broker
