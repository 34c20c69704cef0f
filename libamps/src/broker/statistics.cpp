// SPDX-License-Identifier: Apache-2.0
#include "broker/statistics.h"

#include "base/buffer.h"
#include "wire/header_encoder.h"

namespace amps::broker {

namespace {

constexpr std::string_view kDisconnectTexts[] = {
#define AMPS_X(name, text) text,
    AMPS_DISCONNECT_TABLE(AMPS_X)
#undef AMPS_X
};

}  // namespace

std::string_view disconnect_text(Disconnect reason) noexcept {
  return kDisconnectTexts[static_cast<std::size_t>(reason)];
}

std::string Statistics::json(std::string_view name, std::uint64_t outbox_bytes) const {
  Buffer out;
  out.append("{\"name\":\"");
  wire::append_escaped(&out, name);
  out.append("\"");
  const auto number = [&out](std::string_view key, std::uint64_t value) {
    wire::append_number_member(&out, key, value);
  };
  const auto load = [](const Counter& counter) { return counter.load(std::memory_order_relaxed); };
  number("connections", load(connections));
  number("connections_total", load(connections_total));
  number("connections_refused", load(connections_refused));
  number("logons", load(logons));
  number("subscriptions", load(subscriptions));
  number("messages_in", load(messages_in));
  number("messages_out", load(messages_out));
  number("bytes_in", load(bytes_in));
  number("bytes_out", load(bytes_out));
  number("outbox_bytes", outbox_bytes);
  number("commands_failed", load(commands_failed));
  number("denied_reads", load(denied_reads));
  number("denied_writes", load(denied_writes));
  number("pattern_failures", load(pattern_failures));
  number("slow_clients", load(disconnects[static_cast<std::size_t>(Disconnect::kSlowClient)]));
  out.append(",\"disconnects\":{");
  for (std::size_t i = 0; i < disconnects.size(); ++i) {
    if (i != 0) out.push_back(',');
    out.push_back('"');
    out.append(kDisconnectTexts[i]);
    out.append("\":");
    out.append(std::to_string(load(disconnects[i])));
  }
  out.append("}}");
  return std::string(out.view());
}

}  // namespace amps::broker
