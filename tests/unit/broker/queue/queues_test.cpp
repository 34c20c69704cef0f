// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queues.h"

#include "broker/journal/journal_hold.h"
#include "queue_topic_fixture.h"

using namespace queue_tests;

TEST_CASE_FIXTURE(QueueTopicFixture, "a queue whose topic is not logged is a mistake of the configuration") {
  configure("jobs", "in");
  journal->logged_topics = {"jobs"};
  REQUIRE(make().ok());
  const amps::Status status = queues->start(journal.get());
  CHECK(status.code() == AMPS_E_USAGE);
  CHECK(status.text() == "queue jobs: TransactionLog does not have its topic in");
}

TEST_CASE_FIXTURE(QueueTopicFixture,
                  "QUE-35: a queue from now on begins behind the log, also at the next start") {
  configure("jobs", "in").recovery = QueueConfiguration::Recovery::kNow;
  journal->publish("in", "old");
  start();
  CHECK(depth("jobs") == 0);
  journal->publish("in", "new");
  REQUIRE(becomes([this] { return depth("jobs") == 1; }));
  restart();
  CHECK(depth("jobs") == 1);
  subscribe("jobs", "s1");
  CHECK(receives("s1:new "));
}

TEST_CASE_FIXTURE(QueueTopicFixture,
                  "QUE-34: the log keeps what is not settled, and where the queue begins") {
  configure("jobs", "in").recovery = QueueConfiguration::Recovery::kNow;
  configure("idle", "nothing");
  journal->publish("in", "old");
  start();  // Notes the beginning, as record 2.
  REQUIRE(journal->holds.size() == 1);
  CHECK(journal->holds[0]->oldest_needed_txid() == 2);
  journal->publish("in", "a");
  journal->publish("in", "b");
  REQUIRE(becomes([this] { return depth("jobs") == 2; }));
  // The note is written again behind the messages, so the oldest message is what is needed next.
  journal->holds[0]->oldest_needed_txid();
  CHECK(becomes([this] { return journal->holds[0]->oldest_needed_txid() == 3; }));
  ack("jobs", {2});
  // The feeder says so a moment after the queue has it.
  CHECK(becomes([this] { return journal->holds[0]->oldest_needed_txid() == 4; }));
  restart();
  CHECK(depth("jobs") == 1);
}
