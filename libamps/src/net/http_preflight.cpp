// SPDX-License-Identifier: Apache-2.0
#include "net/http_preflight.h"

#include <strings.h>

#include <algorithm>

namespace amps::net {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kShownBytesMax = 80;  // Of a peer's line in an error text.

bool is_control(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

bool is_token_char(char c) noexcept {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_header_line(std::string_view line) noexcept {
  const std::size_t colon = line.find(':');
  return colon != std::string_view::npos && is_token(line.substr(0, colon)) &&
         std::none_of(line.begin(), line.end(), is_control);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trim(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts the first line off; without its end.
std::string_view take_line(std::string_view* text) noexcept {
  const std::size_t end = text->find(kLineEnd);
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + kLineEnd.size());
  return line;
}

// A peer's text for a person: nothing in it may act on a terminal.
std::string shown(std::string_view line) {
  std::string text(line.substr(0, kShownBytesMax));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return "'" + text + "'";
}

// Size of a complete head, or 0. False when there can be none any more.
bool find_head(std::string_view received, std::size_t* size) noexcept {
  const std::size_t end = received.substr(0, kHttpHeadBytesMax).find(kHeadEnd);
  *size = end == std::string_view::npos ? 0 : end + kHeadEnd.size();
  return *size > 0 || received.size() < kHttpHeadBytesMax;
}

bool begins_like(std::string_view received, std::string_view start) noexcept {
  const std::size_t count = std::min(received.size(), start.size());
  return received.substr(0, count) == start.substr(0, count);
}

}  // namespace

Status encode_preflight_request(const Uri& uri, const std::vector<std::string>& headers, std::string* out) {
  const bool is_ipv6 = uri.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + uri.host.substr(0, uri.host.find('%')) + "]" : uri.host;
  *out = "GET " + uri.path + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(uri.port) +
         "\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n";
  for (const std::string& line : headers) {
    if (!is_header_line(line))
      return {AMPS_E_USAGE, "HTTP header " + shown(line) + " is not of the form 'Name: value'"};
    out->append(line).append(kLineEnd);
  }
  out->append(kLineEnd);
  return {};
}

Status decode_preflight_response(std::string_view received, std::size_t* head_size) {
  *head_size = 0;
  const std::string_view first = received.substr(0, received.find(kLineEnd));
  if (!begins_like(received, "HTTP/1.")) {
    return {AMPS_E_CONNECTION,
            "HTTP preflight failed: the peer answered " + shown(first) + " instead of HTTP/1.1"};
  }
  if (!find_head(received, head_size)) {
    return {AMPS_E_CONNECTION, "HTTP preflight failed: the answer's head exceeds 8192 bytes"};
  }
  if (*head_size == 0) return {};
  const std::string_view status = first.size() >= 12 ? first.substr(8, 4) : std::string_view();
  if (status == " 101" || (status.substr(0, 2) == " 2" && (first.size() == 12 || first[12] == ' ')))
    return {};
  return {AMPS_E_CONNECTION, "HTTP preflight was refused: " + shown(first)};
}

Status decode_preflight_request(std::string_view received, PreflightRequest* out, std::size_t* head_size) {
  *head_size = 0;
  *out = PreflightRequest();
  if (!begins_like(received, "GET ")) return {AMPS_E_STREAM, "an HTTP request other than GET"};
  if (!find_head(received, head_size))
    return {AMPS_E_STREAM, "an HTTP request whose head exceeds 8192 bytes"};
  if (*head_size == 0) return {};
  std::string_view head = received.substr(0, *head_size - kLineEnd.size());
  std::string_view line = take_line(&head).substr(4);
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || line.substr(space) != " HTTP/1.1") {
    return {AMPS_E_STREAM, "an HTTP request " + shown(line) + " that is not of version 1.1"};
  }
  out->path = line.substr(0, space);
  while (!head.empty()) {
    line = take_line(&head);
    if (!is_header_line(line)) return {AMPS_E_STREAM, "an HTTP request with the bad header " + shown(line)};
    const std::string_view name = line.substr(0, line.find(':'));
    if (equals_ignoring_case(name, "Upgrade")) out->upgrade = trim(line.substr(name.size() + 1));
    if (equals_ignoring_case(name, "Sec-WebSocket-Key")) out->is_websocket = true;
  }
  if (equals_ignoring_case(out->upgrade, "websocket")) out->is_websocket = true;
  if (out->upgrade.empty()) return {AMPS_E_STREAM, "an HTTP request that asks for no upgrade"};
  return {};
}

std::string encode_preflight_answer(const PreflightRequest& request) {
  return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " +
         std::string(request.upgrade) + "\r\n\r\n";
}

}  // namespace amps::net
