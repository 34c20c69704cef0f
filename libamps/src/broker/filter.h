// SPDX-License-Identifier: Apache-2.0
// A content filter: an expression that a message of one type has to make true.
// Threads: any; filters never change. matches() uses memory of the calling thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "broker/expression/evaluation.h"
#include "broker/expression/program.h"
#include "broker/format/message_format.h"

namespace amps::broker {

// What the filters of one client have cost others: evaluations given up because a pattern took too long.
struct FilterCost {
  static constexpr std::uint64_t kGivenUpMax = 20;  // 0.1 s of processor time.
  bool is_too_much() const noexcept { return given_up >= kGivenUpMax; }
  // Calls `work`, which evaluates filters on this thread, and adds what it cost.
  template <typename Work>
  auto measure(const Work& work);
  std::uint64_t given_up = 0;
};

struct FilterOptions {
  const InstanceFacts* instance = nullptr;  // None: its functions are NULL.
  bool deterministic_only = false;          // What changes by itself is refused (broker 2.9).
};

class Filter {
 public:
  // Fails with AMPS_E_FILTER, also when `format` is none or has no fields; the text, which goes to the log,
  // says what was wrong and where. Format and instance outlive the filter.
  static Status compile(std::string_view text, const MessageFormat* format, const FilterOptions& options,
                        std::unique_ptr<Filter>* out);

  // Reads the fields it needs and decides. A body that cannot be read does not match.
  bool matches(const MessageFacts& message, std::string_view body) const noexcept;
  bool matches(std::string_view topic, std::string_view body) const noexcept;
  // Evaluations of this thread that were given up because a pattern took too long: they did not match.
  static std::uint64_t given_up() noexcept;

  // For those who read the fields of many filters at once.
  const std::shared_ptr<const Program>& program() const noexcept { return bound_.shared(); }
  const InstanceFacts* instance() const noexcept { return instance_; }

 private:
  Filter(const MessageFormat& format, const InstanceFacts* instance) noexcept
      : format_(format), instance_(instance) {}

  const MessageFormat& format_;
  const InstanceFacts* const instance_;
  FieldPlan plan_;
  BoundProgram bound_;
};

template <typename Work>
auto FilterCost::measure(const Work& work) {
  const std::uint64_t before = Filter::given_up();
  const auto result = work();
  given_up += Filter::given_up() - before;
  return result;
}

}  // namespace amps::broker
