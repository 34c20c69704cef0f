// SPDX-License-Identifier: Apache-2.0
// Encodes acknowledgements (protocol 4.5).
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/buffer.h"

namespace amps::broker {

// Empty texts and absent numbers are left out.
struct Ack {
  std::uint32_t type = 0;  // One AMPS_ACK_ bit.
  std::string_view status = "success";
  std::string_view reason;
  std::string_view command_id;
  std::string_view subscription_id;
  std::string_view query_id;
  std::string_view options;
  std::string_view bookmark;
  std::string_view client_name;
  std::string_view user_id;
  std::string_view password;
  std::string_view version;
  std::optional<std::uint64_t> sequence;
  bool with_counters = false;  // Records matched, examined, and returned or deleted.
  std::uint64_t matches = 0;
  std::uint64_t topic_matches = 0;
  std::uint64_t records_returned = 0;
  std::optional<std::uint64_t> records_deleted;  // Instead of those returned.
};

void append_ack(Buffer* out, const Ack& ack);
// {"c":"group_begin","query_id":"…"} and its end.
void append_group_mark(Buffer* out, std::string_view command, std::string_view query_id);
void append_heartbeat(Buffer* out);

}  // namespace amps::broker
