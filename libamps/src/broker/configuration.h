// SPDX-License-Identifier: Apache-2.0
// What a broker is told before it starts.
// Threads: a value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amps/amps_broker.h"
#include "base/status.h"
#include "broker/configuration_access.h"
#include "broker/configuration_state.h"
#include "net/listener.h"

namespace amps::broker {

enum class TransportType { kTcp, kTls, kUnix };

struct TransportConfiguration {
  std::string name;
  TransportType type = TransportType::kTcp;
  net::ListenAddress address;
  std::string message_type;  // Empty: any, declared at logon.
  std::string certificate;
  std::string private_key;
  std::string ca_file;
  std::string place;                                          // See configuration_place.h.
  bool is_enabled = true;                                     // Whether it listens from the start.
  std::optional<AuthenticationConfiguration> authentication;  // None: that of the instance.
  std::optional<EntitlementConfiguration> entitlement;
};

// MessageTypes/MessageType (broker 1.3): a type under a name of its own, or with other settings.
struct MessageTypeConfiguration {
  std::string name;
  std::string module;  // The format behind it: "fix", "composite-local", …
  // fix and nvfix.
  char field_separator = '\x01';
  char header_separator = '\x02';
  char message_separator = '\x03';
  bool early_termination = true;   // json: of fields with one name the first counts, not the last.
  std::vector<std::string> parts;  // composites: the types of the parts.
};

struct Configuration {
  Configuration();

  std::uint64_t number(amps_broker_number_t which) const noexcept { return numbers[which]; }
  // Fail with AMPS_E_USAGE for an unknown number or a value out of range.
  Status set_number(amps_broker_number_t which, std::uint64_t value);
  Status get_number(amps_broker_number_t which, std::uint64_t* value) const;
  // Any message type, on a free loopback port.
  void add_default_transport();
  // Takes a transport over after checking it; fills in its name. Fails with AMPS_E_USAGE, AMPS_E_URI,
  // AMPS_E_TRANSPORT_TYPE or AMPS_E_MESSAGE_TYPE.
  Status add_transport(TransportConfiguration transport);
  // Takes a message type over after checking it. Fails with AMPS_E_USAGE or AMPS_E_MESSAGE_TYPE.
  Status add_message_type(MessageTypeConfiguration type);
  // Built in, or added.
  bool has_message_type(std::string_view type) const noexcept;

  std::string name = "amps";
  std::vector<TransportConfiguration> transports;
  std::array<std::uint64_t, AMPS_BROKER_NUMBER_COUNT> numbers;

  std::vector<MessageTypeConfiguration> message_types;
  std::vector<StateConfiguration> sow;  // As declared: sources come before what is made of them.
  std::optional<TransactionLogConfiguration> transaction_log;
  std::vector<ExpireActionConfiguration> actions;
  std::uint64_t sow_stats_interval_ms = 0;  // Between events on /AMPS/SOWStats; 0: there are none.
  AuthenticationConfiguration authentication;
  EntitlementConfiguration entitlement;
  std::optional<AdminConfiguration> admin;
  std::vector<LogTargetConfiguration> log_targets;

  std::vector<std::string> warnings;  // What the reader passed over; logged at start.
  bool unique_client_names = false;   // Names are unique where a transaction log knows publishers by them.
};

std::string_view transport_type_text(TransportType type) noexcept;
// "tcp", "tcps", "unix" and "amps-unix".
Status parse_transport_type(std::string_view text, TransportType* out);

}  // namespace amps::broker
