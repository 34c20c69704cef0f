// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "base/sha256.h"
#include "broker/commands/commands.h"
#include "support/test_broker.h"

using raw::Client;
using raw::Frame;
using raw::TestBroker;

namespace {

class TwoRounds final : public amps::broker::Authenticator {
 public:
  amps::broker::LogonDecision decide(std::string_view name, std::string_view user, std::string_view password,
                                     std::string* challenge) override {
    if (user != "ann" || name.empty()) return amps::broker::LogonDecision::kRefuse;
    if (password == "answer") return amps::broker::LogonDecision::kAccept;
    if (password == "wrong") return amps::broker::LogonDecision::kRefuse;
    *challenge = "question";
    return amps::broker::LogonDecision::kChallenge;
  }
};

Frame logon(Client* client, const std::string& members) {
  client->send_frame("{\"c\":\"logon\",\"cid\":\"L\",\"a\":\"processed\"" + members + "}");
  return client->ack("L");
}

}  // namespace

TEST_CASE("CON-02 logon ack carries client_name seq bookmark version") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  const Frame ack = logon(&client, ",\"client_name\":\"probe\",\"mt\":\"json\"");
  CHECK(ack.get("status") == "success");
  CHECK(ack.get("reason") == "authentication disabled");
  CHECK(ack.get("client_name") == "probe");
  CHECK(ack.get("s") == "0");
  CHECK(ack.get("bm") == std::to_string(amps::sha256_id("probe")) + "|0|");
  CHECK(ack.get("version").find("-broker") != std::string::npos);
}

TEST_CASE("CON-02 a client without a name is known by its connection") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  CHECK(logon(&client, ",\"mt\":\"json\"").get("client_name") == "any-tcp-1");
}

TEST_CASE("CON-03 commands before logon are refused and the connection is closed") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.send_frame("{\"c\":\"p\",\"t\":\"t\",\"cid\":\"1\",\"a\":\"processed\"}", "x");
  CHECK(client.ack("1").get("reason") == "logon required");
  CHECK(client.wait_closed().empty());
  CHECK(broker.count("messages_in") == 0);
}

TEST_CASE("CON-04 a second logon is refused and the first one stays") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon("first");
  const Frame ack = logon(&client, ",\"client_name\":\"second\",\"mt\":\"xml\"");
  CHECK(ack.get("status") == "failure");
  CHECK(ack.get("reason") == "duplicate logon attempt");
  client.expect_nothing();
}

TEST_CASE("CON-05 the message type comes from the transport or from logon") {
  TestBroker broker;
  amps::broker::TransportConfiguration json;
  json.message_type = "json";
  json.address.host = "127.0.0.1";
  REQUIRE(broker.configuration.add_transport(json).ok());
  broker.configuration.add_default_transport();
  broker.start();
  const auto reason = [&](int transport, const std::string& members) {
    Client client(broker.port(transport));
    const Frame ack = logon(&client, members);
    if (ack.get("status") == "success") return std::string("success");
    client.wait_closed();
    return ack.get("reason");
  };
  CHECK(reason(0, "") == "success");
  CHECK(reason(0, ",\"mt\":\"json\"") == "success");
  CHECK(reason(0, ",\"mt\":\"xml\"") == "invalid message type");
  CHECK(reason(1, ",\"mt\":\"xml\"") == "success");
  CHECK(reason(1, ",\"mt\":\"nonsense\"") == "invalid message type");
  CHECK(reason(1, "") == "invalid message type");
}

TEST_CASE("CON-06 without a transaction log a name may be used twice") {
  TestBroker broker;
  broker.start();
  Client first(broker.port()), second(broker.port());
  first.logon("same");
  second.logon("same");
  first.expect_nothing();
}

TEST_CASE("CON-06 where names are unique the same user takes over, and the old connection goes") {
  TestBroker broker;
  broker.configuration.unique_client_names = true;
  broker.start();
  Client first(broker.port());
  first.logon("same");
  Client second(broker.port());
  second.logon("same");
  first.wait_closed();
  broker.wait_for_count("name in use", 1);
  second.expect_nothing();
  Client third(broker.port());
  third.logon("same");
  second.wait_closed();
}

