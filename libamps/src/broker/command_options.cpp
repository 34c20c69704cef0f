// SPDX-License-Identifier: Apache-2.0
#include "broker/command_options.h"

#include <string>
#include <vector>

#include "amps/amps_message.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::uint32_t kSubscribes = AMPS_COMMAND_Subscribe | AMPS_COMMAND_DeltaSubscribe;
constexpr std::uint32_t kQueryingSubscribes =
    AMPS_COMMAND_SOWAndSubscribe | AMPS_COMMAND_SOWAndDeltaSubscribe;
constexpr std::uint32_t kAllSubscribes = kSubscribes | kQueryingSubscribes;
constexpr std::uint32_t kQueries = AMPS_COMMAND_SOW | kQueryingSubscribes;
constexpr std::uint32_t kAll = AMPS_COMMAND_SOW | kAllSubscribes;

enum class Value {
  kNone,
  kCount,        // A number that fits 31 bits.
  kList,         // In brackets.
  kText,         // Checked by who uses it.
  kNotFound,     // now, epoch or fail.
  kUnavailable,  // Known, but this version has nothing to do it with.
};

struct OptionRow {
  std::string_view name;
  std::uint32_t commands;
  Value value;
  bool needs_bookmark;
  bool CommandOptions::*flag;
  std::optional<std::uint64_t> CommandOptions::*count = nullptr;
  std::optional<std::string_view> CommandOptions::*text = nullptr;
};

constexpr OptionRow kOptions[] = {
    {"bookmark", kAllSubscribes, Value::kNone, false, &CommandOptions::bookmark},
    {"bookmark_not_found", kAllSubscribes, Value::kNotFound, true, nullptr, nullptr,
     &CommandOptions::bookmark_not_found},
    {"conflation", kAllSubscribes, Value::kText, false, nullptr, nullptr, &CommandOptions::conflation},
    {"conflation_key", kAllSubscribes, Value::kList, false, nullptr, nullptr,
     &CommandOptions::conflation_key},
    {"fully_durable", kAllSubscribes, Value::kNone, true, &CommandOptions::fully_durable},
    {"grouping", kQueries, Value::kList, false, nullptr, nullptr, &CommandOptions::grouping},
    {"live", kAllSubscribes, Value::kNone, true, &CommandOptions::live},
    {"max_backlog", kAllSubscribes, Value::kCount, false, nullptr, &CommandOptions::max_backlog},
    {"no_empties", kAllSubscribes, Value::kNone, false, &CommandOptions::no_empties},
    {"no_sowkey", kAll, Value::kNone, false, &CommandOptions::no_sow_key},
    {"non_regex_topic", kAll, Value::kNone, false, &CommandOptions::literal_topic},
    {"oof", kAll, Value::kNone, false, &CommandOptions::out_of_focus},
    {"pause", kAllSubscribes, Value::kNone, false, &CommandOptions::pause},
    {"projection", kQueries, Value::kList, false, nullptr, nullptr, &CommandOptions::projection},
    {"rate", kAllSubscribes, Value::kText, true, nullptr, nullptr, &CommandOptions::rate},
    {"rate_max_gap", kAllSubscribes, Value::kText, true, nullptr, nullptr, &CommandOptions::rate_max_gap},
    {"replace", kAll, Value::kNone, false, &CommandOptions::replace},
    {"resume", kAllSubscribes, Value::kNone, false, &CommandOptions::resume},
    {"select", kAll, Value::kList, false, nullptr, nullptr, &CommandOptions::select},
    {"send_empties", kAll, Value::kNone, false, nullptr},
    {"send_keys", kAll, Value::kNone, false, nullptr},
    {"skip_n", kQueries, Value::kCount, false, nullptr, &CommandOptions::skip_n},
    {"timestamp", kAll, Value::kNone, false, &CommandOptions::timestamp},
    {"top_n", kQueries, Value::kCount, false, nullptr, &CommandOptions::top_n},
};

const OptionRow* find_row(const wire::Option& option) noexcept {
  for (const OptionRow& row : kOptions) {
    if (wire::option_is(option, row.name)) return &row;
  }
  return nullptr;
}

Status invalid(const wire::Option& option, const char* why) {
  return Status(AMPS_E_INVALID_OPTIONS, "option " + std::string(option.name) + ": " + why);
}

Status check_value(const wire::Option& option, Value value) {
  if (value == Value::kUnavailable) return invalid(option, "not available in this version");
  if (option.has_value != (value != Value::kNone)) {
    return invalid(option, option.has_value ? "takes no value" : "needs a value");
  }
  const bool has_brackets =
      option.value.size() >= 2 && option.value.front() == '[' && option.value.back() == ']';
  if (value == Value::kList && !has_brackets) return invalid(option, "the value is not a list in brackets");
  if (value == Value::kNotFound && option.value != "now" && option.value != "epoch" &&
      option.value != "fail") {
    return invalid(option, "the value is not one of now, epoch and fail");
  }
  if (value == Value::kCount) {
    const auto count = wire::parse_count(option.value);
    if (!count || *count > INT32_MAX) return invalid(option, "the value is not a number up to 2147483647");
  }
  return {};
}

}  // namespace

Status parse_command_options(std::string_view list, std::uint32_t command, bool has_bookmark,
                             CommandOptions* out) {
  *out = {};
  std::vector<wire::Option> options;
  AMPS_RETURN_IF_ERROR(wire::parse_options(list, &options));
  for (const wire::Option& option : options) {
    const OptionRow* const row = find_row(option);
    if (row == nullptr) return invalid(option, "unknown");
    if ((row->commands & command) == 0) return invalid(option, "not an option of this command");
    if (row->needs_bookmark && !has_bookmark) return invalid(option, "needs a bookmark");
    AMPS_RETURN_IF_ERROR(check_value(option, row->value));
    if (row->flag != nullptr) out->*(row->flag) = true;
    if (row->count != nullptr) out->*(row->count) = wire::parse_count(option.value);
    if (row->text != nullptr) out->*(row->text) = option.value;
  }
  return {};
}

}  // namespace amps::broker
