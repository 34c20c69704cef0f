// SPDX-License-Identifier: Apache-2.0
// How connections begin and end: detection of what the peer speaks.
#include "broker/connection.h"

#include <doctest/doctest.h>

#include <string>

#include "support/test_broker.h"

using raw::Client;
using raw::TestBroker;

namespace {

constexpr std::string_view kLogon =
    "{\"c\":\"logon\",\"cid\":\"1\",\"a\":\"processed\",\"client_name\":\"x\",\"mt\":\"json\"}";

// A zlib stream of one stored block (RFC 1950, 1951), as a client that gains nothing sends it.
std::string stored_zlib(const std::string& bytes) {
  const auto size = static_cast<unsigned>(bytes.size());
  std::string out = "\x78\x9c";
  out += '\0';
  for (const unsigned word : {size, ~size & 0xffffu}) {
    out += static_cast<char>(word & 0xff);
    out += static_cast<char>(word >> 8);
  }
  return out + bytes;
}

}  // namespace

TEST_CASE("CON-14 a compressed connection is recognised, and answered compressed") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.send(stored_zlib(raw::frame(kLogon)));
  const std::string answer = client.read_bytes(2);
  CHECK(answer[0] == '\x78');
  broker.wait_for_count("logons", 1);
}

TEST_CASE("CON-14 compressed bytes that are damaged end the connection") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.send("\x78\x9c" + std::string(100, '\xee'));
  client.wait_closed();
}

TEST_CASE("CON-15 an HTTP upgrade goes before the frames") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  const std::string request =
      "GET /amps/json HTTP/1.1\r\nHost: h:1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nCookie: a=1\r\n\r\n";
  SUBCASE("in one piece with the logon") {
    client.send(request + raw::frame(kLogon));
  }
  SUBCASE("byte by byte") {
    for (const char byte : request + raw::frame(kLogon)) client.send({&byte, 1});
  }
  const std::string expected = "HTTP/1.1 101 Switching Protocols\r\n";
  CHECK(client.read_bytes(expected.size()) == expected);
  std::string rest;
  while (rest.size() < 4 || rest.substr(rest.size() - 4) != "\r\n\r\n") rest += client.read_bytes(1);
  CHECK(rest.find("Upgrade: tcp\r\n") != std::string::npos);
  CHECK(client.ack("1").get("status") == "success");
}

TEST_CASE("what is no AMPS connection is refused, and the log says what it seems to be") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  SUBCASE("TLS") {
    client.send("\x16\x03\x01\x02");
    client.wait_closed();
    broker.log.wait_for("speaks TLS");
  }
  SUBCASE("HTTP without an upgrade") {
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.wait_closed().substr(0, 12) == "HTTP/1.1 400");
  }
  SUBCASE("SSH") {
    client.send("SSH-2.0-x\r\n");
    client.wait_closed();
    broker.log.wait_for("speaks SSH");
  }
  SUBCASE("a header without a length") {
    client.send("{\"c\":\"logon\"}");
    client.wait_closed();
    broker.log.wait_for("without length prefixes");
  }
}

TEST_CASE("CON-01 a logon may come byte by byte") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  for (const char byte : raw::frame(kLogon)) client.send({&byte, 1});
  CHECK(client.ack("1").get("status") == "success");
}

TEST_CASE("the reason reaches a client that is still sending") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  std::string block = raw::frame("{\"c\":\"subscribe\",\"cid\":\"1\",\"a\":\"processed\",\"t\":\"t\"}");
  block += std::string(30'000, 'x');
  client.send(block);
  CHECK(client.ack("1").get("reason") == "logon required");
  client.wait_closed();
}
