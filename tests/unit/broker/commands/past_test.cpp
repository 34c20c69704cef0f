// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/past.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/logged_broker.h"
#include "support/sow_answer.h"
#include "wire/timestamp.h"

using raw::Client;
using raw::Frame;

namespace {

// A broker whose topic `orders` keeps an hour of history, on a clock that the test moves.
struct Past : raw::LoggedBroker {
  amps::broker::SowTopicConfiguration* orders = nullptr;
  std::unique_ptr<Client> client;
  std::vector<std::string> bookmarks;  // Of the publishes.
  int sequence = 0;

  Past() {
    with_manual_clock();
    clock.advance_ms(1'000'000);
    with_records("orders");
    orders = &std::get<amps::broker::SowTopicConfiguration>(configuration.sow[0]);
    orders->history.emplace();
    orders->history->window_ms = 3'600'000;
  }
  void open() {
    client.reset();
    restart();
    client = std::make_unique<Client>(port());
    client->logon("me");
  }
  std::string now() {
    char text[amps::wire::kTimestampBytes];
    amps::wire::format_timestamp(text, clock.utc_us());
    return {text, sizeof text};
  }
  // A minute later. Returns when.
  std::string put(const std::string& body) {
    raw::publish_numbered(*client, "orders", ++sequence, body);
    return pass();
  }
  std::string remove(const std::string& filter) {
    client->command(R"("c":"sow_delete","t":"orders","filter":")" + filter + "\"");
    return pass();
  }
  std::string pass() {
    const std::string then = now();
    advance_ms(60'000);
    return then;
  }
  std::string at(const std::string& bookmark, const std::string& members = {}) {
    return raw::query(*client,
                      R"("c":"sow","t":"orders","bs":10,"orderby":"/id","bm":")" + bookmark + "\"" + members)
        .bodies();
  }
  std::string reason(const std::string& members) { return client->command(members).get("reason"); }
  // A subscription from there; its query's result, and then the next messages.
  std::string begin(Client& watcher, const std::string& bookmark, const std::string& members = {}) {
    return raw::query(watcher,
                      R"("c":"sow_and_subscribe","t":"orders","bs":10,"orderby":"/id","bm":")" + bookmark +
                          "\"" + members,
                      "s")
        .bodies();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Past, "SOW-35: a query with a time returns what the topic was then") {
  open();
  const std::string first = put(R"({"id":1,"n":1})");
  const std::string second = put(R"({"id":2,"n":1})");
  const std::string third = put(R"({"id":1,"n":2})");
  const std::string removal = remove("/id = 2");
  CHECK(at(first) == R"({"id":1,"n":1};)");
  CHECK(at(second) == R"({"id":1,"n":1};{"id":2,"n":1};)");
  CHECK(at(third) == R"({"id":1,"n":2};{"id":2,"n":1};)");
  CHECK(at(removal) == R"({"id":1,"n":2};)");
  CHECK(at(second, R"(,"filter":"/id = 2")") == R"({"id":2,"n":1};)");
  CHECK(at(second, R"(,"opts":"select=[-/,+/n]")") == R"({"n":1};{"n":1};)");
  CHECK(at("0").empty());
  CHECK(at("0|1|") == R"({"id":1,"n":2};)");
  CHECK(at(now()) == R"({"id":1,"n":2};)");
  CHECK(reason(R"("c":"sow","t":"orders","bm":"yesterday")") == "invalid bookmark");
  CHECK(reason(R"("c":"sow","t":"orders","bm":"7|7|")") == "bookmark not found");
}

TEST_CASE_FIXTURE(Past, "SOW-35: a query with a bookmark returns what the topic was after that message") {
  open();
  Client reader(port());
  reader.logon("reader");
  reader.subscribe("orders", "r", "bookmark");
  // In one block, and so of one time.
  std::string block;
  for (int n = 1; n <= 3; ++n)
    block += raw::frame(R"({"c":"p","t":"orders","s":)" + std::to_string(n) + "}",
                        R"({"id":1,"n":)" + std::to_string(n) + "}");
  client->send(block);
  for (int n = 1; n <= 3; ++n) bookmarks.push_back(reader.next("p").get("bm"));
  CHECK(at(bookmarks[0]) == R"({"id":1,"n":1};)");
  CHECK(at(bookmarks[1]) == R"({"id":1,"n":2};)");
  CHECK(at(bookmarks[2]) == R"({"id":1,"n":3};)");
  CHECK(at(bookmarks[2] + "," + bookmarks[1]) == R"({"id":1,"n":2};)");
}

