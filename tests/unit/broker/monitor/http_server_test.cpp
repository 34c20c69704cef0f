// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/http_server.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/raw_client.h"

using namespace amps::broker;

namespace {

struct Served {
  amps::ManualClock clock;
  HttpServer server{clock, &amps::null_log_sink(), {}, [](const HttpRequest& request) {
                      return HttpAnswer{200, "text/plain", std::string(request.path)};
                    }};
  Served() {
    amps::net::ListenAddress address;
    address.host = "127.0.0.1";
    REQUIRE(server.open(address).ok());
    REQUIRE(server.start().ok());
  }
  std::string ask(const std::string& bytes) {
    raw::Client client(server.listener().port());
    client.send(bytes);
    return client.wait_closed();
  }
};

}  // namespace

TEST_CASE("MON-01 a request is answered and the connection ends") {
  Served at;
  const std::string answer = at.ask("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\nGET /more");
  CHECK(answer.substr(0, 15) == "HTTP/1.1 200 OK");
  CHECK(answer.find("/hello") != std::string::npos);
}

TEST_CASE("REL-37 requests for another host are not answered") {
  Served at;
  CHECK(at.ask("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").substr(0, 12) == "HTTP/1.1 421");
  CHECK(at.ask("nonsense\r\n\r\n").substr(0, 12) == "HTTP/1.1 400");
}

TEST_CASE("REL-37 a client that says nothing has five seconds, and the 33rd one none") {
  Served at;
  std::vector<std::unique_ptr<raw::Client>> silent;
  for (int i = 0; i < 32; ++i) silent.push_back(std::make_unique<raw::Client>(at.server.listener().port()));
  // In the order of connecting, so all of them are there when this one is.
  CHECK(raw::Client(at.server.listener().port()).wait_closed().substr(0, 12) == "HTTP/1.1 503");
  at.clock.advance_ms(5'000);
  at.server.loop().wake();
  for (const auto& client : silent) client->wait_closed();
  CHECK(at.ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").substr(0, 12) == "HTTP/1.1 200");
}
