// SPDX-License-Identifier: Apache-2.0
// Heads of HTTP requests and answers: a cut one is waited for, refused for good, or the same as the whole.
#include <string>

#include "net/http_preflight.h"
#include "oracle.h"

using namespace amps::net;

namespace {

void check_request(std::string_view text) {
  PreflightRequest request;
  std::size_t size = 0;
  const amps::Status status = decode_preflight_request(text, &request, &size);
  ORACLE(size <= text.size() && size <= kHttpHeadBytesMax);
  if (!status.ok() || size == 0) return;
  ORACLE(is_part_of(request.path, text) && is_part_of(request.upgrade, text));
  ORACLE(!request.upgrade.empty());
  ORACLE(text.substr(size - 4, 4) == "\r\n\r\n");
  // What follows the head does not matter, and one byte less is not enough.
  std::size_t other_size = 1;
  ORACLE(decode_preflight_request(text.substr(0, size), &request, &other_size).ok() && other_size == size);
  ORACLE(decode_preflight_request(text.substr(0, size - 1), &request, &other_size).ok() && other_size == 0);
  std::size_t answer_size = 0;
  const std::string answer = encode_preflight_answer(request);
  ORACLE(decode_preflight_response(answer, &answer_size).ok());
}

void check_response(std::string_view text) {
  std::size_t size = 0;
  const amps::Status status = decode_preflight_response(text, &size);
  ORACLE(size <= text.size() && size <= kHttpHeadBytesMax);
  for (const char byte : status.text()) ORACLE(byte >= 0x20 && byte < 0x7f);  // A person may read it.
  if (!status.ok() || size == 0) return;
  ORACLE(text.substr(0, 7) == "HTTP/1.");
  std::size_t other_size = 1;
  ORACLE(decode_preflight_response(text.substr(0, size - 1), &other_size).ok() && other_size == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = view_of_input(data, size);
  check_request(text);
  check_response(text);
  Uri uri;
  uri.host = "h";
  uri.port = 1;
  uri.path = "/amps/json";
  std::string request;
  if (!encode_preflight_request(uri, {std::string(text)}, &request).ok()) return 0;
  // A line that is accepted is one line.
  PreflightRequest decoded;
  std::size_t head_size = 0;
  ORACLE(decode_preflight_request(request, &decoded, &head_size).ok());
  ORACLE(head_size == request.size() && decoded.path == uri.path);
  return 0;
}