TEST_CASE_FIXTURE(Past, "SOW-34 SOW-35: before the window, and without history, there is no past") {
  with_records("plain");
  orders = &std::get<amps::broker::SowTopicConfiguration>(configuration.sow[0]);
  open();
  const std::string first = put(R"({"id":1,"n":1})");
  put(R"({"id":1,"n":2})");
  raw::publish_numbered(*client, "plain", ++sequence, R"({"id":7})");
  advance_ms(3'600'000 - 120'000);
  CHECK(at(first) == R"({"id":1,"n":1};)");
  advance_ms(1);
  CHECK(at(first).empty());
  CHECK(at(now()) == R"({"id":1,"n":2};)");
  // The bookmark is ignored, whatever it says.
  CHECK(raw::query(*client, R"("c":"sow","t":"plain","bm":"7|7|")").bodies() == R"({"id":7};)");
  CHECK(raw::query(*client, R"("c":"sow","t":"orders|plain","bm":")" + first + "\"").bodies() ==
        R"({"id":7};)");
}

TEST_CASE_FIXTURE(Past, "SOW-34: versions within the granularity are not kept") {
  orders->history->granularity_ms = 180'000;
  open();
  std::vector<std::string> times;
  for (int n = 0; n < 7; ++n) times.push_back(put(R"({"id":1,"n":)" + std::to_string(n) + "}"));
  std::string seen;
  for (const std::string& time : times) seen += at(time, R"(,"opts":"select=[+/n,-/id]")");
  CHECK(seen == R"({"n":0};{"n":0};{"n":2};{"n":2};{"n":4};{"n":4};{"n":6};)");
}

TEST_CASE_FIXTURE(Past, "SOW-35: history lives as long as its topic's records do") {
  SUBCASE("in the transaction log") {}
  SUBCASE("in the topic's file") {
    orders->is_persistent = true;
    orders->file_name = "orders.sow";
  }
  SUBCASE("in the topic's file alone") {
    orders->is_persistent = true;
    orders->file_name = "orders.sow";
    configuration.transaction_log.reset();
  }
  open();
  const std::string first = put(R"({"id":1,"n":1})");
  const std::string second = put(R"({"id":2,"n":1})");
  const std::string third = put(R"({"id":1,"n":2})");
  const std::string removal = remove("/id = 2");
  open();
  CHECK(at(first) == R"({"id":1,"n":1};)");
  CHECK(at(second) == R"({"id":1,"n":1};{"id":2,"n":1};)");
  CHECK(at(third) == R"({"id":1,"n":2};{"id":2,"n":1};)");
  CHECK(at(removal) == R"({"id":1,"n":2};)");
}

