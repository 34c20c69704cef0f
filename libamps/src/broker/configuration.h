// SPDX-License-Identifier: Apache-2.0
// What a broker is told before it starts.
// Threads: a value.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "amps/amps_broker.h"
#include "base/status.h"
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

  std::string name = "amps";
  std::vector<TransportConfiguration> transports;
  std::array<std::uint64_t, AMPS_BROKER_NUMBER_COUNT> numbers;
  bool unique_client_names = false;  // Names are unique where a transaction log knows publishers by them.
};

std::string_view transport_type_text(TransportType type) noexcept;
// "tcp", "tcps", "unix" and "amps-unix".
Status parse_transport_type(std::string_view text, TransportType* out);

}  // namespace amps::broker
