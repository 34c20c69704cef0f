// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration.h"

#include <algorithm>
#include <utility>

#include "broker/configuration_numbers.h"
#include "broker/message_types.h"

namespace amps::broker {

Configuration::Configuration() {
#define AMPS_X(number, value, text) numbers[AMPS_BROKER_##number] = value;
  AMPS_BROKER_NUMBER_TABLE(AMPS_X)
#undef AMPS_X
}

Status Configuration::set_number(amps_broker_number_t which, std::uint64_t value) {
  AMPS_RETURN_IF_ERROR(get_number(which, nullptr));
  const NumberElement& element = number_element(which);
  if (value < element.range.min || value > element.range.max) {
    return Status(AMPS_E_USAGE, std::string(element.element) + " is " + std::to_string(value) + ", not " +
                                    expected_text(element.range));
  }
  numbers[which] = value;
  return {};
}

Status Configuration::get_number(amps_broker_number_t which, std::uint64_t* value) const {
  if (which < 0 || which >= AMPS_BROKER_NUMBER_COUNT) {
    return Status(AMPS_E_USAGE, "there is no number " + std::to_string(which));
  }
  if (value != nullptr) *value = numbers[which];
  return {};
}

void Configuration::add_default_transport() {
  TransportConfiguration transport;
  transport.name = "any-tcp";
  transport.address.host = "127.0.0.1";
  transports.push_back(std::move(transport));
}

Status Configuration::add_transport(TransportConfiguration transport) {
  if (transport.name.empty()) {
    transport.name = transport.message_type.empty() ? "any" : transport.message_type;
    transport.name += '-';
    transport.name += transport_type_text(transport.type);
    for (int i = 2; std::any_of(transports.begin(), transports.end(),
                                [&](const auto& other) { return other.name == transport.name; });
         ++i) {
      transport.name = transport.name.substr(0, transport.name.find('#')) + "#" + std::to_string(i);
    }
  }
  const std::string where = "transport " + transport.name;
  if (std::any_of(transports.begin(), transports.end(),
                  [&](const auto& other) { return other.name == transport.name; })) {
    return Status(AMPS_E_USAGE, where + ": there is another one of that name");
  }
  if (!transport.message_type.empty() && !has_message_type(transport.message_type)) {
    return Status(AMPS_E_MESSAGE_TYPE, where + ": unknown message type " + transport.message_type);
  }
  if (transport.type == TransportType::kUnix && !transport.address.is_unix()) {
    return Status(AMPS_E_USAGE, where + ": a unix transport needs the path of its socket");
  }
  const bool has_certificate = !transport.certificate.empty();
  if (has_certificate != !transport.private_key.empty()) {
    return Status(AMPS_E_USAGE, where + ": certificate and private key are given together or not at all");
  }
  if (has_certificate && transport.type == TransportType::kTcp) transport.type = TransportType::kTls;
  if (transport.type == TransportType::kTls && !has_certificate) {
    return Status(AMPS_E_USAGE, where + ": tcps needs a certificate and its private key");
  }
  if (!has_certificate && !transport.ca_file.empty()) {
    return Status(AMPS_E_USAGE, where + ": a CA file means nothing without a certificate");
  }
  transports.push_back(std::move(transport));
  return {};
}

Status Configuration::add_message_type(MessageTypeConfiguration type) {
  const std::string where = "message type " + type.name;
  if (type.module.empty()) type.module = type.name;
  const bool is_composite = type.module == "composite-local" || type.module == "composite-global";
  if (!is_composite && !is_message_type(type.module)) {
    return Status(AMPS_E_MESSAGE_TYPE, where + ": there is no module " + type.module);
  }
  if (is_composite == type.parts.empty()) {
    return Status(AMPS_E_USAGE, where + (is_composite ? ": a composite needs the message types of its parts"
                                                      : ": only composites have parts"));
  }
  for (const std::string& part : type.parts) {
    if (has_message_type(part)) continue;
    return Status(AMPS_E_MESSAGE_TYPE, where + ": unknown message type " + part);
  }
  if (std::any_of(message_types.begin(), message_types.end(),
                  [&](const auto& other) { return other.name == type.name; })) {
    return Status(AMPS_E_USAGE, where + ": there is another one of that name");
  }
  message_types.push_back(std::move(type));
  return {};
}

bool Configuration::has_message_type(std::string_view type) const noexcept {
  return is_message_type(type) || std::any_of(message_types.begin(), message_types.end(),
                                              [&](const auto& added) { return added.name == type; });
}

std::string_view transport_type_text(TransportType type) noexcept {
  switch (type) {
    case TransportType::kTcp:
      return "tcp";
    case TransportType::kTls:
      return "tcps";
    case TransportType::kUnix:
      return "unix";
  }
  return "";
}

Status parse_transport_type(std::string_view text, TransportType* out) {
  if (text == "tcp") {
    *out = TransportType::kTcp;
  } else if (text == "tcps") {
    *out = TransportType::kTls;
  } else if (text == "unix" || text == "amps-unix") {
    *out = TransportType::kUnix;
  } else {
    return Status(AMPS_E_TRANSPORT_TYPE, "unknown transport type " + std::string(text));
  }
  return {};
}

}  // namespace amps::broker
