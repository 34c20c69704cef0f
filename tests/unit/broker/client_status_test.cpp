// SPDX-License-Identifier: Apache-2.0
#include "broker/client_status.h"

#include <doctest/doctest.h>

#include <string>

#include "support/test_broker.h"

using raw::Client;
using raw::Frame;
using raw::TestBroker;

namespace {

bool has(const Frame& message, const std::string& piece) {
  return message.body.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("TOP-15 what clients do appears on /AMPS/ClientStatus") {
  TestBroker broker;
  broker.start();
  Client watcher(broker.port());
  watcher.logon("watcher");
  watcher.subscribe("/AMPS/ClientStatus", "w");
  CHECK(has(watcher.next("p"), "\"event\":\"subscribe\""));
  {
    Client client(broker.port());
    const Frame connect = watcher.next("p");
    CHECK(has(connect, "{\"ClientStatus\":{\"timestamp\":\"20"));
    CHECK(has(connect, "\"event\":\"connect\",\"client_name\":\"any-tcp-2\""));
    CHECK(has(connect, "\"topic\":null"));
    client.command("\"c\":\"logon\",\"client_name\":\"worker\",\"mt\":\"nvfix\",\"x\":\"QQ==\"");
    const Frame logon = watcher.next("p");
    CHECK(has(logon, "\"event\":\"logon\",\"client_name\":\"worker\",\"connection_name\":\"any-tcp-2\""));
    CHECK(has(logon, "\"client_address\":\"127.0.0.1:"));
    CHECK(has(logon, "\"correlation_id\":\"QQ==\""));
    client.subscribe("orders", "o", "timestamp");
    const Frame subscribe = watcher.next("p");
    CHECK(has(subscribe, "\"event\":\"subscribe\""));
    CHECK(has(subscribe, "\"topic\":\"orders\""));
    CHECK(has(subscribe, "\"sub_id\":\"o\""));
    CHECK(has(subscribe, "\"options\":\"timestamp\""));
  }
  const Frame disconnect = watcher.next("p");
  CHECK(has(disconnect, "\"event\":\"disconnect\""));
  CHECK(has(disconnect, "\"reason\":\"connection closed\""));
  const Frame lost = watcher.next("p");
  CHECK(has(lost, "\"event\":\"unsubscribe\""));
  CHECK(has(lost, "\"sub_id\":\"o\""));
}

TEST_CASE("TOP-15 every command that asks, follows or removes is an event of its name") {
  TestBroker broker;
  broker.keep("orders", {"/id"});
  broker.start();
  Client client(broker.port()), watcher(broker.port());
  client.logon("worker");
  watcher.logon("watcher");
  watcher.command(
      R"("c":"subscribe","t":"/AMPS/ClientStatus","filter":"/ClientStatus/client_name = 'worker'","sub_id":"w")");
  for (const char* command : {"subscribe", "delta_subscribe", "sow_and_subscribe", "sow_and_delta_subscribe",
                              "sow", "sow_delete"}) {
    CAPTURE(command);
    client.send_frame("{\"c\":\"" + std::string(command) + "\",\"cid\":\"" + command +
                      "\",\"t\":\"orders\",\"filter\":\"/id = 1\"}");
    const Frame event = watcher.next("p");
    CHECK(has(event, "\"event\":\"" + std::string(command) + "\",\"client_name\":\"worker\""));
    CHECK(has(event, "\"topic\":\"orders\",\"filter\":\"/id = 1\""));
  }
  client.send_frame(R"({"c":"unsubscribe","sub_id":"subscribe"})");
  CHECK(has(watcher.next("p"), "\"event\":\"unsubscribe\""));
}

TEST_CASE("SUB-03 patterns do not match reserved topics unless they name them") {
  TestBroker broker;
  broker.start();
  Client everything(broker.port()), status(broker.port());
  everything.logon();
  everything.subscribe(".*", "1");
  status.logon();
  status.subscribe("^/AMPS/Client", "1");
  CHECK(has(status.next("p"), "\"event\":\"subscribe\""));
  everything.expect_nothing();
}

TEST_CASE("TOP-15 types in which nothing can be written have no events") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon("b", "binary");
  CHECK(client.command("\"c\":\"subscribe\",\"t\":\"/AMPS/ClientStatus\"").get("reason") == "invalid topic");
}

TEST_CASE("events are written in each type, and hostile values do no harm") {
  amps::broker::ClientEvent event;
  event.event = "logon";
  event.client_name = "a<b>&\"\x01";
  using amps::broker::client_event_body;
  CHECK(client_event_body(event, "xml", "T") ==
        "<ClientStatus><Timestamp>T</Timestamp><Event>logon</Event>"
        "<ClientName>a&lt;b&gt;&amp;\" </ClientName></ClientStatus>");
  CHECK(client_event_body(event, "fix", "T") ==
        "20065=T\x01"
        "20066=logon\x01"
        "20067=a<b>&\" \x01");
  CHECK(client_event_body(event, "nvfix", "T") ==
        "timestamp=T\x01"
        "event=logon\x01"
        "client_name=a<b>&\" \x01");
  CHECK(client_event_body(event, "json", "T").find("\"client_name\":\"a<b>&\\\"\\u0001\"") !=
        std::string::npos);
}
