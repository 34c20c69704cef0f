// SPDX-License-Identifier: Apache-2.0
#include "broker/conflation_schedule.h"

#include "broker/conflation.h"

namespace amps::broker {

namespace {

constexpr int kMessagesPerTurn = 10'000;  // Then others get the lock.

}  // namespace

bool ConflationSchedule::add(std::uint64_t due_ms, const Due& due, Place* place) {
  *place = entries_.emplace(due_ms, due);
  return *place == entries_.begin();
}

std::uint64_t ConflationSchedule::run_due(std::uint64_t now_ms) {
  for (int count = 0; !entries_.empty(); ++count) {
    const std::uint64_t due_ms = entries_.begin()->first;
    if (due_ms > now_ms) return due_ms;
    if (count == kMessagesPerTurn) return now_ms;
    const Due due = entries_.begin()->second;
    due.conflation->send(*due.key);
  }
  return UINT64_MAX;
}

}  // namespace amps::broker
