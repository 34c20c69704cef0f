// SPDX-License-Identifier: Apache-2.0
// Tells subscribers of /AMPS/SOWStats, every interval, how many records each topic has (broker 1.7).
// Threads: as TimedWork.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/timed_work.h"
#include "broker/topic_space.h"

namespace amps::broker {

constexpr std::string_view kSowStatsTopic = "/AMPS/SOWStats";

// The body of a message. Requires: is_event_type(message_type).
std::string sow_stats_body(std::string_view message_type, std::string_view topic, std::uint64_t record_count,
                           std::string_view timestamp);

class SowStats final : public TimedWork {
 public:
  // Begins an interval from now. The space outlives it, and lets go of it only at its end.
  SowStats(TopicSpace* space, std::uint64_t interval_ms, std::uint64_t now_ms);
  std::uint64_t run_due(std::uint64_t now_ms) override;

 private:
  TopicSpace& space_;
  const std::uint64_t interval_ms_;
  std::uint64_t next_ms_;
};

}  // namespace amps::broker
