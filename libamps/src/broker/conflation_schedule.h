// SPDX-License-Identifier: Apache-2.0
// When the messages that conflated subscriptions of a topic space hold are due.
// Threads: under the lock of the topic space.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "broker/format/document.h"
#include "broker/timed_work.h"

namespace amps::broker {

class Conflation;

class ConflationSchedule final : public TimedWork {
 public:
  struct Due {
    Conflation* conflation;
    const std::string* key;  // Lives as long as the entry.
  };
  using Place = std::multimap<std::uint64_t, Due>::iterator;

  // True: nothing is due earlier.
  bool add(std::uint64_t due_ms, const Due& due, Place* place);
  void remove(Place place) { entries_.erase(place); }

  std::uint64_t run_due(std::uint64_t now_ms) override;

  // Memory for deltas at hand, shared because few subscriptions need it at a time.
  struct Documents {
    Document whole;
    Document part;
  };
  Documents documents;

 private:
  std::multimap<std::uint64_t, Due> entries_;
};

}  // namespace amps::broker
