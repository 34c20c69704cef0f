// SPDX-License-Identifier: Apache-2.0
#include "net/http_preflight.h"

#include <doctest/doctest.h>

#include <string>

namespace amps::net {
namespace {

Uri uri_of(const std::string& text) {
  Uri uri;
  REQUIRE(parse_uri(text, &uri).ok());
  return uri;
}

constexpr std::string_view kRequest =
    "GET /amps/json HTTP/1.1\r\nHost: h:443\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nCookie: a=1\r\n\r\n";
constexpr std::string_view kAnswer =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

}  // namespace

TEST_CASE("the request has the bytes of the protocol description") {
  std::string request;
  REQUIRE(encode_preflight_request(uri_of("tcp://h:443/amps/json"), {"Cookie: a=1"}, &request).ok());
  CHECK(request == kRequest);
  REQUIRE(encode_preflight_request(uri_of("tcps://[::1]:443/amps/json"), {}, &request).ok());
  CHECK(request.find("Host: [::1]:443\r\n") != std::string::npos);
}

TEST_CASE("header lines that are none are refused") {
  std::string request;
  for (const char* line :
       {"", "no colon", ": value", "bad name: x", "A: x\r\nB: y", "A: x\ny", "A: \x01", "A\r: x"}) {
    CAPTURE(line);
    CHECK(encode_preflight_request(uri_of("tcp://h:1/amps"), {line}, &request).code() == AMPS_E_USAGE);
  }
  CHECK(encode_preflight_request(uri_of("tcp://h:1/amps"), {"X-Y_z.1:", "A:b:c", "B:\tx"}, &request).ok());
}

TEST_CASE("an answer is waited for at every split and what follows is left") {
  const std::string received = std::string(kAnswer) + "\0\0\0\1{";
  std::size_t size = 1;
  for (std::size_t cut = 0; cut < kAnswer.size(); ++cut) {
    CHECK(decode_preflight_response(received.substr(0, cut), &size).ok());
    CHECK(size == 0);
  }
  CHECK(decode_preflight_response(received, &size).ok());
  CHECK(size == kAnswer.size());
}

TEST_CASE("101 and every 2xx go on, anything else is a connection error with the status line") {
  std::size_t size;
  for (const char* line :
       {"HTTP/1.1 101 Switching Protocols", "HTTP/1.1 200 OK", "HTTP/1.0 204", "HTTP/1.1 299 X"}) {
    CAPTURE(line);
    CHECK(decode_preflight_response(std::string(line) + "\r\n\r\n", &size).ok());
    CHECK(size > 0);
  }
  for (const char* line : {"HTTP/1.1 401 Unauthorized", "HTTP/1.1 100 Continue", "HTTP/1.1 2",
                           "HTTP/1.1 2000 X", "HTTP/1.1", "HTTP/1.1  200", "SSH-2.0-x", "HTTP/2 200"}) {
    CAPTURE(line);
    CHECK(decode_preflight_response(std::string(line) + "\r\n\r\n", &size).code() == AMPS_E_CONNECTION);
  }
  const Status refused = decode_preflight_response("HTTP/1.1 403 \x1b[31mno\r\n\r\n", &size);
  CHECK(refused.text() == "HTTP preflight was refused: 'HTTP/1.1 403 ?[31mno'");
}

TEST_CASE("an answer that is not HTTP is refused at its first byte") {
  std::size_t size;
  CHECK_FALSE(decode_preflight_response("\x15", &size).ok());
  CHECK(decode_preflight_response("H", &size).ok());
}

TEST_CASE("a head has to end within 8192 bytes") {
  const std::string start = "HTTP/1.1 200 OK\r\nX: ";
  const std::string fits = start + std::string(kHttpHeadBytesMax - start.size() - 4, 'x') + "\r\n\r\n";
  std::size_t size;
  CHECK(decode_preflight_response(fits, &size).ok());
  CHECK(size == kHttpHeadBytesMax);
  CHECK_FALSE(
      decode_preflight_response(start + std::string(kHttpHeadBytesMax, 'x') + "\r\n\r\n", &size).ok());
  PreflightRequest request;
  CHECK_FALSE(decode_preflight_request("GET /" + std::string(kHttpHeadBytesMax, 'x'), &request, &size).ok());
}

TEST_CASE("a request is decoded at every split and answered with its own token") {
  PreflightRequest request;
  std::size_t size = 1;
  for (std::size_t cut = 0; cut < kRequest.size(); ++cut) {
    CHECK(decode_preflight_request(kRequest.substr(0, cut), &request, &size).ok());
    CHECK(size == 0);
  }
  REQUIRE(decode_preflight_request(kRequest, &request, &size).ok());
  CHECK(size == kRequest.size());
  CHECK(request.path == "/amps/json");
  CHECK(request.upgrade == "tcp");
  CHECK_FALSE(request.is_websocket);
  CHECK(encode_preflight_answer(request) == kAnswer);
}

TEST_CASE("a WebSocket upgrade is told apart") {
  PreflightRequest request;
  std::size_t size;
  REQUIRE(decode_preflight_request("GET / HTTP/1.1\r\nupgrade: WebSocket\r\n\r\n", &request, &size).ok());
  CHECK(request.is_websocket);
  REQUIRE(decode_preflight_request("GET / HTTP/1.1\r\nUpgrade: x\r\nsec-websocket-key: y\r\n\r\n", &request,
                                   &size)
              .ok());
  CHECK(request.is_websocket);
}

TEST_CASE("requests that are no upgrade are refused") {
  PreflightRequest request;
  std::size_t size;
  for (const char* text :
       {"POST / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\nUpgrade: x\r\n\r\n", "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nUpgrade:  \r\n\r\n",
        "GET / HTTP/1.1\r\nbad line\r\nUpgrade: x\r\n\r\n", "GET / HTTP/1.1\r\nUpgrade: x\ny\r\n\r\n"}) {
    CAPTURE(text);
    CHECK(decode_preflight_request(text, &request, &size).code() == AMPS_E_STREAM);
  }
}

}  // namespace amps::net
