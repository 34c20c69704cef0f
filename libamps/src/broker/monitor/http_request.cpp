// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/http_request.h"

#include <algorithm>

namespace amps::broker {

namespace {

HttpParse bad(int status, std::string text, HttpAnswer* answer) {
  answer->status = status;
  answer->body = std::move(text) + "\n";
  return HttpParse::kBad;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept {
  const auto lower = [](char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
  };
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [&](char one, char other) { return lower(one) == lower(other); });
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view without_port(std::string_view host) noexcept {
  const std::size_t end = host.front() == '[' ? host.find(']') : host.find(':');
  if (end == std::string_view::npos) return host;
  return host.substr(0, host.front() == '[' ? end + 1 : end);
}

std::string_view status_text(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 421:
      return "Misdirected Request";
    case 503:
      return "Service Unavailable";
    default:
      return "Bad Request";
  }
}

bool parse_request_line(std::string_view line, HttpRequest* out) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  const std::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
  out->method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.empty() || target.front() != '/') return false;
  // Names here need no escapes, so that nothing can be hidden in them.
  if (std::any_of(target.begin(), target.end(),
                  [](char byte) { return byte <= ' ' || byte > '~' || byte == '%'; }))
    return false;
  const std::size_t mark = target.find('?');
  out->path = target.substr(0, mark);
  return true;
}

HttpParse take_header(std::string_view name, std::string_view value, HttpRequest* out, HttpAnswer* answer) {
  if (equals_ignoring_case(name, "host")) {
    if (value.empty() || !out->host.empty()) return bad(400, "one Host, please", answer);
    out->host = without_port(value);
  } else if (equals_ignoring_case(name, "content-length")) {
    if (value != "0") return bad(413, "requests have no body here", answer);
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    return bad(413, "requests have no body here", answer);
  } else if (equals_ignoring_case(name, "authorization") && value.substr(0, 7) == "Bearer ") {
    out->token = trimmed(value.substr(7));
  }
  return HttpParse::kDone;
}

}  // namespace

HttpParse parse_http_request(std::string_view received, HttpRequest* out, HttpAnswer* answer) {
  const std::size_t size = received.substr(0, kHttpRequestBytesMax).find("\r\n\r\n");
  if (size == std::string_view::npos) {
    if (received.size() < kHttpRequestBytesMax) return HttpParse::kMore;
    return bad(413, "request of more than 8192 bytes", answer);
  }
  std::string_view head = received.substr(0, size + 2);
  bool is_first = true;
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.find_first_of(std::string_view("\0\n\r", 3)) != std::string_view::npos) {
      return bad(400, "a line with a line end in it", answer);
    }
    if (is_first) {
      is_first = false;
      if (!parse_request_line(line, out)) return bad(400, "no request line of HTTP/1.1", answer);
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.find_first_of(" \t") < colon) {
      return bad(400, "no header", answer);
    }
    const HttpParse taken = take_header(line.substr(0, colon), trimmed(line.substr(colon + 1)), out, answer);
    if (taken != HttpParse::kDone) return taken;
  }
  return out->host.empty() ? bad(400, "no Host", answer) : HttpParse::kDone;
}

bool is_own_host(std::string_view host, std::string_view address, const std::vector<std::string>& others) {
  for (const std::string_view name : {"localhost", "127.0.0.1", "[::1]"}) {
    if (equals_ignoring_case(host, name)) return true;
  }
  if (!address.empty() && (host == address || host == "[" + std::string(address) + "]")) return true;
  return std::any_of(others.begin(), others.end(),
                     [&](const std::string& other) { return equals_ignoring_case(host, other); });
}

std::string encode_http_answer(const HttpAnswer& answer) {
  std::string out = "HTTP/1.1 " + std::to_string(answer.status) + " ";
  out += status_text(answer.status);
  out += "\r\nContent-Type: " + answer.content_type;
  out += "\r\nContent-Length: " + std::to_string(answer.body.size());
  out += "\r\nConnection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n";
  return out + answer.body;
}

}  // namespace amps::broker
