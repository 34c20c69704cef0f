// SPDX-License-Identifier: Apache-2.0
// The seam to content filters: an engine compiles the text of a filter into a predicate over messages.
// Threads: compile from any; a filter is asked by one thread at a time, under the lock of its topic space.
#pragma once

#include <memory>
#include <string_view>

#include "base/status.h"

namespace amps::broker {

class Filter {
 public:
  virtual ~Filter() = default;
  virtual bool matches(std::string_view topic, std::string_view body) const noexcept = 0;
};

class FilterEngine {
 public:
  virtual ~FilterEngine() = default;
  // Fails with AMPS_E_FILTER; the text, which goes to the log, says what was wrong and where.
  virtual Status compile(std::string_view text, std::string_view message_type,
                         std::unique_ptr<Filter>* out) = 0;
};

// Refuses every filter: a subscription that silently received everything would be worse.
FilterEngine& unavailable_filters() noexcept;

}  // namespace amps::broker
