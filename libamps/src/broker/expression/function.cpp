// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/function.h"

#include <unordered_map>

namespace amps::broker {

namespace {

using Table = std::unordered_map<std::string_view, const Function*>;

Table make_table() {
  Table table;
  for (const FunctionFamily family : {array_functions(), logic_functions(), message_functions(),
                                      number_functions(), text_functions(), time_functions()}) {
    for (std::size_t i = 0; i < family.count; ++i) table.emplace(family.first[i].name, family.first + i);
  }
  return table;
}

}  // namespace

std::string_view Call::text_of(const Value& value) const {
  if (!value.text().empty()) return value.text();
  char room[kNumberTextBytesMax];
  return texts().keep(string_form(value, room));
}

std::uint64_t Call::now_us() const {
  const InstanceFacts* const instance = context_.instance;
  const Clock* const clock = instance == nullptr ? nullptr : instance->clock;
  return (clock == nullptr ? SystemClock::instance() : *clock).utc_us();
}

const Function* find_function(std::string_view name) noexcept {
  static const Table table = make_table();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

std::string argument_count_text(const Function& function) {
  const std::string least = std::to_string(function.arguments_min);
  const std::string noun = function.arguments_min == 1 ? " argument" : " arguments";
  if (function.arguments_max == kManyArguments) return "at least " + least + noun;
  if (function.arguments_max == function.arguments_min) return least + noun;
  return least + " to " + std::to_string(function.arguments_max) + " arguments";
}

}  // namespace amps::broker
