// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1.1 request, as far as the statistics need it: small, without a body, and for this
// server and no other.
// Threads: functions of their arguments. Views live as long as the received bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace amps::broker {

constexpr std::size_t kHttpRequestBytesMax = 8'192;

struct HttpRequest {
  std::string_view method;
  std::string_view path;   // Without the query.
  std::string_view host;   // Without the port.
  std::string_view token;  // Of Authorization: Bearer.
};

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

enum class HttpParse { kMore, kDone, kBad };

// kMore: the blank line has not come. kBad: `*answer` says why.
HttpParse parse_http_request(std::string_view received, HttpRequest* out, HttpAnswer* answer);
// A page of another origin, whose name was made to lead here, says another host than ours.
bool is_own_host(std::string_view host, std::string_view address, const std::vector<std::string>& others);
std::string encode_http_answer(const HttpAnswer& answer);

}  // namespace amps::broker
