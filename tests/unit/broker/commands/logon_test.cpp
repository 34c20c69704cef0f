// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "base/sha256.h"
#include "broker/commands/commands.h"
#include "support/test_broker.h"

using amps::broker::AuthenticationConfiguration;
using amps::broker::LogonAnswer;
using amps::broker::LogonDecision;
using amps::broker::LogonRequest;
using raw::Client;
using raw::Frame;
using raw::TestBroker;

namespace {

// Waits inside decide() until it is told to go on.
class Slow final : public amps::broker::Authenticator {
 public:
  LogonAnswer decide(const LogonRequest&) override {
    std::unique_lock lock(mutex_);
    ++asked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    return {LogonDecision::kAccept, {}, {}};
  }
  void wait_asked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return asked_ != 0; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int asked_ = 0;
  bool open_ = false;
};

class TwoRounds final : public amps::broker::Authenticator {
 public:
  LogonAnswer decide(const LogonRequest& request) override {
    if (request.user != "ann" || request.client_name.empty()) return {};
    if (request.password == "answer") return {LogonDecision::kAccept, {}, {}};
    if (request.password == "wrong") return {};
    return {LogonDecision::kChallenge, "question", {}};
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
  broker.parts.authenticator = std::make_shared<TwoRounds>();
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
    LogonAnswer decide(const LogonRequest&) override { return {LogonDecision::kAccept, {}, {}}; }
  };
  TestBroker broker;
  broker.parts.authenticator = std::make_shared<Everybody>();
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

TEST_CASE(
    "SEC-22 while somebody is asked, other clients are served, and what was sent early waits its turn") {
  const auto slow = std::make_shared<Slow>();
  TestBroker broker;
  broker.with(AMPS_BROKER_IO_THREADS, 1);
  broker.parts.authenticator = slow;
  amps::broker::TransportConfiguration open;
  open.name = "open";
  open.address.host = "127.0.0.1";
  open.authentication.emplace();
  broker.configuration.add_default_transport();
  REQUIRE(broker.configuration.add_transport(open).ok());
  broker.start();
  Client waiting(broker.port(0));
  waiting.send_frame(
      "{\"c\":\"logon\",\"cid\":\"L\",\"a\":\"processed\",\"mt\":\"json\",\"user_id\":\"ann\"}");
  waiting.send_frame("{\"c\":\"p\",\"t\":\"early\",\"cid\":\"1\",\"a\":\"processed\"}", "{}");
  slow->wait_asked();
  Client other(broker.port(1));
  other.logon();
  other.subscribe("early", "s");
  other.expect_nothing();
  CHECK_FALSE(waiting.has_frame());
  slow->open();
  CHECK(waiting.ack("L").get("user_id") == "ann");
  CHECK(waiting.ack("1").get("status") == "success");
  CHECK(other.next("p").get("t") == "early");
}

TEST_CASE("SEC-22 REL-17 a logon that nobody decides in time is refused, and late answers change nothing") {
  const auto slow = std::make_shared<Slow>();
  TestBroker broker;
  broker.with_manual_clock();
  broker.parts.authenticator = slow;
  broker.start();
  Client client(broker.port());
  client.send_frame(
      "{\"c\":\"logon\",\"cid\":\"L\",\"a\":\"processed\",\"mt\":\"json\",\"user_id\":\"ann\"}");
  slow->wait_asked();
  broker.advance_ms(10'000);
  CHECK(client.ack("L").get("reason") == "auth failure");
  client.wait_closed();
  broker.log.wait_for("no decision in time");
  slow->open();
  broker.broker->stop();
  CHECK(broker.count("logons") == 0);
}

TEST_CASE("SEC-02 REL-17 a refusal takes its time, and says no more than that it is one") {
  TestBroker broker;
  broker.with_manual_clock();
  broker.parts.authenticator = std::make_shared<TwoRounds>();
  broker.start();
  Client client(broker.port());
  client.send_frame("{\"c\":\"logon\",\"cid\":\"L\",\"a\":\"processed\",\"mt\":\"json\",\"user_id\":\"x\"}");
  broker.wait_for_count("connections", 1);
  while (!client.has_frame()) broker.advance_ms(10);
  const Frame ack = client.ack("L");
  CHECK(ack.get("reason") == "auth failure");
  CHECK_FALSE(ack.has("user_id"));
  CHECK(broker.clock.steady_ms() >= 100);
  client.wait_closed();
  broker.wait_for_count("auth", 1);
}

TEST_CASE(
    "SEC-03 the default module: names are no identity unless spoofing is allowed, and may be required") {
  TestBroker broker;
  SUBCASE("no identity") {
    broker.start();
    Client client(broker.port());
    CHECK_FALSE(logon(&client, ",\"mt\":\"json\",\"user_id\":\"ann\"").has("user_id"));
  }
  SUBCASE("AllowSpoofing") {
    broker.configuration.authentication.allow_spoofing = true;
    broker.start();
    Client client(broker.port());
    CHECK(logon(&client, ",\"mt\":\"json\",\"user_id\":\"ann\"").get("user_id") == "ann");
  }
  SUBCASE("RequireUsername") {
    broker.configuration.authentication.require_username = true;
    broker.start();
    Client client(broker.port()), named(broker.port());
    CHECK(logon(&client, ",\"mt\":\"json\"").get("reason") == "auth failure");
    CHECK(logon(&named, ",\"mt\":\"json\",\"user_id\":\"ann\"").get("status") == "success");
  }
}

TEST_CASE("SEC-04 the rejecting module lets nobody in") {
  TestBroker broker;
  broker.configuration.authentication.module = AuthenticationConfiguration::Module::kRejectAll;
  broker.start();
  Client client(broker.port());
  CHECK(logon(&client, ",\"mt\":\"json\",\"user_id\":\"ann\"").get("reason") == "auth failure");
  client.wait_closed();
}

TEST_CASE("SEC-05 with the implicit module a command is a logon, and no other follows") {
  TestBroker broker;
  amps::broker::TransportConfiguration transport;
  transport.message_type = "json";
  transport.address.host = "127.0.0.1";
  REQUIRE(broker.configuration.add_transport(transport).ok());
  broker.configuration.authentication.module = AuthenticationConfiguration::Module::kImplicit;
  broker.start();
  Client subscriber(broker.port()), publisher(broker.port());
  subscriber.subscribe("t", "s");
  publisher.publish("t", "{}");
  CHECK(subscriber.next("p").body == "{}");
  CHECK(logon(&publisher, ",\"mt\":\"json\"").get("reason") == "duplicate logon attempt");
  Client named(broker.port());
  CHECK(logon(&named, ",\"client_name\":\"n\"").get("client_name") == "n");
}

TEST_CASE("SEC-07 a transport may have an authentication of its own") {
  TestBroker broker;
  broker.configuration.authentication.module = AuthenticationConfiguration::Module::kRejectAll;
  broker.configuration.add_default_transport();
  amps::broker::TransportConfiguration open;
  open.name = "open";
  open.address.host = "127.0.0.1";
  open.authentication.emplace();
  REQUIRE(broker.configuration.add_transport(open).ok());
  broker.start();
  Client refused(broker.port(0)), accepted(broker.port(1));
  CHECK(logon(&refused, ",\"mt\":\"json\"").get("reason") == "auth failure");
  CHECK(logon(&accepted, ",\"mt\":\"json\"").get("status") == "success");
}

TEST_CASE("REL-17 credentials beyond 1 KiB are refused before anybody is asked") {
  struct Never final : amps::broker::Authenticator {
    LogonAnswer decide(const LogonRequest&) override { return {LogonDecision::kAccept, {}, {}}; }
  };
  TestBroker broker;
  broker.parts.authenticator = std::make_shared<Never>();
  broker.start();
  const auto status = [&](std::size_t size) {
    Client client(broker.port());
    return logon(&client, ",\"mt\":\"json\",\"pw\":\"" + std::string(size, 'x') + "\"").get("status");
  };
  CHECK(status(1024) == "success");
  CHECK(status(1025) == "failure");
}
