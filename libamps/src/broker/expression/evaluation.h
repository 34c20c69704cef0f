// SPDX-License-Identifier: Apache-2.0
// What an expression is evaluated over: the fields of messages, and what is known of message, connection
// and instance besides. And the memory an evaluation works in.
// Threads: one at a time. Views live as long as what they were taken from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "broker/expression/pattern.h"
#include "broker/expression/value.h"
#include "broker/format/field_values.h"
#include "broker/format/text_arena.h"

namespace amps::broker {

struct MessageFacts {
  std::string_view topic;
  std::string_view correlation_id;
  std::string_view bookmark;
  std::string_view sow_key;
  std::size_t size_bytes = 0;
  std::uint64_t updated_us = 0;  // UTC; 0: now, as in subscriptions.
  std::uint64_t read_us = 0;
};

struct ConnectionFacts {
  std::string_view client_name;
  std::string_view connection_name;
  std::string_view remote_address;
  std::string_view user;
};

struct InstanceFacts {
  std::string_view name;
  std::string_view group;
  const Clock* clock = nullptr;  // None: the machine's.
};

// Fields by the number of their source (FieldSource). What is not known is NULL to the expression.
struct EvaluationContext {
  const FieldValues* const* sources = nullptr;
  const MessageFacts* message = nullptr;
  const ConnectionFacts* connection = nullptr;
  const InstanceFacts* instance = nullptr;
  const Value* aggregates = nullptr;  // Results, in the order of Program::aggregates().
};

// A value on the way through an expression: a field with all its elements, or one computed value.
struct Operand {
  ValueSpan span;  // Points at `own` or into FieldValues.
  Value own;

  void set(const Value& value) noexcept {
    own = value;
    span = {&own, value.is_null() ? 0u : 1u};
  }
  Value scalar() const noexcept { return span.scalar(); }
};

// Kept from message to message, so that evaluation does not allocate.
class EvaluationScratch {
 public:
  // Results of evaluate() view these texts: clear them when the results are no longer needed.
  TextArena& texts() noexcept { return texts_; }
  PatternScratch& patterns() noexcept { return patterns_; }
  // Patterns that are not known before a message comes, or belong to functions. Malformed: null.
  const Pattern* pattern(std::string_view text);
  Operand* operands(std::size_t count) {
    if (operands_.size() < count) operands_.resize(count);
    return operands_.data();
  }

 private:
  std::vector<Operand> operands_;
  TextArena texts_;
  PatternScratch patterns_;
  std::unordered_map<std::string, std::unique_ptr<Pattern>> compiled_;  // Malformed ones too, as null.
};

}  // namespace amps::broker
