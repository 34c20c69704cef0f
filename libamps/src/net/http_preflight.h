// SPDX-License-Identifier: Apache-2.0
// The HTTP upgrade that goes before the first frame, so that HTTP proxies can route the connection
// (protocol 1.6). Bytes only; the connector and the broker read and write them.
// Threads: any. Blocks: never. Views live as long as the received bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "net/uri.h"

namespace amps::net {

constexpr std::size_t kHttpHeadBytesMax = 8'192;  // More before the blank line is no upgrade.

// The request of a client. `headers` are lines such as "Cookie: a=1"; one that is none, or that
// smuggles in another line, fails with AMPS_E_USAGE.
Status encode_preflight_request(const Uri& uri, const std::vector<std::string>& headers, std::string* out);

// Both decoders: AMPS_E_OK with *head_size 0 means that more bytes are needed; otherwise *head_size
// counts the bytes up to and with the blank line, and what follows belongs to the stream.

// Fails with AMPS_E_CONNECTION, and the server's status line, unless the status is 101 or 2xx.
Status decode_preflight_response(std::string_view received, std::size_t* head_size);

struct PreflightRequest {
  std::string_view path;
  std::string_view upgrade;  // The token that the answer repeats.
  bool is_websocket = false;
};
// Fails with AMPS_E_STREAM when it is no upgrade request.
Status decode_preflight_request(std::string_view received, PreflightRequest* out, std::size_t* head_size);
std::string encode_preflight_answer(const PreflightRequest& request);

}  // namespace amps::net
