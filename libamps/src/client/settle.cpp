// SPDX-License-Identifier: Apache-2.0
#include "client/settle.h"

#include "client/client.h"
#include "client/connection.h"
#include "client/outbound.h"
#include "client/publisher.h"
#include "wire/options.h"

namespace amps::client {
namespace {

void answer_heartbeat(Connection& connection) {
  wire::Header beat;
  beat.command = AMPS_COMMAND_Heartbeat;
  beat.set(AMPS_Command, "heartbeat");
  beat.set(AMPS_Options, "beat");
  // Fails only when the connection is gone, which is noticed elsewhere.
  (void)connection.client().outbound().send(beat, {}, SendMode::kInternal, connection.generation());
}

// A subscription to a queue learns how many messages it may hold unacknowledged (protocol 7).
void note_backlog(Client& client, const wire::Header& ack) {
  const auto granted = wire::find_option(ack.get(AMPS_Options), "max_backlog");
  if (!granted.has_value()) return;
  const RoutePtr route = client.router().route_of(ack.get(AMPS_CommandId));
  if (route == nullptr) return;
  route->backlog_max.store(static_cast<std::uint32_t>(wire::parse_count(*granted).value_or(0)),
                           std::memory_order_relaxed);
  route->is_queue.store(true, std::memory_order_release);
}

}  // namespace

Settled settle(Connection& connection, const wire::Header& header) {
  Client& client = connection.client();
  if (header.command == AMPS_COMMAND_Heartbeat) {
    answer_heartbeat(connection);
    return Settled::kClaimed;
  }
  if (header.command != AMPS_COMMAND_Ack) return Settled::kUnclaimed;
  const bool is_success = header.get(AMPS_Status) == "success";
  if (is_success) connection.accept_large_frames();
  if (is_success && header.has(AMPS_Options)) note_backlog(client, header);
  if (is_success && (header.ack_types & AMPS_ACK_Persisted) != 0) {
    if (const auto sequence = header.number(AMPS_Sequence)) client.publisher().persisted(*sequence);
  }
  return client.acks().settle(header) ? Settled::kClaimed : Settled::kUnclaimed;
}

}  // namespace amps::client