TEST_CASE_FIXTURE(Past, "SOW-36: a subscription begins with what the topic was, and goes on from there") {
  open();
  put(R"({"id":1,"n":1})");
  const std::string then = put(R"({"id":2,"n":1})");
  put(R"({"id":1,"n":2})");
  remove("/id = 2");
  put(R"({"id":3,"n":1})");
  Client watcher(port());
  watcher.logon("watcher");
  CHECK(begin(watcher, then) == R"({"id":1,"n":1};{"id":2,"n":1};)");
  Frame frame = watcher.next("p");
  CHECK(frame.body == R"({"id":1,"n":2})");
  CHECK(frame.get("sids") == "s");
  CHECK(at(frame.get("bm")) == R"({"id":1,"n":2};{"id":2,"n":1};)");
  CHECK(watcher.next("p").body == R"({"id":3,"n":1})");
  put(R"({"id":1,"n":3})");
  frame = watcher.next("p");
  CHECK(frame.body == R"({"id":1,"n":3})");

  SUBCASE("a bookmark is a place, too") {
    Client other(port());
    other.logon("other");
    CHECK(begin(other, frame.get("bm")) == R"({"id":1,"n":3};{"id":3,"n":1};)");
    put(R"({"id":4})");
    CHECK(other.next("p").body == R"({"id":4})");
  }
  SUBCASE("from the beginning there is nothing but what follows") {
    Client other(port());
    other.logon("other");
    CHECK(begin(other, "0", R"(,"filter":"/id = 1")").empty());
    for (int n = 1; n <= 3; ++n) CHECK(other.next("p").body == R"({"id":1,"n":)" + std::to_string(n) + "}");
  }
  SUBCASE("now is the present, and then what comes") {
    Client other(port());
    other.logon("other");
    CHECK(begin(other, "0|1|") == R"({"id":1,"n":3};{"id":3,"n":1};)");
    put(R"({"id":4})");
    CHECK(other.next("p").body == R"({"id":4})");
  }
  SUBCASE("before the window the whole log follows") {
    advance_ms(4'000'000);
    Client other(port());
    other.logon("other");
    CHECK(begin(other, then).empty());
    CHECK(other.next("p").body == R"({"id":1,"n":1})");
  }
}

TEST_CASE_FIXTURE(Past, "SOW-36: with a granularity it begins at a moment that is known exactly") {
  orders->history->granularity_ms = 240'000;
  open();
  put(R"({"id":1,"n":0})");
  put(R"({"id":1,"n":1})");
  const std::string then = put(R"({"id":2,"n":0})");
  put(R"({"id":1,"n":2})");
  CHECK(at(then) == R"({"id":1,"n":0};{"id":2,"n":0};)");
  Client watcher(port());
  watcher.logon("watcher");
  CHECK(begin(watcher, then) == R"({"id":1,"n":0};)");
  for (const char* body : {R"({"id":1,"n":1})", R"({"id":2,"n":0})", R"({"id":1,"n":2})"})
    CHECK(watcher.next("p").body == body);
}

TEST_CASE_FIXTURE(Past, "SOW-36: what cannot begin in the past is refused") {
  with_records("memory");
  orders = &std::get<amps::broker::SowTopicConfiguration>(configuration.sow[0]);
  std::get<amps::broker::SowTopicConfiguration>(configuration.sow[1]).history = orders->history;
  configuration.transaction_log->topics = {{"orders", "json"}};
  open();
  const std::string then = put(R"({"id":1})");
  const auto refused = [&](const std::string& members) {
    return reason(R"("c":"sow_and_subscribe","sub_id":"s","bm":")" + then + "\"," + members);
  };
  CHECK(refused(R"("t":"memory")") == "invalid topic");
  CHECK(refused(R"("t":"^ord")") == "invalid options");
  CHECK(refused(R"("t":"orders","opts":"conflation=1s")") == "invalid options");
  CHECK(refused(R"("t":"orders","opts":"top_n=1,skip_n=1")") == "invalid options");
  CHECK(refused(R"("t":"orders","opts":"grouping=[/id],projection=[/id]")") == "invalid options");
  client->subscribe("orders", "s");
  CHECK(refused(R"("t":"orders","opts":"replace")") == "invalid options");
}

TEST_CASE_FIXTURE(Past, "PAG-07 SOW-35: pages and aggregates of the past") {
  open();
  std::string then;
  for (int id = 1; id <= 5; ++id)
    then = put(R"({"id":)" + std::to_string(id) + R"(,"n":)" + std::to_string(id % 2) + "}");
  put(R"({"id":2,"n":7})");
  remove("/id = 3");
  CHECK(at(then, R"(,"opts":"top_n=2,skip_n=1")") == R"({"id":2,"n":0};{"id":3,"n":1};)");
  CHECK(raw::query(*client, R"("c":"sow","t":"orders","bs":10,"orderby":"/n","bm":")" + then +
                                R"(","opts":"grouping=[/n],projection=[/n,SUM(/id) AS /s]")")
            .bodies() == R"({"n":0,"s":6};{"n":1,"s":9};)");
}