TEST_CASE("CON-29 a challenge is answered with the same connection") {
  TestBroker broker;
  TwoRounds authenticator;
  broker.parts.authenticator = &authenticator;
  broker.start();
  Client client(broker.port());
  const Frame challenge =
      logon(&client, ",\"client_name\":\"a\",\"mt\":\"json\",\"user_id\":\"ann\",\"pw\":\"hi\"");
  CHECK(challenge.get("status") == "retry");
  CHECK(challenge.get("pw") == "question");
  CHECK(challenge.get("user_id") == "ann");
  SUBCASE("rightly") {
    const Frame ack =
        logon(&client, ",\"client_name\":\"a\",\"mt\":\"json\",\"user_id\":\"ann\",\"pw\":\"answer\"");
    CHECK(ack.get("status") == "success");
    CHECK(ack.get("user_id") == "ann");
    CHECK_FALSE(ack.has("reason"));
  }
  SUBCASE("wrongly") {
    const Frame ack =
        logon(&client, ",\"client_name\":\"a\",\"mt\":\"json\",\"user_id\":\"ann\",\"pw\":\"wrong\"");
    CHECK(ack.get("reason") == "auth failure");
    client.wait_closed();
    CHECK_FALSE(broker.log.contains("wrong"));
  }
  SUBCASE("without end") {
    Frame ack;
    for (int i = 0; i < 20; ++i) {
      ack = logon(&client, ",\"client_name\":\"a\",\"mt\":\"json\",\"user_id\":\"ann\",\"pw\":\"hi\"");
      if (ack.get("status") == "failure") break;
    }
    CHECK(ack.get("reason") == "auth failure");
  }
  SUBCASE("not at all: other commands are still refused") {
    client.send_frame("{\"c\":\"p\",\"t\":\"t\",\"cid\":\"1\",\"a\":\"processed\"}");
    CHECK(client.ack("1").get("reason") == "logon required");
  }
}

TEST_CASE("CON-07 where names are unique another user is refused") {
  struct Everybody final : amps::broker::Authenticator {
    amps::broker::LogonDecision decide(std::string_view, std::string_view, std::string_view,
                                       std::string*) override {
      return amps::broker::LogonDecision::kAccept;
    }
  } authenticator;
  TestBroker broker;
  broker.parts.authenticator = &authenticator;
  broker.configuration.unique_client_names = true;
  broker.start();
  Client first(broker.port()), second(broker.port());
  logon(&first, ",\"client_name\":\"a\",\"mt\":\"json\",\"user_id\":\"ann\"");
  const Frame ack = logon(&second, ",\"client_name\":\"a\",\"mt\":\"json\",\"user_id\":\"bob\"");
  CHECK(ack.get("reason") == "name in use");
  second.wait_closed();
  first.expect_nothing();
}

TEST_CASE("ACK-08 ack_conflation and pretty are options of logon, others are not") {
  TestBroker broker;
  broker.start();
  Client first(broker.port()), second(broker.port()), third(broker.port());
  CHECK(logon(&first, ",\"mt\":\"json\",\"opts\":\"ack_conflation=100ms,pretty=true\"").get("status") ==
        "success");
  CHECK(logon(&second, ",\"mt\":\"json\",\"opts\":\"ack_conflation=soon\"").get("reason") ==
        "invalid options");
  CHECK(logon(&third, ",\"mt\":\"json\",\"opts\":\"fancy\"").get("reason") == "invalid options");
  third.wait_closed();
}

TEST_CASE("log lines cannot be forged by what a client sends") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  logon(&client, ",\"mt\":\"json\",\"opts\":\"a\\nampsd: error: \\u001b[31mfake\"");
  broker.log.wait_for("a\\x0aampsd: error: \\x1b[31mfake");
}

TEST_CASE("a client name without control characters is wanted") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  CHECK(logon(&client, ",\"mt\":\"json\",\"client_name\":\"a\\nb\"").get("reason") == "limit");
}
