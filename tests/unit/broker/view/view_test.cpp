// SPDX-License-Identifier: Apache-2.0
#include "broker/view/view.h"

#include <doctest/doctest.h>

#include <string>

#include "base/clock.h"
#include "broker/topic_spaces.h"
#include "broker/view/derived_topic.h"
#include "support/logged_broker.h"
#include "view_fixture.h"

using amps::MutexLock;
using namespace view_tests;

TEST_CASE_FIXTURE(ViewFixture, "VEW-01 VEW-07 VEW-08: subscribers of a view see groups come, change and go") {
  topic("orders");
  ViewConfiguration by_customer = view("by_cust", "orders", {"/cust", "SUM(/qty) AS /tot/qty"}, {"/cust"});
  by_customer.filter = "/st = 'ok'";
  add(by_customer);
  start();
  client->subscribe("by_cust", "s", "oof");
  put("orders", R"({"id":1,"cust":"A","qty":5,"st":"ok"})");
  Frame frame = client->next("p");
  CHECK(frame.body == R"({"cust":"A","tot":{"qty":5}})");
  CHECK(frame.get("t") == "by_cust");
  const std::string key = frame.get("k");
  CHECK_FALSE(key.empty());
  put("orders", R"({"id":1,"cust":"A","qty":6,"st":"ok"})");
  frame = client->next("p");
  CHECK(frame.body == R"({"cust":"A","tot":{"qty":6}})");
  CHECK(frame.get("k") == key);
  put("orders", R"({"id":1,"cust":"A","qty":6,"st":"no"})");
  frame = client->next("oof");
  CHECK(frame.get("reason") == "deleted");
  CHECK(frame.body == R"({"cust":"A","tot":{"qty":6}})");
  CHECK(records("by_cust").empty());
}

TEST_CASE_FIXTURE(ViewFixture,
                  "VEW-08 DLT-21: a delta subscription of a view gets the grouping fields and what changed") {
  topic("orders");
  add(view("by_cust", "orders", {"/cust", "SUM(/qty) AS /q", "COUNT(/id) AS /n"}, {"/cust"}));
  start();
  put("orders", R"({"id":1,"cust":"A","qty":5})");
  client->command("\"c\":\"delta_subscribe\",\"t\":\"by_cust\",\"sub_id\":\"d\"");
  put("orders", R"({"id":1,"cust":"A","qty":9})");
  CHECK(client->next("p").body == R"({"cust":"A","q":9})");
}

TEST_CASE_FIXTURE(ViewFixture,
                  "OOF-09: a group leaves the focus when it fails the filter, and when it empties") {
  topic("orders");
  add(view("totals", "orders", {"/cust", "SUM(/qty) AS /qty"}, {"/cust"}));
  start();
  auto watcher = connect();
  CHECK(watcher->command(R"("c":"subscribe","t":"totals","sub_id":"s","filter":"/qty < 10","opts":"oof")")
            .get("status") == "success");
  put("orders", R"({"id":1,"cust":"A","qty":5})");
  client->expect_nothing();
  CHECK(told(*watcher) == R"(p:{"cust":"A","qty":5} )");
  put("orders", R"({"id":2,"cust":"A","qty":5})");
  client->expect_nothing();
  CHECK(told(*watcher) == R"(oof-match:{"cust":"A","qty":10} )");
  put("orders", R"({"id":2,"cust":"B","qty":20})");
  client->expect_nothing();
  CHECK(told(*watcher) == R"(p:{"cust":"A","qty":5} )");
  remove("orders", "1=1");
  CHECK(told(*watcher) == R"(oof-deleted:{"cust":"A","qty":5} )");
}

TEST_CASE_FIXTURE(ViewFixture, "VEW-03: the worked join of orders and names") {
  topic("orders");
  topic("ref", "/sym");
  ViewConfiguration named =
      view("named", "", {"[orders].[/id] AS /id", "[ref].[/name] AS /name"}, {"[orders].[/id]"});
  named.joins = {{{"", "orders", "/sym"}, {"", "ref", "/sym"}}};
  add(named);
  start();
  put("orders", R"({"id":1,"sym":"X"})");
  CHECK(records("named") == R"({"id":1,"name":null};)");
  put("ref", R"({"sym":"X","name":"Xco"})");
  CHECK(records("named") == R"({"id":1,"name":"Xco"};)");
  put("ref", R"({"sym":"Y","name":"Yco"})");
  CHECK(records("named") == R"({"id":1,"name":"Xco"};)");
  remove("ref", "/sym = 'X'");
  CHECK(records("named") == R"({"id":1,"name":null};)");
  remove("orders", "1=1");
  CHECK(records("named").empty());
}

TEST_CASE_FIXTURE(ViewFixture, "VEW-09: a view of a view follows the first") {
  topic("orders");
  add(view("by_cust", "orders", {"/cust", "/region", "SUM(/qty) AS /q"}, {"/cust"}));
  add(view("by_region", "by_cust", {"/region", "MAX(/q) AS /best"}, {"/region"}));
  start();
  put("orders", R"({"id":1,"cust":"A","region":"EU","qty":5})");
  put("orders", R"({"id":2,"cust":"B","region":"EU","qty":7})");
  put("orders", R"({"id":3,"cust":"A","region":"EU","qty":1})");
  CHECK(records("by_region") == R"({"region":"EU","best":7};)");
  remove("orders", "/cust = 'B'");
  CHECK(records("by_region") == R"({"region":"EU","best":6};)");
}

