// SPDX-License-Identifier: Apache-2.0
// Queues as consumers see them on their sockets.
#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "support/logged_broker.h"
#include "support/sow_answer.h"

using namespace amps::broker;
using raw::Client;
using raw::Frame;

namespace {

struct Jobs : raw::LoggedBroker {
  QueueConfiguration jobs;
  std::unique_ptr<Client> client;

  Jobs() {
    jobs.name = "jobs";
    jobs.message_type = "json";
    jobs.underlying_topic = jobs.publish_target = "jobs_in";
    jobs.rules.subscription_backlog_max = 10;
    with_manual_clock();
  }
  ~Jobs() { client.reset(); }

  void open() {
    configuration.sow.assign(1, jobs);
    start();
    client = connect("worker");
  }
  std::unique_ptr<Client> connect(const std::string& name) const {
    auto connected = std::make_unique<Client>(port());
    connected->logon(name);
    return connected;
  }
  void put(const std::string& body, const std::string& topic = "jobs") const {
    client->send_frame(R"({"c":"p","t":")" + topic + "\"}", body);
  }
  // The body of the next message; `bookmark` names it.
  std::string take(Client& consumer) {
    Frame frame;
    if (auto& early = came_early[&consumer]; !early.empty()) {
      frame = early.front();
      early.pop_front();
    } else {
      frame = consumer.next("p");
    }
    CHECK(frame.get("t") == "jobs");
    bookmark = frame.get("bm");
    return frame.body;
  }
  // How many were settled. What that makes room for may come before the answer.
  std::string settle(Client& consumer, const std::string& members) {
    consumer.send_frame(R"({"c":"sow_delete","t":"jobs","cid":"w","a":"stats",)" + members + "}");
    for (;;) {
      const Frame frame = consumer.next();
      if (frame.is("ack")) return frame.get("records_deleted");
      came_early[&consumer].push_back(frame);
    }
  }
  std::string settle(Client& consumer) { return settle(consumer, R"("bm":")" + bookmark + '"'); }
  // Waits until so many messages wait in the queue.
  void wait_for_available(std::size_t count) const {
    auto reader = connect("reader");
    for (int i = 0; i < 10'000; ++i) {
      if (raw::query(*reader, R"("c":"sow","t":"jobs","bs":10)").records.size() == count) return;
    }
    FAIL("there are not " << count << " messages but "
                          << raw::query(*reader, R"("c":"sow","t":"jobs","bs":10)").records.size());
  }

  std::string bookmark;
  std::map<Client*, std::deque<Frame>> came_early;
};

}  // namespace

