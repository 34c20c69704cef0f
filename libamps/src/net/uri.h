// SPDX-License-Identifier: Apache-2.0
// Connection strings: transport://user:password@host:port/amps/type?option=value (protocol 1.4).
// Threads: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace amps::net {

enum class Scheme { kTcp, kTcps, kUnix };

struct Uri {
  Scheme scheme = Scheme::kTcp;
  std::string user, password;  // Percent-decoded.
  std::string host;            // Without brackets.
  std::uint16_t port = 0;
  std::string message_type;  // Empty: bound to the server's port.
  std::string path;          // "/amps/json": what an HTTP preflight asks for.

  // Options; the names are those of the URI.
  std::string bind;
  bool prefer_ipv6 = false;
  std::optional<std::uint32_t> tcp_rcvbuf, tcp_sndbuf, tcp_linger;
  bool tcp_nodelay = true;  // A publisher that batches by itself gains nothing from Nagle's algorithm.
  bool tcp_keepalive = true;
  bool compression = false;  // zlib.
  bool http_preflight = false;
  bool pretty = false;
  std::string unix_path;
  // Project extensions: TLS settings of one connection, in place of amps_ssl_*.
  std::string tls_ca, tls_cert, tls_key, tls_sni;
  std::optional<bool> tls_verify;
};

// Fails with AMPS_E_URI, AMPS_E_TRANSPORT_TYPE, AMPS_E_MESSAGE_TYPE or AMPS_E_TRANSPORT_OPTIONS.
// The password never appears in the text.
Status parse_uri(std::string_view text, Uri* out);
// The text with the password replaced by "***"; for anything a person may read.
std::string redact_uri(std::string_view text);

}  // namespace amps::net
