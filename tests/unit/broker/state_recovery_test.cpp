// SPDX-License-Identifier: Apache-2.0
#include "broker/state_recovery.h"

#include <doctest/doctest.h>

#include <string>

#include "support/logged_broker.h"
#include "support/sow_answer.h"

using raw::Client;
using raw::LoggedBroker;
using raw::publish_numbered;

namespace {

std::string records_of(LoggedBroker& at, const std::string& topic) {
  Client client(at.port());
  client.logon("reader");
  return raw::query(client, R"("c":"sow","t":")" + topic + R"(","query_id":"q")").bodies();
}

}  // namespace

TEST_CASE("SOW-28 TXL-29 TXL-24: topics in memory come back from the log, with what was merged and deleted") {
  LoggedBroker at;
  at.with_records("orders").start();
  {
    Client client(at.port());
    client.logon("me");
    publish_numbered(client, "orders", 1, R"({"id":1,"a":1,"b":1})");
    publish_numbered(client, "orders", 2, R"({"id":2})");
    client.send_frame(R"({"c":"delta_publish","t":"orders","s":3})", R"({"id":1,"a":2})");
    CHECK(client.command(R"("c":"sow_delete","t":"orders","filter":"/id = 2")").get("status") == "success");
  }
  at.restart();
  CHECK(records_of(at, "orders") == R"({"id":1,"a":2,"b":1};)");
}

TEST_CASE("TXL-21 TXL-24: a sow_delete with a number is carried out once") {
  LoggedBroker at;
  at.with_records("orders").start();
  const std::string remove = R"("c":"sow_delete","t":"orders","s":2,"filter":"/id = 1")";
  {
    Client client(at.port());
    client.logon("me");
    publish_numbered(client, "orders", 1, R"({"id":1})");
    client.command(remove);
    publish_numbered(client, "orders", 3, R"({"id":1})");
    client.command(remove);
  }
  CHECK(records_of(at, "orders") == R"({"id":1};)");
  at.restart();
  Client client(at.port());
  CHECK(client.logon("me").get("s") == "3");
  client.command(remove);
  CHECK(records_of(at, "orders") == R"({"id":1};)");
}

TEST_CASE("a topic that became one with records since is no reason not to start") {
  LoggedBroker at;
  at.start();
  {
    Client client(at.port());
    client.logon("me");
    publish_numbered(client, "orders", 1, "no key in here");
    publish_numbered(client, "orders", 2, R"({"id":2})");
  }
  at.with_records("orders").restart();
  CHECK(at.log.contains("1 messages of the transaction log are no records of their topics"));
  CHECK(records_of(at, "orders") == R"({"id":2};)");
}

TEST_CASE("SOW-29: RecoveryPoint now leaves the past of a topic in memory alone") {
  LoggedBroker at;
  at.with_records("orders");
  std::get<amps::broker::SowTopicConfiguration>(at.configuration.sow[0]).recover_from_epoch = false;
  at.start();
  {
    Client client(at.port());
    client.logon("me");
    publish_numbered(client, "orders", 1, R"({"id":1})");
  }
  at.restart();
  CHECK(records_of(at, "orders").empty());
}

TEST_CASE("what the log gives back expires when it would have") {
  LoggedBroker at;
  at.with_records("orders").with_manual_clock();
  auto& sow = std::get<amps::broker::SowTopicConfiguration>(at.configuration.sow[0]);
  sow.expires = true;
  sow.expiration_ms = 10'000;
  at.clock.advance_ms(1'000'000);
  at.start();
  {
    Client client(at.port());
    client.logon("me");
    publish_numbered(client, "orders", 1, R"({"id":1})");
    client.send_frame(R"({"c":"p","t":"orders","s":2,"e":60})", R"({"id":2})");
    client.expect_nothing();
  }
  at.broker.reset();
  at.clock.advance_ms(30'000);
  at.start();
  CHECK(records_of(at, "orders") == R"({"id":2};)");
}

TEST_CASE("SOW-26 SOW-28 TXL-29: a topic with a file takes from the log what the file does not have") {
  LoggedBroker at;
  at.with_records("orders");
  auto& sow = std::get<amps::broker::SowTopicConfiguration>(at.configuration.sow[0]);
  sow.is_persistent = true;
  sow.file_name = "orders.sow";
  at.start();
  {
    Client client(at.port());
    client.logon("me");
    for (int i = 1; i <= 20; ++i)
      publish_numbered(client, "orders", i, R"({"id":)" + std::to_string(i) + "}");
    client.command(R"("c":"sow_delete","t":"orders","filter":"/id > 3")");
  }
  SUBCASE("nothing is missing") {}
  SUBCASE("the file is") {
    at.broker.reset();
    CHECK(at.memory.remove("orders.sow").ok());
  }
  at.restart();
  CHECK(records_of(at, "orders") == R"({"id":1};{"id":2};{"id":3};)");
}

TEST_CASE("a topic's file that was kept with another log is refused, and named") {
  LoggedBroker at;
  at.with_records("orders");
  auto& sow = std::get<amps::broker::SowTopicConfiguration>(at.configuration.sow[0]);
  sow.is_persistent = true;
  sow.file_name = "orders.sow";
  at.start();
  {
    Client client(at.port());
    client.logon("me");
    publish_numbered(client, "orders", 1, R"({"id":1})");
  }
  at.broker.reset();
  at.configuration.transaction_log->directory = "another";
  at.broker = std::make_unique<amps::broker::Broker>(at.configuration, at.parts);
  const amps::Status status = at.broker->start();
  CHECK(status.code() == AMPS_E_STORE);
  CHECK(status.text().find("orders.sow: topic orders was kept up to transaction 1") != std::string::npos);
}
