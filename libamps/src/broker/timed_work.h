// SPDX-License-Identifier: Apache-2.0
// What has to happen in a topic space at a certain time: expiry, leases, the end of an interval.
// Threads: under the lock of the topic space. Blocks: never.
#pragma once

#include <cstdint>

namespace amps::broker {

class TimedWork {
 public:
  virtual ~TimedWork() = default;
  // Does what is due and returns the steady time of the next piece; UINT64_MAX: none. It is asked
  // again no later than that, and whenever TopicSpace::wake_at() said so.
  virtual std::uint64_t run_due(std::uint64_t now_ms) = 0;
};

}  // namespace amps::broker
