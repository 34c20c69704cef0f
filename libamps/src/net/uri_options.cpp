// SPDX-License-Identifier: Apache-2.0
#include "net/uri_options.h"

#include <arpa/inet.h>
#include <strings.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <climits>
#include <cstdint>
#include <iterator>
#include <string>

#include "net/percent_encoding.h"

namespace amps::net {
namespace {

constexpr unsigned kTcp = 1u << static_cast<unsigned>(Scheme::kTcp);
constexpr unsigned kTcps = 1u << static_cast<unsigned>(Scheme::kTcps);
constexpr unsigned kUnix = 1u << static_cast<unsigned>(Scheme::kUnix);

constexpr std::uint32_t kSocketBufferBytesMax = INT_MAX;  // setsockopt() takes an int.
constexpr std::uint32_t kLingerSecondsMax = 65'535;       // Eighteen hours; the kernel's own limit is near.

// A setter returns what the value must be, or nullptr when it was taken.
using Setter = const char* (*)(const std::string& value, Uri* out);

bool equals(const std::string& value, const char* word) {
  return strcasecmp(value.c_str(), word) == 0;
}

bool parse_bool(const std::string& value, bool* out) {
  for (const char* word : {"true", "1", "yes", "t", "y"}) {
    if (equals(value, word)) return *out = true, true;
  }
  for (const char* word : {"false", "0", "no", "f", "n"}) {
    if (equals(value, word)) return *out = false, true;
  }
  return false;
}

bool parse_number(const std::string& value, std::uint32_t max, std::optional<std::uint32_t>* out) {
  std::uint32_t number = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || stop != end || number > max) return false;
  *out = number;
  return true;
}

template <bool Uri::*member>
const char* set_bool(const std::string& value, Uri* out) {
  return parse_bool(value, &(out->*member)) ? nullptr : "true or false";
}

template <std::string Uri::*member>
const char* set_file(const std::string& value, Uri* out) {
  if (value.empty()) return "a file name";
  out->*member = value;
  return nullptr;
}

template <std::optional<std::uint32_t> Uri::*member>
const char* set_buffer_size(const std::string& value, Uri* out) {
  return parse_number(value, kSocketBufferBytesMax, &(out->*member)) ? nullptr
                                                                     : "a number of bytes up to 2147483647";
}

const char* set_bind(const std::string& value, Uri* out) {
  std::string address = value;
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  unsigned char binary[sizeof(in6_addr)];
  if (inet_pton(AF_INET, address.c_str(), binary) != 1 && inet_pton(AF_INET6, address.c_str(), binary) != 1) {
    return "an IPv4 or IPv6 address";
  }
  out->bind = address;
  return nullptr;
}

const char* set_compression(const std::string& value, Uri* out) {
  if (value != "zlib") return "zlib";
  out->compression = true;
  return nullptr;
}

const char* set_ip_protocol_prefer(const std::string& value, Uri* out) {
  const bool ipv6 = equals(value, "ipv6");
  if (!ipv6 && !equals(value, "ipv4")) return "ipv4 or ipv6";
  out->prefer_ipv6 = ipv6;
  return nullptr;
}

const char* set_linger(const std::string& value, Uri* out) {
  return parse_number(value, kLingerSecondsMax, &out->tcp_linger) ? nullptr
                                                                  : "a number of seconds up to 65535";
}

const char* set_path(const std::string& value, Uri* out) {
  if (value.empty()) return "the name of a socket file";
  if (value.size() >= sizeof(sockaddr_un::sun_path)) return "a socket file name of at most 107 bytes";
  out->unix_path = value;
  return nullptr;
}

const char* set_tls_sni(const std::string& value, Uri* out) {
  if (value.empty()) return "a host name";
  out->tls_sni = value;
  return nullptr;
}

const char* set_tls_verify(const std::string& value, Uri* out) {
  bool verify = true;
  if (!parse_bool(value, &verify)) return "true or false";
  out->tls_verify = verify;
  return nullptr;
}

const char* refuse_websocket(const std::string&, Uri*) {
  return "left out";
}

struct Row {
  std::string_view key;
  unsigned schemes;  // Bits of the schemes it applies to.
  Setter set;
};

constexpr Row kRows[] = {
    {"bind", kTcp | kTcps, set_bind},
    {"compression", kTcp | kTcps, set_compression},
    {"http_preflight", kTcp | kTcps, set_bool<&Uri::http_preflight>},
    {"ip_protocol_prefer", kTcp | kTcps, set_ip_protocol_prefer},
    {"path", kUnix, set_path},
    {"pretty", kTcp | kTcps | kUnix, set_bool<&Uri::pretty>},
    {"tcp_keepalive", kTcp | kTcps, set_bool<&Uri::tcp_keepalive>},
    {"tcp_linger", kTcp | kTcps, set_linger},
    {"tcp_nodelay", kTcp | kTcps, set_bool<&Uri::tcp_nodelay>},
    {"tcp_rcvbuf", kTcp | kTcps, set_buffer_size<&Uri::tcp_rcvbuf>},
    {"tcp_sndbuf", kTcp | kTcps, set_buffer_size<&Uri::tcp_sndbuf>},
    {"tls_ca", kTcps, set_file<&Uri::tls_ca>},
    {"tls_cert", kTcps, set_file<&Uri::tls_cert>},
    {"tls_key", kTcps, set_file<&Uri::tls_key>},
    {"tls_sni", kTcps, set_tls_sni},
    {"tls_verify", kTcps, set_tls_verify},
    {"ws_prefix", 0, refuse_websocket},
};
constexpr std::size_t kRowCount = std::size(kRows);
static_assert(kRowCount <= 32, "the set of keys already given is a 32-bit word");

Status fail(const std::string& text) {
  return {AMPS_E_TRANSPORT_OPTIONS, text};
}

const char* scheme_name(Scheme scheme) noexcept {
  switch (scheme) {
    case Scheme::kTcp:
      return "tcp";
    case Scheme::kTcps:
      return "tcps";
    case Scheme::kUnix:
      return "unix";
  }
  return "";
}

Status parse_option(std::string_view option, std::uint32_t* given, Uri* out) {
  const std::size_t equal_sign = option.find('=');
  if (equal_sign == std::string_view::npos) {
    return fail("transport option '" + std::string(option) + "' has no value; write option=value");
  }
  std::string key, value;
  if (!percent_decode(option.substr(0, equal_sign), &key) ||
      !percent_decode(option.substr(equal_sign + 1), &value)) {
    return fail("transport option '" + std::string(option) + "' has a bad percent escape");
  }
  const Row* row =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.key == key; });
  if (row == std::end(kRows)) return fail("transport option '" + key + "' is unknown");
  if ((row->schemes & (1u << static_cast<unsigned>(out->scheme))) == 0) {
    return fail("transport option '" + key + "' does not apply to " + scheme_name(out->scheme));
  }
  const std::uint32_t bit = 1u << static_cast<unsigned>(row - std::begin(kRows));
  if ((*given & bit) != 0) return fail("transport option '" + key + "' is given twice");
  *given |= bit;
  if (const char* wanted = row->set(value, out)) {
    return fail("transport option '" + key + "' is '" + value + "' but must be " + wanted);
  }
  return {};
}

}  // namespace

Status parse_uri_options(std::string_view text, Uri* out) {
  std::uint32_t given = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    if (end > 0) AMPS_RETURN_IF_ERROR(parse_option(text.substr(0, end), &given, out));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (out->tls_cert.empty() != out->tls_key.empty()) {
    return fail(out->tls_key.empty() ? "transport option 'tls_cert' needs 'tls_key' as well"
                                     : "transport option 'tls_key' needs 'tls_cert' as well");
  }
  return {};
}

}  // namespace amps::net