TEST_CASE_FIXTURE(ViewFixture, "VEW-05: a view in another message type follows its source in order") {
  topic("orders", "/id", "nvfix");
  ViewConfiguration as_json = view("by_cust", "orders", {"/cust", "SUM(/qty) AS /q"}, {"/cust"});
  as_json.source_message_type = "nvfix";
  add(as_json);
  start();
  client->subscribe("by_cust", "s");
  auto publisher = connect("nvfix");
  for (int i = 1; i <= 3; ++i) {
    publisher->send_frame("{\"c\":\"p\",\"t\":\"orders\"}", "id=" + std::to_string(i) + "\1cust=A\1qty=2\1");
    CHECK(client->next("p").body == "{\"cust\":\"A\",\"q\":" + std::to_string(2 * i) + "}");
  }
}

TEST_CASE("VEW-11: with inline conflation a group tells the last of the updates that waited") {
  ViewConfiguration configuration =
      ViewFixture::view("by_cust", "orders", {"/cust", "SUM(/qty) AS /q"}, {"/cust"});
  configuration.source_message_type = "nvfix";
  struct Bodies final : TopicObserver {
    std::vector<std::string> seen;
    void on_change(const Change& change) override {
      seen.push_back(change.removes() ? "-" + std::string(change.previous) : std::string(change.current));
    }
  };
  const auto told = [&](bool is_inline) {
    configuration.inline_conflation = is_inline;
    const amps::ManualClock clock;
    Statistics statistics;
    const TopicSpaces spaces(clock, &statistics);
    Bodies bodies;
    TopicSpace& source = *spaces.find("nvfix");
    DerivedTopic* orders = nullptr;
    {
      MutexLock lock(source.mutex());
      REQUIRE(DerivedTopic::declare(&source, "orders", &orders).ok());
    }
    std::unique_ptr<View> view;
    REQUIRE(View::make(spaces, configuration, &amps::null_log_sink(), &view).ok());
    {
      MutexLock lock(view->space().mutex());
      view->space().observe("by_cust", &bodies);
    }
    {
      MutexLock lock(source.mutex());
      source.begin_block(0);
      REQUIRE(orders->put({"1", {}, "cust=A\1qty=2\1", {}}).ok());
      REQUIRE(orders->put({"2", {}, "cust=A\1qty=3\1", {}}).ok());
      REQUIRE(orders->put({"3", {}, "cust=B\1qty=1\1", {}}).ok());
      orders->remove("3");
    }
    view->space().run_timed_work();
    return bodies.seen;
  };
  CHECK(told(false) == std::vector<std::string>{R"({"cust":"A","q":2})", R"({"cust":"A","q":5})",
                                                R"({"cust":"B","q":1})", R"(-{"cust":"B","q":1})"});
  CHECK(told(true) == std::vector<std::string>{R"({"cust":"A","q":5})"});
}

TEST_CASE_FIXTURE(ViewFixture, "VEW-12: one key domain makes the same keys in a topic and in a view") {
  SowTopicConfiguration customers;
  customers.name = "customers";
  customers.message_type = "json";
  customers.keys = {"/cust"};
  customers.key_domain = "people";
  customers.is_persistent = false;
  broker.configuration.sow.push_back(customers);
  topic("orders");
  ViewConfiguration by_customer = view("by_cust", "orders", {"/cust"}, {"/cust"});
  by_customer.key_domain = "people";
  add(by_customer);
  start();
  put("customers", R"({"cust":"A"})");
  put("orders", R"({"id":1,"cust":"A"})");
  const auto keys = [&](const std::string& topic) {
    return raw::query(*client, "\"c\":\"sow\",\"t\":\"" + topic + "\"").records[0].header.get("k");
  };
  CHECK(keys("customers") == keys("by_cust"));
}

TEST_CASE_FIXTURE(ViewFixture, "a view of what has no records stops the start") {
  add(view("wrong", "nothing", {"/a"}, {"/a"}));
  CHECK_THROWS_WITH_AS(broker.start(), doctest::Contains("its source nothing of type json is not declared"),
                       std::runtime_error);
}

TEST_CASE("VEW-14: a view is there again after a restart, made of its sources") {
  raw::LoggedBroker at;
  at.with_records("orders");
  at.configuration.sow.emplace_back(
      ViewFixture::view("by_cust", "orders", {"/cust", "SUM(/qty) AS /q"}, {"/cust"}));
  at.start();
  {
    Client client(at.port());
    client.logon("me");
    raw::publish_numbered(client, "orders", 1, R"({"id":1,"cust":"A","qty":2})");
    raw::publish_numbered(client, "orders", 2, R"({"id":2,"cust":"A","qty":3})");
  }
  at.restart();
  Client client(at.port());
  client.logon("me");
  CHECK(raw::query(client, R"("c":"sow","t":"by_cust")").bodies() == R"({"cust":"A","q":5};)");
  raw::publish_numbered(client, "orders", 3, R"({"id":1,"cust":"A","qty":7})");
  CHECK(raw::query(client, R"("c":"sow","t":"by_cust")").bodies() == R"({"cust":"A","q":10};)");
}
