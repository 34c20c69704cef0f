// SPDX-License-Identifier: Apache-2.0
// Clients written in C++ against the embedded broker.
#include <doctest/doctest.h>
#include <amps/ampsplusplus.hpp>

#include <atomic>
#include <future>
#include <memory>

#include "broker.h"
#include "outgoing.h"

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

void keep_data(Message& message, void* received) {
  static_cast<Received*>(received)->add(message.getData());
}

class KeptFailures : public AMPS::ExceptionListener {
 public:
  explicit KeptFailures(Received* failures) : failures_(failures) {}
  void exceptionThrown(const std::exception& failure) const override { failures_->add(failure.what()); }

 private:
  Received* failures_;
};

}  // namespace

TEST_CASE(
    "CPP-115 CPP-154 CPP-155 CPP-157 CPP-158 CPP-166: "
    "a function handler gets what was published in every form") {
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

TEST_CASE("CPP-116 CPP-173 CPP-175: a lambda handler lives until its subscription is gone") {
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

TEST_CASE("CPP-123 CPP-125 CPP-128 CPP-167: a stream yields messages, then time-outs, then ends") {
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

TEST_CASE("CPP-021 CPP-022 CPP-122: a message kept by a handler outlives the handler") {
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

TEST_CASE("CPP-120 CPP-191 CPP-251: an exception of a handler is reported and delivery goes on") {
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

TEST_CASE("CPP-144 CPP-314 CPP-316 CPP-318 CPP-319 CPP-325: failures come back as the class of their kind") {
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

TEST_CASE("CPP-119: waiting for the server inside a handler is refused at once") {
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

TEST_CASE("CPP-192 CPP-196 CPP-199 CPP-250: last-chance, global and state listeners are told") {
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

TEST_CASE("CPP-190 CPP-118: a lost connection calls the disconnect handler with the client") {
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

TEST_CASE(
    "CPP-134 CPP-136 CPP-153 CPP-184 CPP-186 CPP-188 CPP-208 CPP-210: "
    "settings read back, and one client has many handles") {
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

TEST_CASE(
    "CPP-212 CPP-213 CPP-214: "
    "transport filter, thread callback and deferred execution run where they should") {
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

TEST_CASE("CPP-145: a logon returns its id and sends its options, in both shapes") {
  RunningBroker broker;
  facade::Outgoing sent;
  AMPS::Client client("logs-on");
  sent.attach(client);
  client.setLogonCorrelationData("c29tZQ");
  client.connect(broker.uri());
  const std::string id = client.logon("pretty=true", 5000);
  const std::string header = sent.header("logon");
  CAPTURE(header);
  CHECK(facade::Outgoing::value(header, "cid") == id);
  CHECK(facade::Outgoing::value(header, "opts") == "pretty=true");
  CHECK(facade::Outgoing::value(header, "client_name") == "logs-on");
  CHECK(facade::Outgoing::value(header, "mt") == "json");
  CHECK(facade::Outgoing::value(header, "x") == "c29tZQ");
  client.disconnect();
  client.connect(broker.uri());
  const std::string second = client.logon(5000, AMPS::DefaultAuthenticator::instance(), "ack_conflation=1s");
  CHECK(facade::Outgoing::value(sent.header("logon"), "cid") == second);
  CHECK(facade::Outgoing::value(sent.header("logon"), "opts") == "ack_conflation=1s");
  CHECK_THROWS_AS(client.logon(), AMPS::DuplicateLogonException);
  client.disconnect();
}

TEST_CASE("the URI's option pretty goes to the logon, unless the options speak of it") {
  RunningBroker broker;
  const auto options_of = [&](const std::string& query, const char* options) {
    facade::Outgoing sent;
    AMPS::Client client("pretty");
    sent.attach(client);
    client.connect(broker.uri() + query);
    client.logon(options, 5000);
    client.disconnect();
    return facade::Outgoing::value(sent.header("logon"), "opts");
  };
  CHECK(options_of("?pretty=true", nullptr) == "pretty=true");
  CHECK(options_of("?pretty=yes", "ack_conflation=1s") == "ack_conflation=1s,pretty=true");
  CHECK(options_of("?pretty=true", "pretty=false") == "pretty=false");
  CHECK(options_of("?pretty=false", nullptr).empty());
  CHECK(options_of("", nullptr).empty());
}

TEST_CASE("CPP-146 CPP-147: disconnecting on purpose tells no handler, and the client connects again") {
  RunningBroker broker;
  Received lost, received;
  AMPS::Client client = connected(broker, "leaves");
  client.setDisconnectHandler([&](AMPS::Client&) { lost.add("lost"); });
  CHECK(client.getURI() == broker.uri());
  client.disconnect();
  client.disconnect();
  CHECK_THROWS_AS(client.publish("t", "d"), AMPS::DisconnectedException);
  client.connect(broker.uri());
  client.logon(5000);
  client.subscribe([&](Message& m) { received.add(m.getData()); }, "t");
  client.publish("t", "again");
  CHECK(received.joined(1) == "again");
  CHECK(lost.wait_for(0).empty());
}

TEST_CASE("CPP-134: a connection ends with the last handle of its client") {
  RunningBroker broker;
  Received gone;
  AMPS::Client watcher = connected(broker, "watcher");
  watcher.subscribe(
      [&](Message& m) {
        const std::string event = m.getData();
        if (event.find("\"disconnect\"") != std::string::npos) gone.add(event);
      },
      "/AMPS/ClientStatus");
  {
    AMPS::Client copy("unused");
    {
      AMPS::Client client = connected(broker, "short-lived");
      copy = client;
    }
    copy.publishFlush(5000);  // Still there.
    CHECK(copy.getName() == "short-lived");
  }
  CHECK(gone.joined(1).find("short-lived") != std::string::npos);
}

TEST_CASE(
    "CPP-324: an answer that does not come in time is a TimedOutException, and the command is taken back") {
  struct Deaf {
    static amps_result filter(amps_transport_bytes_t* bytes, void* on) {
      if (bytes->incoming && *static_cast<std::atomic<bool>*>(on)) bytes->bytes.len = 0;
      return AMPS_E_OK;
    }
  };
  RunningBroker broker;
  std::atomic<bool> is_deaf{false};
  facade::Outgoing sent;
  AMPS::Client client = connected(broker, "impatient");
  sent.attach(client);
  amps_transport_filter_t filter{};
  filter.struct_size = sizeof filter;
  filter.fn = &Deaf::filter;
  filter.userdata = &is_deaf;
  REQUIRE(amps_client_set_transport_filter(static_cast<amps_client_t*>(client.getHandle()), &filter) ==
          AMPS_E_OK);
  is_deaf = true;
  CHECK_THROWS_AS(client.subscribe("orders", 20), AMPS::TimedOutException);
  CHECK_THROWS_AS(client.publishFlush(20), AMPS::TimedOutException);
  is_deaf = false;
  client.publishFlush(5000);
  client.disconnect();
}

TEST_CASE("CPP-191 CPP-251: a listener given by reference is told, and replaced") {
  RunningBroker broker;
  Received first_failures, second_failures;
  const KeptFailures first(&first_failures), second(&second_failures);
  AMPS::Client client = connected(broker, "reports");
  client.setExceptionListener(first);
  CHECK(client.getExceptionListener() == &first);
  client.subscribe([](Message& m) { throw std::runtime_error(m.getData()); }, "t");
  client.publish("t", "one");
  CHECK(first_failures.joined(1).find("one") != std::string::npos);
  client.setExceptionListener(second);
  client.publish("t", "two");
  CHECK(second_failures.joined(1).find("two") != std::string::npos);
  client.setExceptionListener(std::shared_ptr<const AMPS::ExceptionListener>());
  CHECK(client.getExceptionListener() == nullptr);
  CHECK(first_failures.wait_for(1).size() == 1);
}
