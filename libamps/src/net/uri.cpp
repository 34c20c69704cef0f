// SPDX-License-Identifier: Apache-2.0
#include "net/uri.h"

#include <arpa/inet.h>
#include <strings.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>

#include "net/percent_encoding.h"
#include "net/uri_options.h"

namespace amps::net {
namespace {

constexpr std::string_view kSchemeEnd = "://";

// The text cut at its separators; views into it.
struct Parts {
  std::string_view scheme;
  std::string_view userinfo;  // Without the '@'.
  bool has_userinfo = false;
  std::string_view address;  // Host and port.
  std::string_view path;     // From its '/' on; may be empty.
  std::string_view options;  // After the '?'.
};

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
bool is_control_or_space(char c) noexcept {
  return is_control(c) || c == ' ';
}

// Requires: `text` holds "://".
Parts cut(std::string_view text) {
  Parts parts;
  const std::size_t scheme_end = text.find(kSchemeEnd);
  parts.scheme = text.substr(0, scheme_end);
  std::string_view rest = text.substr(scheme_end + kSchemeEnd.size());
  const std::size_t question_mark = std::min(rest.find('?'), rest.size());
  if (question_mark < rest.size()) parts.options = rest.substr(question_mark + 1);
  rest = rest.substr(0, question_mark);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  parts.path = rest.substr(slash);
  parts.address = rest.substr(0, slash);
  const std::size_t at = parts.address.rfind('@');
  if (at != std::string_view::npos) {
    parts.has_userinfo = true;
    parts.userinfo = parts.address.substr(0, at);
    parts.address.remove_prefix(at + 1);
  }
  return parts;
}

Status parse_scheme(std::string_view name, Scheme* out) {
  const std::string scheme(name);
  if (strcasecmp(scheme.c_str(), "tcp") == 0) {
    *out = Scheme::kTcp;
  } else if (strcasecmp(scheme.c_str(), "tcps") == 0) {
    *out = Scheme::kTcps;
  } else if (strcasecmp(scheme.c_str(), "unix") == 0) {
    *out = Scheme::kUnix;
  } else if (strcasecmp(scheme.c_str(), "ws") == 0 || strcasecmp(scheme.c_str(), "wss") == 0) {
    return {AMPS_E_TRANSPORT_TYPE,
            "transport '" + scheme + "' (WebSocket) is not supported yet; use tcp or tcps"};
  } else {
    return {AMPS_E_TRANSPORT_TYPE, "transport '" + scheme + "' is unknown; use tcp, tcps or unix"};
  }
  return {};
}

// The parsers below return what is wrong, or nullptr. They quote no part of the text: a password with
// an unescaped '/' or '?' can end up in any of them.

const char* parse_userinfo(std::string_view userinfo, Uri* out) {
  const std::size_t colon = std::min(userinfo.find(':'), userinfo.size());
  if (colon == 0) return "the user name before the password is empty";
  const std::string_view password = userinfo.substr(std::min(colon + 1, userinfo.size()));
  if (!percent_decode(userinfo.substr(0, colon), &out->user) || !percent_decode(password, &out->password)) {
    return "user or password has a bad percent escape; write '%' as %25";
  }
  return nullptr;
}

const char* parse_port(std::string_view digits, std::uint16_t* out) {
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, *out);
  if (digits.empty() || error != std::errc() || stop != end || *out == 0) {
    return "the port must be a number from 1 to 65535";
  }
  return nullptr;
}

const char* parse_ipv6_host(std::string_view bracketed, std::string* out) {
  if (!percent_decode(bracketed, out)) return "the host has a bad percent escape";
  unsigned char binary[sizeof(in6_addr)];
  const std::string address = out->substr(0, out->find('%'));  // A zone, as in fe80::1%eth0, may follow.
  if (inet_pton(AF_INET6, address.c_str(), binary) != 1) return "an IPv6 address must stand in the brackets";
  return nullptr;
}

const char* parse_address(std::string_view address, Uri* out) {
  std::string_view port;
  if (!address.empty() && address.front() == '[') {
    const std::size_t bracket = address.find(']');
    if (bracket == std::string_view::npos) return "the bracket before an IPv6 address is not closed";
    if (const char* wrong = parse_ipv6_host(address.substr(1, bracket - 1), &out->host)) return wrong;
    port = address.substr(bracket + 1);
  } else {
    const std::size_t colon = std::min(address.find(':'), address.size());
    if (address.find(':', std::min(colon + 1, address.size())) != std::string_view::npos) {
      return "an IPv6 address must stand in brackets, as in [::1]:9007";
    }
    if (!percent_decode(address.substr(0, colon), &out->host)) return "the host has a bad percent escape";
    port = address.substr(colon);
  }
  if (out->host.empty()) return "the host is missing";
  if (std::any_of(out->host.begin(), out->host.end(), is_control_or_space))
    return "the host has a bad character";
  if (port.empty() || port.front() != ':') return "the port is missing, as in tcp://host:9007/amps/json";
  return parse_port(port.substr(1), &out->port);
}

// Takes the text up to the next '/' off a path that begins with one.
std::string_view take_segment(std::string_view* path) {
  path->remove_prefix(1);
  const std::size_t end = std::min(path->find('/'), path->size());
  const std::string_view segment = path->substr(0, end);
  path->remove_prefix(end);
  return segment;
}

const char* parse_protocol(std::string_view protocol) {
  for (std::string_view legacy : {"fix", "nvfix", "xml"}) {
    if (protocol != legacy) continue;
    return "the header formats fix, nvfix and xml are not supported; name the protocol amps and then the "
           "message "
           "type, as in tcp://host:9007/amps/fix";
  }
  if (protocol == "amps" || protocol == "json") return nullptr;  // json: an old name of amps.
  return "the path must begin with the protocol amps, as in tcp://host:9007/amps/json";
}

Status parse_path(std::string_view path, const std::string& shown, Uri* out) {
  out->path = path;
  if (path.empty()) path = "/";
  if (const char* wrong = parse_protocol(take_segment(&path))) return {AMPS_E_URI, wrong + shown};
  if (path.size() <= 1) return {};  // A trailing slash means nothing.
  const std::string_view type = take_segment(&path);
  if (!percent_decode(type, &out->message_type)) {
    return {AMPS_E_MESSAGE_TYPE, "the message type has a bad percent escape" + shown};
  }
  if (out->message_type.empty() ||
      std::any_of(out->message_type.begin(), out->message_type.end(), is_control_or_space)) {
    return {AMPS_E_MESSAGE_TYPE, "the message type is empty or has a bad character" + shown};
  }
  return {};
}

// unix://localhost:0/amps/json?path=/run/amps.sock, or unix:///run/amps.sock without a message type.
Status parse_unix(const Parts& parts, const std::string& shown, Uri* out) {
  if (!out->unix_path.empty()) return parse_path(parts.path, shown, out);
  if (!parts.address.empty() || parts.path.size() <= 1) {
    return {AMPS_E_TRANSPORT_OPTIONS,
            "transport unix needs the option path, the name of the socket file" + shown};
  }
  if (!percent_decode(parts.path, &out->unix_path))
    return {AMPS_E_URI, "the path has a bad percent escape" + shown};
  if (out->unix_path.size() >= sizeof(sockaddr_un::sun_path)) {
    return {AMPS_E_TRANSPORT_OPTIONS, "the socket file name is longer than 107 bytes" + shown};
  }
  return {};
}

Status parse_parts(std::string_view text, const std::string& shown, Uri* out) {
  const Parts parts = cut(text);
  AMPS_RETURN_IF_ERROR(parse_scheme(parts.scheme, &out->scheme));
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return {AMPS_E_URI, "a control character must be percent-encoded" + shown};
  }
  const char* wrong = parts.has_userinfo ? parse_userinfo(parts.userinfo, out) : nullptr;
  if (wrong == nullptr && parts.path.find(' ') != std::string_view::npos)
    wrong = "a space must be written as %20";
  if (wrong == nullptr && out->scheme != Scheme::kUnix) wrong = parse_address(parts.address, out);
  if (wrong != nullptr) return {AMPS_E_URI, wrong + shown};
  if (out->scheme != Scheme::kUnix) AMPS_RETURN_IF_ERROR(parse_path(parts.path, shown, out));
  if (Status status = parse_uri_options(parts.options, out); !status.ok()) {
    return {status.code(), status.text() + shown};
  }
  return out->scheme == Scheme::kUnix ? parse_unix(parts, shown, out) : Status();
}

