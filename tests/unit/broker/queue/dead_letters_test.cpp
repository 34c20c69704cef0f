// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/dead_letters.h"

#include <doctest/doctest.h>

#include "support/logged_broker.h"
#include "support/sow_answer.h"

using namespace amps::broker;

namespace {

struct Letters : raw::LoggedBroker {
  QueueConfiguration jobs;
  ExpireActionConfiguration action;

  Letters() {
    jobs.name = jobs.underlying_topic = jobs.publish_target = "jobs";
    jobs.message_type = "json";
    action.topic = "jobs";
    action.target = "dead";
    action.message_type = action.target_type = "json";
    with_manual_clock();
  }
  void open() {
    configuration.sow.assign(1, jobs);
    configuration.actions.assign(1, action);
    start();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Letters, "QUE-29 QUE-11: what was delivered too often is published, with the reason") {
  jobs.rules.deliveries_max = 1;
  action.target = "dead_{{AMPS_TOPIC}}";
  action.data =
      R"({"why":"{{AMPS_REASON}}","size":{{AMPS_DATA_LENGTH}},"none":"{{NOTHING}}","msg":{{AMPS_DATA}}})";
  open();
  raw::Client client(port());
  client.logon();
  client.subscribe("dead_jobs", "dead");
  client.subscribe("jobs", "mine");
  client.send_frame(R"({"c":"p","t":"jobs","x":"c1"})", R"({"id":1})");
  CHECK(client.next("p").body == R"({"id":1})");
  client.send_frame(R"({"c":"unsubscribe","sub_id":"mine"})");
  const raw::Frame letter = client.next("p");
  CHECK(letter.get("t") == "dead_jobs");
  CHECK(letter.get("x") == "c1");
  CHECK(letter.body == R"({"why":"max_deliveries","size":8,"none":"","msg":{"id":1}})");
}

TEST_CASE_FIXTURE(Letters, "QUE-29: reasons that nobody asked for are only removed") {
  action.reason = "time_limit";
  jobs.rules.expiration_us = 5'000'000;
  open();
  raw::Client client(port());
  client.logon();
  client.subscribe("dead", "dead");
  client.subscribe("jobs", "mine");
  client.send_frame(R"({"c":"p","t":"jobs"})", "a");
  const std::string bookmark = client.next("p").get("bm");
  client.send_frame(R"({"c":"p","t":"jobs"})", "b");
  client.send_frame(R"({"c":"sow_delete","t":"jobs","opts":"expire","bm":")" + bookmark + "\"}");
  CHECK(client.next("p").body == "b");
  advance_ms(5000);
  const raw::Frame letter = client.next("p");
  CHECK(letter.get("t") == "dead");
  CHECK(letter.body == "b");
}

TEST_CASE_FIXTURE(Letters, "QUE-29 QUE-34: a restart neither loses nor repeats what was published") {
  jobs.rules.expiration_us = 5'000'000;
  open();
  raw::Client first(port());
  first.logon("first");
  first.subscribe("dead", "dead");
  first.send_frame(R"({"c":"p","t":"jobs"})", "a");
  while (raw::query(first, R"("c":"sow","t":"jobs")").records.empty()) {
  }
  advance_ms(5000);
  CHECK(first.next("p").body == "a");
  restart();
  raw::Client again(port());
  again.logon("again");
  again.subscribe("dead", "dead");
  again.send_frame(R"({"c":"p","t":"jobs"})", "b");
  while (raw::query(again, R"("c":"sow","t":"jobs")").records.empty()) {
  }
  advance_ms(5000);
  CHECK(again.next("p").body == "b");
}
