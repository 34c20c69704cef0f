// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/listen_address.h"

namespace amps::broker {

Status read_listen_address(const Element& element, net::ListenAddress* out) {
  std::string text;
  AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
  const Status status = net::parse_listen_address(text, out);
  return status.ok() ? status : error_at(element, status.text());
}

std::string format_listen_address(const net::ListenAddress& address) {
  const std::string port = std::to_string(address.port);
  if (address.host.empty()) return port;
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + port;
}

}  // namespace amps::broker