// Replaces what stands between the first ':' at or after `begin` and `at_sign`.
std::string redact_between(std::string_view text, std::size_t begin, std::size_t at_sign) {
  const std::size_t colon = text.find(':', begin);
  if (colon == std::string_view::npos || colon > at_sign) return std::string(text);
  std::string shown(text.substr(0, colon + 1));
  return shown.append("***").append(text.substr(at_sign));
}

}  // namespace

Status parse_uri(std::string_view text, Uri* out) {
  *out = Uri();
  const std::string shown = " in '" + redact_uri(text) + "'";
  if (text.find(kSchemeEnd) == std::string_view::npos) {
    return {AMPS_E_URI, "a transport and '://' are missing, as in tcp://host:9007/amps/json," + shown};
  }
  return parse_parts(text, shown, out);
}

std::string redact_uri(std::string_view text) {
  const std::size_t scheme_end = text.find(kSchemeEnd);
  const std::size_t begin = scheme_end == std::string_view::npos ? 0 : scheme_end + kSchemeEnd.size();
  if (Uri ignored; begin > 0 && parse_parts(text, "", &ignored).ok()) {
    const Parts parts = cut(text);
    return redact_between(text, begin, begin + parts.userinfo.size());
  }
  // Nobody knows where the password of a malformed text ends, so everything up to the last '@' goes.
  const std::size_t at_sign = text.rfind('@');
  return at_sign == std::string_view::npos ? std::string(text) : redact_between(text, begin, at_sign);
}

}  // namespace amps::net