TEST_CASE_FIXTURE(Jobs,
                  "QUE-01 QUE-02 QUE-25 QUE-27 QUE-43: a message is a consumer's until it is acknowledged") {
  open();
  client->subscribe("jobs", "mine");
  auto plain = connect("plain");
  plain->subscribe("jobs_in", "all");
  put("a");
  put("b", "jobs_in");
  CHECK(plain->next("p").body == "a");
  CHECK(plain->next("p").body == "b");
  CHECK(take(*client) == "a");
  CHECK(settle(*client) == "1");
  const std::string first = bookmark;
  CHECK(take(*client) == "b");
  CHECK(settle(*client, R"("bm":")" + first + R"(,)" + bookmark + '"') == "1");
  CHECK(settle(*client, R"("bm":"12|34|")") == "0");
}

TEST_CASE_FIXTURE(Jobs, "ACK-13 QUE-04 QUE-05: the ack of a subscription says what it may hold") {
  open();
  CHECK(client->subscribe("jobs", "one").get("opts") == "max_backlog=1");
  CHECK(client->subscribe("jobs", "more", "max_backlog=7").get("opts") == "max_backlog=7");
  CHECK(client->subscribe("jobs", "most", "max_backlog=99").get("opts") == "max_backlog=10");
  CHECK_FALSE(client->subscribe("jobs_in", "plain", "max_backlog=9").has("opts"));
}

TEST_CASE_FIXTURE(Jobs, "QUE-07 QUE-08 CON-27: what a consumer held comes back when it leaves") {
  open();
  auto gone = connect("gone");
  gone->subscribe("jobs", "s");
  put("a");
  CHECK(take(*gone) == "a");
  client->subscribe("jobs", "mine");
  gone.reset();
  CHECK(take(*client) == "a");
  client->command(R"("c":"unsubscribe","sub_id":"mine")");
  client->subscribe("jobs", "again");
  CHECK(take(*client) == "a");
}

TEST_CASE_FIXTURE(Jobs, "QUE-06 QUE-38: a lease that ends gives the message to the next") {
  jobs.rules.lease_us = 2'000'000;
  open();
  client->subscribe("jobs", "mine");
  put("a");
  Frame frame = client->next("p");
  CHECK(frame.get("lp").size() == 23);
  auto other = connect("other");
  other->subscribe("jobs", "s");
  client->command(R"("c":"unsubscribe","sub_id":"mine")");
  CHECK(take(*other) == "a");
  client->subscribe("jobs", "mine");
  other->command(R"("c":"subscribe","t":"jobs","sub_id":"s","opts":"replace,max_backlog=0")");
  advance_ms(2000);
  CHECK(client->next("p").body == "a");
  CHECK(settle(*other, R"("bm":")" + frame.get("bm") + '"') == "1");  // Late, and sublet: it counts.
}

TEST_CASE_FIXTURE(Jobs, "QUE-09 QUE-12: what is cancelled comes again, so often as is allowed") {
  jobs.rules.cancels_max = 2;
  open();
  client->subscribe("jobs", "mine");
  put("a");
  put("b");
  CHECK(take(*client) == "a");
  CHECK(settle(*client, R"("opts":"cancel","bm":")" + bookmark + '"') == "1");
  CHECK(take(*client) == "a");
  CHECK(settle(*client, R"("opts":"cancel","bm":")" + bookmark + '"') == "1");
  CHECK(take(*client) == "b");
}

TEST_CASE_FIXTURE(Jobs, "QUE-10 QUE-13: messages expire when they are told to, and by time") {
  open();
  client->subscribe("jobs", "mine");
  put("a");
  client->send_frame(R"({"c":"p","t":"jobs","e":5})", "short");
  put("b");
  CHECK(take(*client) == "a");
  wait_for_available(2);
  advance_ms(5000);
  CHECK(settle(*client, R"("opts":"expire","bm":")" + bookmark + '"') == "1");
  CHECK(take(*client) == "b");
}

TEST_CASE_FIXTURE(Jobs, "QUE-22: strict leases are settled by their holder") {
  jobs.rules.leasing = Leasing::kStrict;
  open();
  client->subscribe("jobs", "mine");
  put("a");
  CHECK(take(*client) == "a");
  auto other = connect("other");
  CHECK(settle(*other) == "0");
  CHECK(settle(*client) == "1");
}

TEST_CASE_FIXTURE(Jobs, "QUE-23 QUE-24: queries show what is available; filters and keys settle it") {
  open();
  for (const char* body : {R"({"n":1})", R"({"n":2})", R"({"n":3})"}) put(body);
  wait_for_available(3);
  const raw::SowAnswer answer = raw::query(*client, R"("c":"sow","t":"jobs","bs":10,"filter":"/n > 1")");
  CHECK(answer.bodies() == R"({"n":2};{"n":3};)");
  CHECK(settle(*client, R"("sow_keys":")" + answer.records[0].header.get("k") + '"') == "1");
  CHECK(settle(*client, R"("filter":"/n = 1")") == "1");
  CHECK(raw::query(*client, R"("c":"sow","t":"jobs","bs":10)").bodies() == R"({"n":3};)");
  const char* const counted = R"("c":"sow","t":"jobs","opts":"grouping=[/n],projection=[COUNT(/n) AS /c]")";
  CHECK(raw::query(*client, counted).bodies() == R"({"c":1};)");
}

TEST_CASE_FIXTURE(Jobs, "QUE-24: an ack by filter reaches every message of a long queue") {
  open();
  for (int n = 1; n <= 1000; ++n) put("{\"n\":" + std::to_string(n) + "}");
  wait_for_available(1000);
  CHECK(settle(*client, R"("filter":"/n % 2 = 0")") == "500");
  CHECK(settle(*client, R"("filter":"/n % 2 = 0")") == "0");
  CHECK(settle(*client, R"("filter":"/n > 1")") == "499");
  restart();
  client = connect("worker");
  CHECK(raw::query(*client, R"("c":"sow","t":"jobs","bs":10)").bodies() == R"({"n":1};)");
}

TEST_CASE_FIXTURE(Jobs, "QUE-23 DLT-20: browse, then consume; deltas are whole messages") {
  open();
  put("a");
  wait_for_available(1);
  const std::string both = R"("c":"sow_and_delta_subscribe","t":"jobs","sub_id":"s","query_id":"q")";
  CHECK(raw::query(*client, both).bodies() == "a;");
  CHECK(take(*client) == "a");
}

TEST_CASE_FIXTURE(Jobs, "QUE-18 QUE-19: filters of the queue and of its consumers") {
  jobs.filter = "/n > 0";
  open();
  client->subscribe("jobs", "odd", R"(max_backlog=9","filter":"/n % 2 = 1)");
  for (const int n : {0, 1, 2, 3}) put("{\"n\":" + std::to_string(n) + "}");
  CHECK(take(*client) == R"({"n":1})");
  CHECK(take(*client) == R"({"n":3})");
  wait_for_available(1);
}

TEST_CASE_FIXTURE(Jobs, "what an acknowledgement may not say is refused") {
  open();
  const auto refused = [&](const std::string& members) {
    client->send_frame(R"({"c":"sow_delete","t":"jobs","cid":"w","a":"processed")" + members + "}");
    return client->ack("w").get("reason");
  };
  CHECK(refused("") == "invalid options");
  CHECK(refused(R"(,"bm":"1|1|","filter":"1=1")") == "invalid options");
  CHECK(refused(R"(,"bm":"1|1|","opts":"cancel,expire")") == "invalid options");
  CHECK(refused(R"(,"bm":"1|1|","opts":"sometimes")") == "invalid options");
  CHECK(refused(R"(,"filter":"1=1","opts":"cancel")") == "invalid options");
  CHECK(refused(R"(,"bm":"what")") == "invalid bookmark");
  CHECK(refused(R"(,"filter":"/a =")") == "bad filter");
}

TEST_CASE_FIXTURE(Jobs, "a client may send ack in place of sow_delete, and gets no answer") {
  open();
  client->subscribe("jobs", "mine");
  put("a");
  put("b");
  CHECK(take(*client) == "a");
  client->send_frame(R"({"c":"ack","t":"jobs","cid":"x","a":"processed,stats","bm":")" + bookmark + "\"}");
  CHECK(take(*client) == "b");
  client->send_frame(R"({"c":"ack","t":"jobs_in","bm":"1|1|"})");
  client->expect_nothing();
}

TEST_CASE_FIXTURE(Jobs, "TXL-21: an acknowledgement with a number is carried out once") {
  open();
  client->subscribe("jobs", "mine");
  put("a");
  CHECK(take(*client) == "a");
  const std::string cancel = R"("s":1,"opts":"cancel","bm":")" + bookmark + '"';
  CHECK(settle(*client, cancel) == "1");
  CHECK(take(*client) == "a");
  CHECK(settle(*client, cancel) == "0");
}

TEST_CASE_FIXTURE(Jobs, "QUE-34: a restart keeps what was not acknowledged, and its order") {
  open();
  client->subscribe("jobs", "mine");
  for (const char* body : {"a", "b", "c"}) put(body);
  CHECK(take(*client) == "a");
  CHECK(settle(*client) == "1");
  CHECK(take(*client) == "b");
  client.reset();
  restart();
  client = connect("worker");
  client->subscribe("jobs", "mine", "max_backlog=5");
  CHECK(take(*client) == "b");
  CHECK(take(*client) == "c");
  put("d");
  CHECK(take(*client) == "d");
}

TEST_CASE_FIXTURE(Jobs, "QUE-03: at most once delivers, and a restart does not again") {
  jobs.rules.semantics = QueueSemantics::kAtMostOnce;
  jobs.rules.fairness = FairnessModel::kRoundRobin;
  open();
  client->subscribe("jobs", "mine", "max_backlog=2");
  for (const char* body : {"a", "b", "c"}) put(body);
  CHECK(take(*client) == "a");
  CHECK(take(*client) == "b");
  client.reset();
  restart();
  client = connect("worker");
  client->subscribe("jobs", "mine");
  CHECK(take(*client) == "c");
}

TEST_CASE_FIXTURE(
    Jobs, "QUE-40: over a topic with records each update is a message, merged, and deletes are none") {
  jobs.underlying_topic = jobs.publish_target = "orders";
  with_records("orders");
  configuration.sow.emplace_back(jobs);
  start();
  client = connect("worker");
  client->subscribe("jobs", "mine", "max_backlog=5");
  put(R"({"id":1,"a":1})", "orders");
  client->send_frame(R"({"c":"delta_publish","t":"orders"})", R"({"id":1,"b":2})");
  client->send_frame(R"({"c":"sow_delete","t":"orders","filter":"1=1"})");
  put(R"({"id":2})", "orders");
  CHECK(take(*client) == R"({"id":1,"a":1})");
  CHECK(take(*client) == R"({"id":1,"a":1,"b":2})");
  CHECK(take(*client) == R"({"id":2})");
}

TEST_CASE_FIXTURE(Jobs, "QUE-21 QUE-42: a barrier waits for what is before it, and reaches everybody") {
  jobs.barrier_expression = "/all = 1";
  open();
  auto idle = connect("idle");
  CHECK(idle->subscribe("jobs", "none", "max_backlog=0").get("opts") == "max_backlog=0");
  client->subscribe("jobs", "mine", "max_backlog=5");
  put(R"({"n":1})");
  put(R"({"all":1})");
  put(R"({"n":2})");
  CHECK(take(*client) == R"({"n":1})");
  CHECK(settle(*client) == "1");
  CHECK(take(*client) == R"({"all":1})");
  CHECK(take(*client) == R"({"n":2})");
  CHECK(take(*idle) == R"({"all":1})");
  idle->expect_nothing();
}

TEST_CASE_FIXTURE(Jobs, "QUE-34 TXL-28: a start removes no file that a queue still needs") {
  configuration.transaction_log->remove_after_ms = 1'000;
  open();
  const std::string filler(8'000, 'x');
  put(R"({"n":1})");
  for (int i = 0; i < 100; ++i) put(R"({"n":2,"text":")" + filler + "\"}");
  wait_for_available(101);
  CHECK(settle(*client, R"("filter":"/n = 2")") == "100");
  client->send_frame(R"({"c":"flush","cid":"f","a":"persisted"})");
  CHECK(client->ack("f").get("status") == "success");
  for (int i = 0; i < 3; ++i) {
    client.reset();
    clock.advance_ms(3'600'000);
    restart();
    client = connect("worker");
    wait_for_available(1);
  }
  client->subscribe("jobs", "mine");
  CHECK(take(*client) == R"({"n":1})");
  CHECK_FALSE(log.contains("journal files were removed"));
  CHECK(settle(*client) == "1");
  client->send_frame(R"({"c":"flush","cid":"f","a":"persisted"})");
  CHECK(client->ack("f").get("status") == "success");
  client.reset();
  clock.advance_ms(3'600'000);
  restart();
  log.wait_for("journal files were removed");
}
