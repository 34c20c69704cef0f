// SPDX-License-Identifier: Apache-2.0
// Functions of the expression language (broker 2.9): one table, the bodies in functions_*.cpp.
// Threads: any; a call uses the scratch it is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/expression/evaluation.h"
#include "broker/expression/value.h"

namespace amps::broker {

constexpr std::uint8_t kManyArguments = 255;

// The arguments of one call and what it may use.
class Call {
 public:
  Call(const Operand* arguments, std::size_t count, const EvaluationContext& context,
       EvaluationScratch* scratch) noexcept
      : arguments_(arguments), count_(count), context_(context), scratch_(*scratch) {}

  std::size_t count() const noexcept { return count_; }
  Value value(std::size_t index) const noexcept { return arguments_[index].scalar(); }
  ValueSpan values(std::size_t index) const noexcept { return arguments_[index].span; }
  double number(std::size_t index) const noexcept { return to_double(value(index)); }
  // String form; of computed numbers a copy in the scratch.
  std::string_view text(std::size_t index) const { return text_of(value(index)); }
  std::string_view text_of(const Value& value) const;

  const EvaluationContext& context() const noexcept { return context_; }
  EvaluationScratch& scratch() const noexcept { return scratch_; }
  TextArena& texts() const noexcept { return scratch_.texts(); }
  std::uint64_t now_us() const;

 private:
  const Operand* const arguments_;
  const std::size_t count_;
  const EvaluationContext& context_;
  EvaluationScratch& scratch_;
};

enum class NullRule : std::uint8_t {
  kNull,    // A NULL argument makes the result NULL without a call.
  kPassed,  // The function deals with it.
};

struct Function {
  std::string_view name;
  std::uint8_t arguments_min;
  std::uint8_t arguments_max;
  NullRule nulls;
  bool is_deterministic;
  Value (*body)(const Call&);  // None: IF, which the compiler turns into jumps.
};

// `name` in capitals. None: null.
const Function* find_function(std::string_view name) noexcept;
std::string argument_count_text(const Function& function);

// The bodies by family.
struct FunctionFamily {
  const Function* first;
  std::size_t count;
};
FunctionFamily array_functions() noexcept;
FunctionFamily logic_functions() noexcept;
FunctionFamily message_functions() noexcept;
FunctionFamily number_functions() noexcept;
FunctionFamily text_functions() noexcept;
FunctionFamily time_functions() noexcept;

}  // namespace amps::broker
