// SPDX-License-Identifier: Apache-2.0
#include "broker/topic_log.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "broker/journal/publishers.h"
#include "support/logged_broker.h"

using namespace amps::broker;
using raw::Client;
using raw::Frame;
using raw::LoggedBroker;
using raw::publish_numbered;

namespace {

std::string bookmark(std::uint64_t publisher, std::uint64_t sequence) {
  return std::string(BookmarkText(BookmarkId{publisher, sequence}).view());
}

std::string bookmark_of(const std::string& client_name, std::uint64_t sequence) {
  return bookmark(publisher_id(client_name, ""), sequence);
}

// A broker with a log, who publishes, and who receives.
struct Fixture {
  LoggedBroker at;
  std::unique_ptr<Client> publisher;
  std::unique_ptr<Client> receiver;

  explicit Fixture(const std::string& topics = ".*") : at(topics) {
    at.start();
    connect();
  }
  void connect() {
    publisher = std::make_unique<Client>(at.port());
    publisher->logon("me");
    receiver = std::make_unique<Client>(at.port());
    receiver->logon("receiver");
  }
  void publish(const std::string& topic, int sequence, const std::string& body = "{}") {
    CHECK(publish_numbered(*publisher, topic, sequence, body).get("status") == "success");
  }
};

}  // namespace

TEST_CASE("TXL-01 TXL-02 TXL-35: messages of logged topics have bookmarks for who asks for them") {
  Fixture at;
  at.receiver->subscribe("orders", "1", "bookmark");
  at.receiver->subscribe("orders", "2");
  at.publish("orders", 7);
  const Frame message = at.receiver->next("p");
  CHECK(message.get("bm") == bookmark_of("me", 7));
  CHECK(message.get("sids") == "1,2");
}

TEST_CASE("TXL-35: a subscription with a filter gets bookmarks too") {
  Fixture at;
  at.receiver->command(R"("c":"subscribe","t":"orders","sub_id":"1","filter":"/id > 0","opts":"bookmark")");
  at.publish("orders", 1, R"({"id":1})");
  CHECK(at.receiver->next("p").get("bm") == bookmark_of("me", 1));
}

TEST_CASE("TXL-31: patterns and message types select what is logged") {
  Fixture at("^orders-[0-9]+$");
  at.receiver->subscribe("orders.*", "1", "bookmark");
  at.publish("orders-12", 1);
  at.publish("orders-x", 2);
  CHECK(at.receiver->next("p").has("bm"));
  CHECK_FALSE(at.receiver->next("p").has("bm"));
  Client other(at.at.port());
  other.logon("other", "nvfix");
  other.subscribe("orders-1", "1", "bookmark");
  other.publish("orders-1", "a");
  CHECK_FALSE(other.next("p").has("bm"));
}

TEST_CASE("TXL-21: a number that is not higher than the highest is settled and goes no further") {
  Fixture at;
  at.receiver->subscribe("orders", "1");
  at.receiver->subscribe("trades", "2");
  at.publish("orders", 5, "a");
  at.publish("orders", 5, "b");
  at.publish("trades", 4, "c");
  at.publish("trades", 9, "d");
  CHECK(at.receiver->next("p").body == "a");
  CHECK(at.receiver->next("p").body == "d");
}

TEST_CASE("TXL-22 TXL-39: a publisher learns at logon what it need not send again, also after a restart") {
  Fixture at;
  Client newcomer(at.at.port());
  const Frame first = newcomer.logon("newcomer");
  CHECK(first.get("s") == "0");
  CHECK(first.get("bm") == bookmark_of("newcomer", 0));
  at.publish("orders", 41);
  at.publish("orders", 42);
  at.at.restart();
  at.publisher = std::make_unique<Client>(at.at.port());
  const Frame again = at.publisher->logon("me");
  CHECK(again.get("s") == "42");
  CHECK(again.get("bm") == bookmark_of("me", 42));
  at.receiver = std::make_unique<Client>(at.at.port());
  at.receiver->logon("receiver");
  at.receiver->subscribe("orders", "1");
  at.publish("orders", 42, "again");
  at.receiver->expect_nothing();
}

TEST_CASE("TXL-23: messages without numbers are never duplicates") {
  Fixture at;
  at.receiver->subscribe("orders", "1", "bookmark");
  at.publisher->publish("orders", "a");
  at.publisher->publish("orders", "a");
  const std::uint64_t id = uncounted_publisher_id("me", "", "amps");
  CHECK(at.receiver->next("p").get("bm") == bookmark(id, 1));
  CHECK(at.receiver->next("p").get("bm") == bookmark(id, 2));
}

TEST_CASE("REL-16: a jump that would make duplicates of everything below it is refused") {
  Fixture at;
  at.publish("orders", 1);
  const std::string far = std::to_string((std::uint64_t{1} << 40) + 2);
  at.publisher->send_frame(R"({"c":"p","t":"orders","cid":"7","a":"processed","s":)" + far + "}", "{}");
  const Frame refused = at.publisher->ack("7");
  CHECK(refused.get("status") == "failure");
  CHECK(refused.get("reason") == "bad sequence");
  at.receiver->subscribe("orders", "1");
  at.publish("orders", 2, "b");
  CHECK(at.receiver->next("p").body == "b");
}

TEST_CASE("CON-06: with a log, a name is one connection's") {
  Fixture at;
  Client second(at.at.port());
  second.logon("me");
  at.publisher->wait_closed();
  at.at.log.wait_for("name in use");
}
