// SPDX-License-Identifier: Apache-2.0
#include "broker/view/paged_feed.h"

#include <random>
#include <set>

#include "view_fixture.h"

using namespace view_tests;

namespace {

struct Pages : ViewFixture {
  Pages() { topic("t"); }
  void put_ids(std::initializer_list<int> ids) {
    for (const int id : ids) put("t", "{\"id\":" + std::to_string(id) + "}");
    client->expect_nothing();
  }
  std::unique_ptr<Client> watcher() { return connect(); }
  static std::string page(Client& watcher, const std::string& members,
                          const std::string& command = "sow_and_subscribe") {
    return raw::query(watcher, "\"c\":\"" + command + "\",\"t\":\"t\",\"bs\":10," + members, "s").bodies();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Pages, "PAG-01 PAG-02 OOF-10: the worked page of two after one") {
  start();
  put_ids({1, 3, 8, 9});
  auto watcher = connect();
  CHECK(page(*watcher, R"("orderby":"/id","opts":"top_n=2,skip_n=1,oof")") == R"({"id":3};{"id":8};)");
  put_ids({5});
  CHECK(told(*watcher) == R"(oof-match:{"id":8} p:{"id":5} )");
  remove("t", "/id = 1");
  CHECK(told(*watcher) == R"(oof-match:{"id":3} p:{"id":8} )");
  put_ids({9});
  CHECK(told(*watcher).empty());
  remove("t", "/id = 5");
  CHECK(told(*watcher) == R"(oof-deleted:{"id":5} p:{"id":9} )");
}

TEST_CASE_FIXTURE(Pages, "PAG-02: a record that moves out of the page is told with its new state") {
  start();
  put("t", R"({"id":1,"n":1})");
  put("t", R"({"id":2,"n":2})");
  put("t", R"({"id":3,"n":3})");
  auto watcher = connect();
  page(*watcher, R"("orderby":"/n","opts":"top_n=2,skip_n=0,oof")");
  put("t", R"({"id":1,"n":9})");
  client->expect_nothing();
  CHECK(told(*watcher) == R"(oof-match:{"id":1,"n":9} p:{"id":3,"n":3} )");
  put("t", R"({"id":3,"n":3,"x":1})");
  client->expect_nothing();
  CHECK(told(*watcher) == R"(p:{"id":3,"n":3,"x":1} )");
}

TEST_CASE_FIXTURE(Pages, "PAG-02: without oof a page tells only what comes, and a filter is part of it") {
  start();
  put_ids({1, 2, 3, 4});
  auto watcher = connect();
  CHECK(page(*watcher, R"("orderby":"/id DESC","filter":"/id != 3","opts":"top_n=2,skip_n=1")") ==
        R"({"id":2};{"id":1};)");
  put_ids({5, 3});
  CHECK(told(*watcher) == R"(p:{"id":4} )");
}

TEST_CASE_FIXTURE(Pages, "SUB-10 PAG-02: a page sends what was selected") {
  start();
  put("t", R"({"id":1,"n":1})");
  put("t", R"({"id":2,"n":2})");
  auto watcher = connect();
  CHECK(page(*watcher, R"("orderby":"/n","opts":"top_n=1,skip_n=0,oof,select=[-/n]")") == R"({"id":1};)");
  put("t", R"({"id":1,"n":9})");
  client->expect_nothing();
  CHECK(told(*watcher) == R"(oof-match:{"id":1} p:{"id":2} )");
}

TEST_CASE_FIXTURE(Pages, "PAG-03: replace moves the window, and tells only the difference") {
  start();
  put_ids({1, 2, 3, 4, 5});
  auto watcher = connect();
  page(*watcher, R"("orderby":"/id","opts":"top_n=2,skip_n=0,oof")");
  CHECK(page(*watcher, R"("orderby":"/id","opts":"top_n=3,skip_n=1,oof,replace")") ==
        R"({"id":3};{"id":4};)");
  CHECK(told(*watcher) == R"(oof-match:{"id":1} )");
  remove("t", "/id = 1");
  CHECK(told(*watcher) == R"(oof-match:{"id":2} p:{"id":5} )");
  for (const char* wrong :
       {R"("t":"t","opts":"replace")", R"("t":"other","opts":"top_n=1,skip_n=0,replace")"}) {
    watcher->send_frame(std::string(R"({"c":"sow_and_subscribe","cid":"w","sub_id":"s","a":"processed",)") +
                        wrong + "}");
    CHECK(watcher->ack("w").get("status") == "failure");
  }
}

TEST_CASE_FIXTURE(Pages, "PAG-04: without an order pages go by key") {
  start();
  put_ids({1, 2, 3});
  auto watcher = connect();
  std::string all;
  for (int skip = 0; skip < 3; ++skip) {
    auto one = connect();
    all += page(*one, "\"opts\":\"top_n=1,skip_n=" + std::to_string(skip) + "\"");
  }
  CHECK(all == page(*watcher, R"("opts":"top_n=3,skip_n=0")"));
}

TEST_CASE_FIXTURE(Pages, "PAG-05: deltas inside the page, whole records for those that enter it") {
  start();
  put("t", R"({"id":1,"a":1})");
  put("t", R"({"id":2,"a":1})");
  client->expect_nothing();
  auto watcher = connect();
  page(*watcher, R"("orderby":"/id","opts":"top_n=1,skip_n=0,no_empties")", "sow_and_delta_subscribe");
  put("t", R"({"id":1,"a":1})");
  put("t", R"({"id":1,"a":2})");
  client->expect_nothing();
  CHECK(told(*watcher) == R"(p:{"id":1,"a":2} )");
  remove("t", "/id = 1");
  CHECK(told(*watcher) == R"(p:{"id":2,"a":1} )");
}

TEST_CASE_FIXTURE(Pages, "PAG-06: pages of one filter and order share a ranking, and any may go first") {
  start();
  put_ids({1, 2, 3});
  auto first = connect();
  auto second = connect();
  page(*first, R"("orderby":"/id","opts":"top_n=1,skip_n=0")");
  page(*second, R"("orderby":"/id","opts":"top_n=1,skip_n=1")");
  first->command(R"("c":"unsubscribe","sub_id":"s")");
  remove("t", "/id = 1");
  CHECK(told(*first).empty());
  CHECK(told(*second) == R"(p:{"id":3} )");
}

TEST_CASE_FIXTURE(Pages, "PAG-01: what cannot be a page is refused") {
  start();
  const auto refused = [&](const std::string& members) {
    client->send_frame("{\"c\":\"sow_and_subscribe\",\"cid\":\"w\",\"a\":\"processed\"," + members + "}");
    return client->ack("w").get("reason");
  };
  CHECK(refused(R"("t":"t.*","opts":"top_n=1,skip_n=1")") == "invalid options");
  CHECK(refused(R"("t":"no_records","opts":"top_n=1,skip_n=1")") == "invalid topic");
  CHECK(refused(R"("t":"t","opts":"skip_n=1")") == "invalid options");
  CHECK(refused(R"x("t":"t","opts":"top_n=1,skip_n=1","filter":"/a < UNIX_TIMESTAMP()")x") == "bad filter");
}

TEST_CASE_FIXTURE(Pages,
                  "PAG-02: after random changes a client that follows its page has what a query returns") {
  start();
  auto watcher = connect();
  std::set<std::string> held;
  page(*watcher, R"("orderby":"/n,/id","opts":"top_n=4,skip_n=2,oof")");
  std::mt19937 random(5);
  for (int step = 0; step < 400; ++step) {
    const std::string id = std::to_string(random() % 12);
    if (random() % 4 == 0) {
      remove("t", "/id = " + id);
    } else {
      put("t", "{\"id\":" + id + ",\"n\":" + std::to_string(random() % 5) + "}");
    }
  }
  client->expect_nothing();
  watcher->send_frame(R"({"c":"flush","cid":"now","a":"completed"})");
  std::map<std::string, std::string> seen;  // By key.
  for (Frame frame = watcher->next(); !frame.is("ack"); frame = watcher->next()) {
    if (frame.is("oof")) {
      REQUIRE(seen.erase(frame.get("k")) == 1);
    } else {
      seen[frame.get("k")] = frame.body;
    }
    REQUIRE(seen.size() <= 5);  // Never more than the page and the one that takes a place.
  }
  std::map<std::string, std::string> expected;
  for (const auto& record :
       query(R"("c":"sow","t":"t","orderby":"/n,/id","opts":"top_n=4,skip_n=2","bs":10)").records) {
    expected[record.header.get("k")] = record.body;
  }
  CHECK(seen == expected);
}
