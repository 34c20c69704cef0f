// SPDX-License-Identifier: Apache-2.0
#include "broker/view/derived_topic.h"

#include <doctest/doctest.h>

#include <string>

using amps::MutexLock;
using namespace amps::broker;

namespace {

// Writes down changes: "+k:body", "=k:old>new", "-k:old".
struct Recorder final : TopicObserver {
  void on_change(const Change& change) override {
    switch (change.kind) {
      case ChangeKind::kInsert:
        told += "+" + std::string(change.key) + ":" + std::string(change.current) + " ";
        break;
      case ChangeKind::kUpdate:
        told += "=" + std::string(change.key) + ":" + std::string(change.previous) + ">" +
                std::string(change.current) + " ";
        break;
      default:
        told += "-" + std::string(change.key) + ":" + std::string(change.previous) + " ";
    }
  }
  std::string told;
};

struct Fixture {
  amps::ManualClock clock;
  Statistics statistics;
  TopicSpace space{"json", clock, &statistics};
  Recorder recorder;
  DerivedTopic* topic = nullptr;

  Fixture() {
    MutexLock lock(space.mutex());
    REQUIRE(DerivedTopic::declare(&space, "view", &topic).ok());
    space.observe("view", &recorder);
    space.begin_block(0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "observers learn of inserts, updates and removals, in order") {
  MutexLock lock(space.mutex());
  REQUIRE(topic->put({"id", "17", "one", {}}).ok());
  REQUIRE(topic->put({"id", "17", "two", {}}).ok());
  CHECK(topic->records()->with_identity("id")->body() == "two");
  topic->remove("id");
  topic->remove("id");
  CHECK(recorder.told == "+17:one =17:one>two -17:two ");
  CHECK_FALSE(topic->records()->with_identity("id"));
}

TEST_CASE_FIXTURE(Fixture, "a handle two records would share is refused") {
  MutexLock lock(space.mutex());
  REQUIRE(topic->put({"id", "17", "one", {}}).ok());
  CHECK(topic->put({"other", "17", "two", {}}).code() == AMPS_E_BAD_SOW_KEY);
}

TEST_CASE_FIXTURE(Fixture, "nobody publishes to a derived topic, and it is declared once") {
  MutexLock lock(space.mutex());
  Publish publish;
  publish.topic = "view";
  CHECK(space.publish(publish).code() == AMPS_E_INVALID_TOPIC);
  DerivedTopic* again = nullptr;
  CHECK(DerivedTopic::declare(&space, "view", &again).code() == AMPS_E_USAGE);
}
