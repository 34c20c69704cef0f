// SPDX-License-Identifier: Apache-2.0
// InetAddr: where something listens.
// Threads: functions of their arguments.
#pragma once

#include <string>

#include "broker/configuration_xml/members.h"
#include "net/listener.h"

namespace amps::broker {

Status read_listen_address(const Element& element, net::ListenAddress* out);
// Text that read_listen_address() reads as the same address. Requires: it is no Unix socket.
std::string format_listen_address(const net::ListenAddress& address);

template <auto kMember>
struct ListenAddressElement {
  using Owner = OwnerOf<kMember>;
  static Status read(const Element& element, Owner* to) {
    return read_listen_address(element, &(to->*kMember));
  }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    if (!(from.*kMember).is_unix()) parent->add(name, format_listen_address(from.*kMember));
  }
  static std::string kind() { return "port, host:port, [v6]:port, or *:port"; }
};

}  // namespace amps::broker
