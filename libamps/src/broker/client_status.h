// SPDX-License-Identifier: Apache-2.0
// Events on /AMPS/ClientStatus: what clients do, as messages (broker 1.7).
// Threads: any, without a lock.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "broker/topic_spaces.h"

namespace amps::broker {

constexpr std::string_view kClientStatusTopic = "/AMPS/ClientStatus";

// Empty: does not apply.
struct ClientEvent {
  std::string_view event;
  std::string_view client_name;
  std::string_view connection_name;
  std::string_view client_address;
  std::string_view reason;
  std::string_view topic;
  std::string_view filter;
  std::string_view options;
  std::string_view subscription_id;
  std::string_view query_id;
  std::string_view correlation_id;
  std::string_view auth_id;
};

// The body of an event. Requires: is_event_type(message_type).
std::string client_event_body(const ClientEvent& event, std::string_view message_type,
                              std::string_view timestamp);

class ClientStatus {
 public:
  ClientStatus(const TopicSpaces& spaces, const Clock& clock) noexcept : spaces_(spaces), clock_(clock) {}
  // Costs nothing while nobody listens.
  void publish(const ClientEvent& event) const;

 private:
  const TopicSpaces& spaces_;
  const Clock& clock_;
};

}  // namespace amps::broker
