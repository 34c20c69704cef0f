// SPDX-License-Identifier: Apache-2.0
// Clients written in C++ against the embedded broker.
#include <doctest/doctest.h>
#include <amps/ampsplusplus.hpp>

#include <future>
#include <memory>

#include "broker.h"

using AMPS::Message;
using facade::Received;
using facade::RunningBroker;

namespace {

AMPS::Client connected(const RunningBroker& broker, const std::string& name) {
  AMPS::Client client(name);
  client.connect(broker.uri());
  client.logon(5000);
  return client;
}

void keep_data(Message& message, void* received) { static_cast<Received*>(received)->add(message.getData()); }

class KeptFailures : public AMPS::ExceptionListener {
 public:
  explicit KeptFailures(Received* failures) : failures_(failures) {}
  void exceptionThrown(const std::exception& failure) const override { failures_->add(failure.what()); }

 private:
  Received* failures_;
};

}  // namespace

TEST_CASE("a function handler gets what was published in every form") {
  RunningBroker broker;
  Received received;
  AMPS::Client client = connected(broker, "function-handler");
  CHECK_FALSE(client.subscribe(AMPS::MessageHandler(keep_data, &received), "orders", 5000).empty());
  client.publish("orders", "literal");
  client.publish(std::string("orders"), std::string("strings"));
  client.publish("orders", 6, "pair\0s", 6);
  client.deltaPublish("orders", "delta");
  CHECK_THROWS_AS(client.publish("orders", static_cast<const char*>(nullptr)), AMPS::UsageException);
  CHECK(received.joined(4) == "literal; strings; " + std::string("pair\0s", 6) + "; delta");
}

TEST_CASE("a lambda handler lives until its subscription is gone") {
  RunningBroker broker;
  Received received;
  AMPS::Client client = connected(broker, "lambda-handler");
  const std::shared_ptr<int> alive = std::make_shared<int>(0);
  AMPS::Command command("subscribe");
  command.setTopic("orders").setTimeout(5000);
  const std::string id = client.executeAsync(
      command, [&received, alive](const Message& message) { received.add(message.getTopic()); });
  CHECK(command.getMessage().getSubscriptionId().empty());
  CHECK(alive.use_count() == 2);
  client.publish("orders", "{}");
  CHECK(received.joined(1) == "orders");
  client.unsubscribe(id);
  client.publishFlush(5000);
  client.disconnect();
  CHECK(alive.use_count() == 1);
}

TEST_CASE("a stream yields messages, then time-outs, then ends") {
  RunningBroker broker;
  AMPS::Client client = connected(broker, "stream");
  AMPS::MessageStream stream = client.subscribe("orders").timeout(5000);
  client.publish("orders", "1");
  client.publish("orders", "2");
  std::vector<std::string> got;
  for (Message& message : stream) {
    if (!message.isValid()) break;
    got.push_back(message.getData());
    if (got.size() == 2) stream.timeout(20);
  }
  CHECK(got == std::vector<std::string>{"1", "2"});
  stream.close();
  CHECK(stream.begin() == stream.end());
}

TEST_CASE("a message kept by a handler outlives the handler") {
  RunningBroker broker;
  std::promise<Message> handle, copy;
  AMPS::Client client = connected(broker, "keeper");
  client.subscribe(
      [&](Message& m) { m.getData() == "first" ? handle.set_value(m) : copy.set_value(m.deepCopy()); }, "t");
  client.publish("t", "first");
  client.publish("t", "second");
  CHECK(copy.get_future().get().getData() == "second");
  CHECK(handle.get_future().get().getData() == "first");
}

TEST_CASE("an exception of a handler is reported and delivery goes on") {
  RunningBroker broker;
  Received received, failures;
  AMPS::Client client = connected(broker, "thrower");
  CHECK(client.getExceptionListener() == nullptr);
  const std::shared_ptr<const KeptFailures> listener = std::make_shared<const KeptFailures>(&failures);
  client.setExceptionListener(listener);
  CHECK(client.getExceptionListener() == listener.get());
  client.subscribe(
      [&](Message& message) {
        const std::string data = message.getData();
        received.add(data);
        if (data == "standard") throw std::logic_error("the handler's own text");
        if (data == "number") throw 42;
      },
      "t");
  client.publish("t", "standard");
  client.publish("t", "number");
  client.publish("t", "quiet");
  CHECK(received.wait_for(3).size() == 3);
  const std::vector<std::string> texts = failures.wait_for(2);
  REQUIRE(texts.size() == 2);
  CHECK(texts[0].find("the handler's own text") != std::string::npos);
}

