// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

TransportConfiguration transport(const std::string& message_type = {}) {
  TransportConfiguration made;
  made.message_type = message_type;
  return made;
}

}  // namespace

TEST_CASE("transports get names that tell them apart") {
  Configuration configuration;
  for (const char* type : {"json", "json", "json", ""})
    REQUIRE(configuration.add_transport(transport(type)).ok());
  CHECK(configuration.transports[0].name == "json-tcp");
  CHECK(configuration.transports[1].name == "json-tcp#2");
  CHECK(configuration.transports[2].name == "json-tcp#3");
  CHECK(configuration.transports[3].name == "any-tcp");
  TransportConfiguration twice = transport();
  twice.name = "json-tcp";
  CHECK(configuration.add_transport(twice).code() == AMPS_E_USAGE);
}

TEST_CASE("transports that cannot work are refused") {
  Configuration configuration;
  CHECK(configuration.add_transport(transport("yaml")).code() == AMPS_E_MESSAGE_TYPE);
  TransportConfiguration one = transport();
  SUBCASE("TLS without a certificate") {
    one.type = TransportType::kTls;
  }
  SUBCASE("a certificate without its key") {
    one.certificate = "c.pem";
  }
  SUBCASE("a CA without a certificate") {
    one.ca_file = "ca.pem";
  }
  SUBCASE("a Unix socket without a path") {
    one.type = TransportType::kUnix;
  }
  CHECK(configuration.add_transport(one).code() == AMPS_E_USAGE);
  CHECK(configuration.transports.empty());
}

TEST_CASE("a tcp transport with a certificate speaks TLS") {
  Configuration configuration;
  TransportConfiguration one = transport();
  one.certificate = "c.pem";
  one.private_key = "k.pem";
  REQUIRE(configuration.add_transport(one).ok());
  CHECK(configuration.transports[0].type == TransportType::kTls);
}

TEST_CASE("numbers have bounds") {
  Configuration configuration;
  CHECK(configuration.number(AMPS_BROKER_LOGON_TIMEOUT_MS) == 10'000);
  CHECK(configuration.set_number(AMPS_BROKER_CONNECTIONS_MAX, 0).code() == AMPS_E_USAGE);
  CHECK(configuration.set_number(AMPS_BROKER_CONNECTIONS_MAX, 5).ok());
  CHECK(configuration.number(AMPS_BROKER_CONNECTIONS_MAX) == 5);
  CHECK_FALSE(configuration.set_number(AMPS_BROKER_NUMBER_COUNT, 1).ok());
}
