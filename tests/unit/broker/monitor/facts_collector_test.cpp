// SPDX-License-Identifier: Apache-2.0
// What the statistics of a running broker say, asked for over HTTP.
#include "broker/monitor/facts_collector.h"

#include <doctest/doctest.h>

#include <string>

#include "support/test_broker.h"

using namespace amps::broker;

namespace {

struct Watched {
  raw::TestBroker broker;
  Watched() {
    AdminConfiguration admin;
    admin.address.host = "127.0.0.1";
    broker.configuration.admin = admin;
    SowTopicConfiguration orders;
    orders.name = "orders";
    orders.message_type = "json";
    orders.keys = {"/id"};
    orders.is_persistent = false;
    broker.configuration.sow.emplace_back(orders);
    broker.start();
  }
  std::string get(const std::string& path) const {
    raw::Client client(broker.broker->admin()->port);
    client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string answer = client.wait_closed();
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }
};

}  // namespace

TEST_CASE("MON-02 clients and subscriptions are told by the loops that own them") {
  Watched at;
  raw::Client client(at.broker.port());
  client.logon("probe");
  client.subscribe("orders", "s1");
  CHECK(at.get("/amps/instance/clients/1/client_name") == "probe\n");
  CHECK(at.get("/amps/instance/clients/1/subscription_count") == "1\n");
  CHECK(at.get("/amps/instance/subscriptions.json").find("\"sub_id\":\"s1\"") != std::string::npos);
  CHECK(at.get("/amps/instance/is_complete") == "true\n");
}

TEST_CASE("MON-03 topics say how many records they have and what memory these take") {
  Watched at;
  raw::Client client(at.broker.port());
  client.logon();
  client.publish("orders", "{\"id\":1}");
  client.publish("orders", "{\"id\":2}");
  client.expect_nothing();
  CHECK(at.get("/amps/instance/sow/1/valid_keys") == "2\n");
  CHECK(std::stoull(at.get("/amps/instance/sow/1/memory_bytes")) > 0);
}
