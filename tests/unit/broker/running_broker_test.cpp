// SPDX-License-Identifier: Apache-2.0
// Transports and connections of a broker that runs.
#include "broker/running_broker.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/temporary_directory.h"
#include "support/test_broker.h"

using amps::Status;
using amps::broker::Broker;
using amps::broker::BrokerParts;
using amps::broker::Configuration;
using amps::broker::TransportConfiguration;
using amps::broker::TransportType;
using raw::Client;
using raw::TestBroker;

namespace {

TransportConfiguration transport(const std::string& message_type) {
  TransportConfiguration made;
  made.message_type = message_type;
  made.address.host = "127.0.0.1";
  return made;
}

}  // namespace

TEST_CASE("CON-25 transports of several message types share a broker and no topics") {
  TestBroker broker;
  REQUIRE(broker.configuration.add_transport(transport("json")).ok());
  REQUIRE(broker.configuration.add_transport(transport("nvfix")).ok());
  REQUIRE(broker.configuration.add_transport(transport("")).ok());
  broker.start();
  Client json(broker.port(0)), nvfix(broker.port(1)), any(broker.port(2));
  json.logon("json", "");
  nvfix.logon("nvfix", "");
  any.logon("any", "nvfix");
  SUBCASE("TOP-13 the same topic name under different types is another topic") {
    json.subscribe("orders", "j");
    any.subscribe("orders", "n");
    nvfix.publish("orders", "a=1\x01");
    CHECK(any.next("p").body == "a=1\x01");
    json.expect_nothing();
  }
}

TEST_CASE("CON-26 port 0 is a free port that the program can read") {
  TestBroker first, second;
  first.start();
  second.start();
  CHECK(first.port() != 0);
  CHECK(first.port() != second.port());
  CHECK(first.broker->transports()[0].host == "127.0.0.1");
}

TEST_CASE("CON-17 clients connect to a Unix socket, which is gone afterwards") {
  const amps::test::TemporaryDirectory directory;
  const std::string path = directory.file("socket");
  {
    TestBroker broker;
    TransportConfiguration unix_socket;
    unix_socket.type = TransportType::kUnix;
    unix_socket.address.unix_path = path;
    REQUIRE(broker.configuration.add_transport(unix_socket).ok());
    broker.start();
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0077) == 0);
    Client client(path);
    client.logon();
    client.subscribe("t", "1");
    client.publish("t", "over unix");
    CHECK(client.next("p").body == "over unix");
  }
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("an address off loopback without authentication is refused unless allowed") {
  TestBroker broker;
  TransportConfiguration open = transport("json");
  open.address.host = "0.0.0.0";
  REQUIRE(broker.configuration.add_transport(open).ok());
  Broker refused(broker.configuration, broker.parts);
  const Status status = refused.start();
  CHECK(status.code() == AMPS_E_USAGE);
  CHECK(status.text().find("AllowAnonymous") != std::string::npos);
  CHECK_FALSE(refused.is_running());
  broker.with(AMPS_BROKER_ALLOW_ANONYMOUS, 1).start();
  CHECK(broker.broker->is_running());
}

TEST_CASE("a taken port fails the start and nothing listens") {
  TestBroker first;
  first.start();
  Configuration configuration;
  REQUIRE(configuration.add_transport(transport("json")).ok());
  TransportConfiguration taken = transport("xml");
  taken.address.port = first.port();
  REQUIRE(configuration.add_transport(taken).ok());
  Broker second(configuration, BrokerParts{});
  CHECK(second.start().code() == AMPS_E_CONNECTION);
  CHECK_FALSE(second.is_running());
}

TEST_CASE("connections beyond the limit are refused") {
  TestBroker broker;
  broker.with(AMPS_BROKER_CONNECTIONS_MAX, 1).start();
  Client first(broker.port());
  first.logon();
  Client second(broker.port());
  CHECK(second.wait_closed().empty());
  broker.wait_for_count("connections_refused", 1);
  first.expect_nothing();
}
