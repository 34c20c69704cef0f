// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/http_request.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

int status_of(const std::string& bytes) {
  HttpRequest request;
  HttpAnswer answer;
  answer.status = 0;
  return parse_http_request(bytes, &request, &answer) == HttpParse::kBad ? answer.status : 0;
}

}  // namespace

TEST_CASE("MON-01 the head of a request is read at every split") {
  const std::string bytes =
      "GET /amps/instance.json?t0=1 HTTP/1.1\r\nHost: localhost:8085\r\nAuthorization: Bearer secret\r\n\r\n";
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    HttpRequest request;
    HttpAnswer answer;
    CHECK(parse_http_request(std::string_view(bytes).substr(0, size), &request, &answer) == HttpParse::kMore);
  }
  HttpRequest request;
  HttpAnswer answer;
  REQUIRE(parse_http_request(bytes, &request, &answer) == HttpParse::kDone);
  CHECK(request.method == "GET");
  CHECK(request.path == "/amps/instance.json");
  CHECK(request.host == "localhost");
  CHECK(request.token == "secret");
}

TEST_CASE("REL-37 what is no small request for us is refused") {
  const std::string host = "Host: localhost\r\n";
  for (const std::string line : {"", "GET", "GET /", "GET / HTTP/2", "GET http://x/ HTTP/1.1",
                                 "GET /a b HTTP/1.1", "GET /%2e%2e/ HTTP/1.1", "GET /\x01 HTTP/1.1"}) {
    CAPTURE(line);
    CHECK(status_of(line + "\r\n" + host + "\r\n") == 400);
  }
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\n" + host + host + "\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\n" + host + " folded: 1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\n" + host + "a : 1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\n" + host + "x: a\nb\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\n") == 413);
  CHECK(status_of("POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n") == 413);
  CHECK(status_of(std::string(8191, 'a')) == 0);
  CHECK(status_of(std::string(8192, 'a')) == 413);
}

TEST_CASE("REL-37 only the names of this server are its own") {
  CHECK(is_own_host("localhost", "", {}));
  CHECK(is_own_host("[::1]", "", {}));
  CHECK(is_own_host("10.0.0.1", "10.0.0.1", {}));
  CHECK(is_own_host("Stats.example", "", {"stats.example"}));
  CHECK_FALSE(is_own_host("evil.example", "127.0.0.1", {"stats.example"}));
  CHECK_FALSE(is_own_host("", "", {}));
}

TEST_CASE("MON-01 an answer says its length and that it is the last") {
  const std::string bytes = encode_http_answer({404, "text/plain", "gone"});
  CHECK(bytes.substr(0, 24) == "HTTP/1.1 404 Not Found\r\n");
  CHECK(bytes.find("Content-Length: 4\r\n") != std::string::npos);
  CHECK(bytes.find("Connection: close\r\n") != std::string::npos);
  CHECK(bytes.find("Access-Control") == std::string::npos);
  CHECK(bytes.substr(bytes.size() - 8) == "\r\n\r\ngone");
}
