// SPDX-License-Identifier: Apache-2.0
#include "broker/view/aggregated_feed.h"

#include <random>
#include <set>

#include "view_fixture.h"

using namespace view_tests;

namespace {

constexpr char kByCustomer[] = R"("opts":"grouping=[/cust],projection=[/cust,SUM(/qty) AS /q]")";

struct Orders : ViewFixture {
  Orders() { topic("orders"); }
  void order(int id, const std::string& customer, int quantity) {
    put("orders", "{\"id\":" + std::to_string(id) + ",\"cust\":\"" + customer +
                      "\",\"qty\":" + std::to_string(quantity) + "}");
  }
};

}  // namespace

TEST_CASE_FIXTURE(
    Orders,
    "AGG-01 SOW-42: an aggregated query has what a view would have; order and limits are of results") {
  start();
  order(1, "A", 5);
  order(2, "B", 7);
  order(3, "A", 1);
  const std::string sow = R"("c":"sow","t":"orders","bs":10,"orderby":"/q DESC",)";
  CHECK(query(sow + kByCustomer).bodies() == R"({"cust":"B","q":7};{"cust":"A","q":6};)");
  CHECK(query(sow + R"("top_n":1,)" + kByCustomer).bodies() == R"({"cust":"B","q":7};)");
  CHECK(query(sow + R"("filter":"/id != 2",)" + kByCustomer).bodies() == R"({"cust":"A","q":6};)");
  const auto answer = query(sow + kByCustomer);
  CHECK_FALSE(answer.records[0].header.get("k").empty());
}

TEST_CASE_FIXTURE(Orders, "AGG-02: an aggregated subscription tells every group that a change touches") {
  start();
  order(1, "A", 5);
  order(2, "B", 7);
  client->expect_nothing();
  auto watcher = connect();
  CHECK(raw::query(*watcher,
                   R"("c":"sow_and_subscribe","t":"orders","bs":10,"orderby":"/cust",)"
                   R"("opts":"oof,grouping=[/cust],projection=[/cust,SUM(/qty) AS /q]")",
                   "s")
            .bodies() == R"({"cust":"A","q":5};{"cust":"B","q":7};)");
  order(1, "A", 6);
  order(2, "A", 1);
  client->expect_nothing();
  CHECK(told(*watcher) == R"(p:{"cust":"A","q":6} oof-deleted:{"cust":"B","q":7} p:{"cust":"A","q":7} )");
  remove("orders", "1=1");
  CHECK(told(*watcher) == R"(p:{"cust":"A","q":1} oof-deleted:{"cust":"A","q":1} )");
  watcher->command(R"("c":"unsubscribe","sub_id":"s")");
  order(3, "C", 1);
  client->expect_nothing();
  CHECK(told(*watcher).empty());
}

TEST_CASE_FIXTURE(Orders, "AGG-02: with deltas, and nobody else sees the groups") {
  start();
  order(1, "A", 5);
  client->expect_nothing();
  auto watcher = connect();
  raw::query(*watcher,
             R"("c":"sow_and_delta_subscribe","t":"orders",)"
             R"("opts":"grouping=[/cust],projection=[/cust,SUM(/qty) AS /q,COUNT(/id) AS /n]")",
             "s");
  auto other = connect();
  other->subscribe(".*", "all");
  other->subscribe("orders", "plain");
  order(1, "A", 8);
  client->expect_nothing();
  CHECK(told(*watcher) == R"(p:{"cust":"A","q":8} )");
  CHECK(told(*other) == R"(p:{"id":1,"cust":"A","qty":8} )");
}

