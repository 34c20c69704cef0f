// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_intake.h"

#include "broker/queue/queue_body.h"
#include "queue_topic_fixture.h"

using namespace queue_tests;

namespace {

struct Fixture {
  QueueConfiguration configuration;
  std::unique_ptr<QueueIntake> intake;

  Fixture() {
    configuration.name = "jobs";
    configuration.message_type = "json";
    configuration.underlying_topic = "in";
  }
  amps::Status make() { return QueueIntake::make(configuration, &intake); }
  static JournalRecord record(std::string_view body) {
    JournalRecord record;
    record.topic = "in";
    record.message_type = "json";
    record.body = body;
    record.txid = 5;
    record.bookmark = {3, 4};
    record.timestamp_us = 1'000'000;
    return record;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "QUE-19: only what the queue's filter matches comes in") {
  configuration.filter = "/go = 'yes' AND TOPIC_NAME() = 'in'";
  REQUIRE(make().ok());
  QueueMessage message;
  CHECK_FALSE(intake->admit(record("{\"go\":\"no\"}"), &message));
  CHECK_FALSE(intake->admit(record("nonsense"), &message));
  REQUIRE(intake->admit(record("{\"go\":\"yes\"}"), &message));
  CHECK(message.id == BookmarkId{3, 4});
  CHECK(message.position == 5);
  CHECK(body_of(message).record->body() == "{\"go\":\"yes\"}");
  CHECK(body_of(message).record->key() == "3|4|");
  CHECK(body_of(message).topic == "in");
}

TEST_CASE_FIXTURE(Fixture, "QUE-21: a message that matches the barrier expression is a barrier") {
  configuration.barrier_expression = "/stop IS NOT NULL";
  REQUIRE(make().ok());
  QueueMessage message;
  REQUIRE(intake->admit(record("{\"a\":1}"), &message));
  CHECK_FALSE(message.is_barrier);
  REQUIRE(intake->admit(record("{\"stop\":1}"), &message));
  CHECK(message.is_barrier);
}

TEST_CASE_FIXTURE(Fixture, "QUE-20: priority is an unsigned number, and what is none comes last") {
  configuration.priority = "/p * 1";
  REQUIRE(make().ok());
  const auto priority = [this](std::string_view value) {
    QueueMessage message;
    REQUIRE(intake->admit(record("{\"p\":" + std::string(value) + "}"), &message));
    return message.priority;
  };
  CHECK(priority("7") == 7);
  CHECK(priority("\"12\"") == 12);
  CHECK(priority("2.9") == 2);
  CHECK(priority("-3") == 0);
  CHECK(priority("null") == 0);
  CHECK(priority("\"high\"") == 0);
  CHECK(priority("1e300") == UINT64_MAX);
}

TEST_CASE_FIXTURE(Fixture, "QUE-13: messages expire counted from their receipt, zero being never") {
  configuration.rules.expiration_us = 7'000'000;
  REQUIRE(make().ok());
  QueueMessage message;
  JournalRecord sent = record("a");
  REQUIRE(intake->admit(sent, &message));
  CHECK(message.expires_us == 8'000'000);
  sent.expiration_s = 3;
  REQUIRE(intake->admit(sent, &message));
  CHECK(message.expires_us == 4'000'000);
  sent.expiration_s = 0;
  REQUIRE(intake->admit(sent, &message));
  CHECK(message.expires_us == kNeverUs);
}

TEST_CASE_FIXTURE(Fixture, "topics are literal or a pattern, of one message type") {
  REQUIRE(make().ok());
  CHECK(intake->covers("in", "json"));
  CHECK_FALSE(intake->covers("in", "xml"));
  CHECK_FALSE(intake->covers("inn", "json"));
  configuration.underlying_topic = "^in_";
  REQUIRE(make().ok());
  CHECK(intake->covers("in_eu", "json"));
  CHECK_FALSE(intake->covers("out", "json"));
}

TEST_CASE_FIXTURE(Fixture, "expressions that do not compile are refused") {
  configuration.filter = "/a =";
  CHECK(make().text().substr(0, 18) == "queue jobs: /a =: ");
  configuration.filter.clear();
  configuration.barrier_expression = "SUM(/a)";
  CHECK_FALSE(make().ok());
  configuration.barrier_expression.clear();
  configuration.priority = "/p";
  configuration.message_type = "binary";
  CHECK_FALSE(make().ok());
  configuration.priority.clear();
  configuration.underlying_topic = "(";
  CHECK_FALSE(make().ok());
}

TEST_CASE_FIXTURE(Fixture, "what is settled, or before the beginning, stays out") {
  REQUIRE(make().ok());
  QueueRecovery::Result recovered;
  recovered.begin_txid = 4;
  recovered.settled = {{3, 4}};
  intake->begin(&recovered);
  QueueMessage message;
  JournalRecord sent = record("a");
  CHECK_FALSE(intake->admit(sent, &message));
  CHECK_FALSE(intake->admit(sent, &message));  // Also when it is read again.
  sent.bookmark.sequence = 5;
  CHECK(intake->admit(sent, &message));
  sent.txid = 4;
  CHECK_FALSE(intake->admit(sent, &message));
  intake->forget_settled();
  CHECK(intake->admit(record("a"), &message));
}
