// SPDX-License-Identifier: Apache-2.0
// The options of subscribe and query commands, checked strictly: an option nobody knows, or one the
// command does not take, fails the command (broker 0.5).
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/status.h"

namespace amps::broker {

struct CommandOptions {
  bool replace = false;
  bool literal_topic = false;  // non_regex_topic
  bool timestamp = false;
  bool bookmark = false;
  bool no_empties = false;
  bool no_sow_key = false;
  bool out_of_focus = false;  // oof
  bool fully_durable = false;
  bool live = false;
  bool pause = false;
  bool resume = false;
  std::optional<std::uint64_t> top_n;
  std::optional<std::uint64_t> skip_n;
  std::optional<std::uint64_t> max_backlog;
  std::optional<std::string_view> grouping;  // With its brackets. View of the options' text.
  std::optional<std::string_view> projection;
  std::optional<std::string_view> select;
  std::optional<std::string_view> conflation;  // An interval, auto or none.
  std::optional<std::string_view> conflation_key;
  std::optional<std::string_view> bookmark_not_found;  // now, epoch or fail.
  std::optional<std::string_view> rate;
  std::optional<std::string_view> rate_max_gap;
};

// `command` is an AMPS_COMMAND_ bit. Fails with AMPS_E_INVALID_OPTIONS.
Status parse_command_options(std::string_view list, std::uint32_t command, bool has_bookmark,
                             CommandOptions* out);

}  // namespace amps::broker