TEST_CASE_FIXTURE(Orders, "AGG-03: restrictions") {
  start();
  const auto refused = [&](const std::string& members) {
    client->send_frame("{\"cid\":\"w\",\"a\":\"processed\"," + members + "}");
    return client->ack("w").get("reason");
  };
  CHECK(refused(R"("c":"sow","t":"orders","opts":"grouping=[/a]")") == "invalid options");
  CHECK(refused(R"("c":"sow","t":"orders","opts":"grouping=/a,projection=[/a]")") == "invalid options");
  CHECK(refused(R"("c":"sow","t":"orders","opts":"grouping=[/a],projection=[SUM(]")") == "bad filter");
  const std::string changing = R"x("t":"orders","filter":"/a < UNIX_TIMESTAMP()",)x";
  const std::string by_a = R"("opts":"grouping=[/a],projection=[/a]")";
  CHECK(refused(R"("c":"sow_and_subscribe",)" + changing + by_a) == "bad filter");
  CHECK(refused(R"("c":"sow","t":"ord.*","opts":"grouping=[/a],projection=[/a]")") == "invalid options");
  CHECK(refused(R"("c":"sow","t":"nothing","opts":"grouping=[/a],projection=[/a]")") == "invalid topic");
  CHECK(refused(R"("c":"subscribe","t":"orders","opts":"grouping=[/a],projection=[/a]")") ==
        "invalid options");
  CHECK(
      refused(
          R"("c":"sow_and_subscribe","t":"orders","opts":"top_n=1,skip_n=1,grouping=[/a],projection=[/a]")") ==
      "invalid options");
  client->command(
      R"("c":"sow_and_subscribe","t":"orders","sub_id":"s","opts":"grouping=[/a],projection=[/a]")");
  while (!client->next().is("group_end")) {
  }
  CHECK(
      refused(
          R"("c":"sow_and_subscribe","t":"orders","sub_id":"s","opts":"replace,grouping=[/a],projection=[/a]")") ==
      "invalid options");
}

TEST_CASE_FIXTURE(Orders,
                  "AGG-01 VEW-01: a view, an aggregated query and a follower agree after random changes") {
  add(view("v", "orders", {"/cust", "SUM(/qty) AS /q", "MAX(/qty) AS /m", "COUNT(/id) AS /n"}, {"/cust"}));
  start();
  auto watcher = connect();
  raw::query(*watcher,
             R"("c":"sow_and_subscribe","t":"orders","bs":10,"opts":"oof,grouping=[/cust],)"
             R"(projection=[/cust,SUM(/qty) AS /q,MAX(/qty) AS /m,COUNT(/id) AS /n]")",
             "s");
  std::mt19937 random(11);
  for (int step = 0; step < 400; ++step) {
    const int id = static_cast<int>(random() % 10);
    if (random() % 4 == 0) {
      remove("orders", "/id = " + std::to_string(id));
    } else {
      order(id, std::string(1, static_cast<char>('A' + random() % 4)), static_cast<int>(random() % 100));
    }
  }
  client->expect_nothing();
  const std::string queried =
      query(R"("c":"sow","t":"orders","bs":10,"orderby":"/cust","opts":"grouping=[/cust],)"
            R"(projection=[/cust,SUM(/qty) AS /q,MAX(/qty) AS /m,COUNT(/id) AS /n]")")
          .bodies();
  CHECK_FALSE(queried.empty());
  CHECK(query(R"("c":"sow","t":"v","bs":10,"orderby":"/cust")").bodies() == queried);
  watcher->send_frame(R"({"c":"flush","cid":"now","a":"completed"})");
  std::map<std::string, std::string> seen;  // By key.
  for (Frame frame = watcher->next(); !frame.is("ack"); frame = watcher->next()) {
    if (frame.is("oof")) {
      REQUIRE(seen.erase(frame.get("k")) == 1);
    } else {
      seen[frame.get("k")] = frame.body;
    }
  }
  std::set<std::string> bodies;
  for (const auto& [key, body] : seen) bodies.insert(body + ";");
  std::string followed;
  for (const std::string& body : bodies)
    followed += body;  // {"cust":… comes first, so they are in its order.
  CHECK(followed == queried);
}
