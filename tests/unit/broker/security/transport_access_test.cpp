// SPDX-License-Identifier: Apache-2.0
#include "broker/security/transport_access.h"

#include <doctest/doctest.h>

using namespace amps::broker;
using Module = AuthenticationConfiguration::Module;

namespace {

struct Nobody final : Authenticator {
  LogonAnswer decide(const LogonRequest&) override { return {}; }
};

}  // namespace

TEST_CASE("SEC-01 by default everybody is let in, and nobody's name is believed") {
  Configuration configuration;
  TransportAccess access;
  REQUIRE(open_access(configuration, {}, {}, &access).ok());
  CHECK(access.is_open());
  CHECK(access.refusal("ann").empty());
  CHECK(access.identity("ann").empty());
  CHECK_FALSE(access.has_implicit_logon());
}

TEST_CASE("SEC-07 SEC-22 a callback stands for the instance's module, a transport's own module before both") {
  Configuration configuration;
  configuration.authentication.module = Module::kRejectAll;
  AccessParts parts;
  parts.authenticator = std::make_shared<Nobody>();
  TransportConfiguration transport;
  TransportAccess access;
  SUBCASE("callback") {
    REQUIRE(open_access(configuration, transport, parts, &access).ok());
    CHECK((access.authenticator == parts.authenticator));
    CHECK_FALSE(access.is_open());
    CHECK(access.refusal("ann").empty());
    CHECK(access.identity("ann") == "ann");
  }
  SUBCASE("transport") {
    transport.authentication.emplace().module = Module::kImplicit;
    REQUIRE(open_access(configuration, transport, parts, &access).ok());
    CHECK((access.authenticator == nullptr));
    CHECK(access.is_open());
    CHECK(access.has_implicit_logon());
  }
  SUBCASE("instance") {
    REQUIRE(open_access(configuration, transport, {}, &access).ok());
    CHECK_FALSE(access.is_open());
    CHECK_FALSE(access.refusal("ann").empty());
  }
}