TEST_CASE("failures come back as the class of their kind") {
  AMPS::Client client("failures");
  CHECK_THROWS_AS(client.publish("t", "d"), AMPS::DisconnectedException);
  CHECK_THROWS_AS(client.connect("nonsense"), AMPS::ConnectionException);
  CHECK_THROWS_AS(client.connect("tcp://127.0.0.1:1/amps/json"), AMPS::ConnectionRefusedException);
  RunningBroker broker;
  client.connect(broker.uri());
  CHECK_THROWS_AS(client.connect(broker.uri()), AMPS::AlreadyConnectedException);
  client.logon();
  CHECK_THROWS_AS(client.subscribe("(["), AMPS::BadRegexTopicException);
  CHECK_THROWS_AS(client.subscribe("t", -1), AMPS::UsageException);
  CHECK_THROWS_AS(client.unsubscribe(""), AMPS::UsageException);
}

TEST_CASE("waiting for the server inside a handler is refused at once") {
  RunningBroker broker;
  Received outcome;
  AMPS::Client client = connected(broker, "impatient");
  client.subscribe(
      [&](Message&) {
        try {
          client.subscribe("other");
          outcome.add("subscribed");
        } catch (const AMPS::UsageException&) {
          outcome.add("refused");
        }
      },
      "t");
  client.publish("t", "d");
  CHECK(outcome.joined(1) == "refused");
}

TEST_CASE("last-chance, global and state listeners are told") {
  struct States : AMPS::ConnectionStateListener {
    Received seen;
    void connectionStateChanged(State state) override { seen.add(std::to_string(state)); }
  };
  RunningBroker broker;
  Received last_chance, global;
  States states;
  AMPS::Client client("listeners");
  client.addConnectionStateListener(&states);
  client.connect(broker.uri());
  client.logon();
  client.setGlobalCommandTypeMessageHandler("publish", [&](Message& m) { global.add(m.getData()); });
  CHECK_THROWS_AS(client.setGlobalCommandTypeMessageHandler("sing", AMPS::MessageHandler()),
                  AMPS::UsageException);
  client.setLastChanceMessageHandler(AMPS::MessageHandler(keep_data, &last_chance));
  const std::string id = client.subscribe([](Message&) {}, "t");
  client.removeMessageHandler(id);
  CHECK_FALSE(client.removeMessageHandler("nobody"));
  client.publish("t", "stray");
  CHECK(last_chance.joined(1) == "stray");
  client.disconnect();
  const std::vector<std::string> seen = states.seen.wait_for(3);
  REQUIRE(seen.size() >= 3);
  CHECK(seen[0] == std::to_string(AMPS::ConnectionStateListener::Connected));
  CHECK(seen[1] == std::to_string(AMPS::ConnectionStateListener::LoggedOn));
  client.removeConnectionStateListener(&states);
}

TEST_CASE("a lost connection calls the disconnect handler with the client") {
  Received lost;
  AMPS::Client client("loser");
  client.setDisconnectHandler([&](AMPS::Client& c) { lost.add(c.getName()); });
  {
    RunningBroker broker;
    client.connect(broker.uri());
    client.logon();
  }
  CHECK(lost.joined(1) == "loser");
}

TEST_CASE("settings read back, and one client has many handles") {
  AMPS::Client client("settings");
  client.setAutoAck(true);
  client.setAckBatchSize(0);
  client.setAckTimeout(250);
  client.setDefaultMaxDepth(7);
  client.setRetryOnDisconnect(false);
  AMPS::Client other("other");
  other = client;
  CHECK(other.getHandle() == client.getHandle());
  CHECK(other.getAutoAck());
  CHECK(other.getAckBatchSize() == 1);
  CHECK(other.getAckTimeout() == 250);
  CHECK(other.getDefaultMaxDepth() == 7);
  CHECK_FALSE(other.getRetryOnDisconnect());
  CHECK(other.getName() == "settings");
  CHECK(client.getConnectionInfo().at("client.name") == "settings");
  CHECK_FALSE(AMPS::Client().getName().empty());
}

TEST_CASE("transport filter, thread callback and deferred execution run where they should") {
  struct Seen {
    Received events;
    static void filter(const unsigned char*, size_t, short direction, void* self) {
      static_cast<Seen*>(self)->events.add(direction ? "in" : "out");
    }
    static amps_result created(pthread_t thread, void* self) {
      static_cast<Seen*>(self)->events.add(pthread_equal(thread, pthread_self()) ? "created" : "elsewhere");
      return AMPS_E_OK;
    }
    static void deferred(void* self) { static_cast<Seen*>(self)->events.add("deferred"); }
    bool saw(const std::string& what, size_t count) {
      for (const std::string& event : events.wait_for(count)) {
        if (event == what) return true;
      }
      return false;
    }
  } seen;
  RunningBroker broker;
  AMPS::Client client("hooks");
  client.setThreadCreatedCallback(&Seen::created, &seen);
  client.setTransportFilterFunction(&Seen::filter, &seen);
  client.connect(broker.uri());
  client.logon();
  client.deferredExecution(&Seen::deferred, &seen);
  client.publishFlush(5000);
  client.disconnect();
  CHECK(seen.saw("created", 4));
  CHECK(seen.saw("out", 4));
  CHECK(seen.saw("in", 4));
  CHECK(seen.saw("deferred", 4));
}
