// SPDX-License-Identifier: Apache-2.0
// How messages reach a program: threads of handlers, streams, queue messages.
#include <doctest/doctest.h>
#include <amps/ampsplusplus.hpp>

#include <atomic>
#include <thread>

#include "broker.h"
#include "outgoing.h"

using AMPS::Message;
using facade::Outgoing;
using facade::Received;
using facade::RunningBroker;

namespace {

AMPS::Client connected(const RunningBroker& broker, const std::string& name) {
  AMPS::Client client(name);
  client.connect(broker.uri());
  client.logon(5000);
  return client;
}

// Makes a queue message of each message of topic "queue": the server side of queues is not the matter here.
struct QueueServer {
  static amps_result filter(amps_transport_bytes_t* bytes, void* self) {
    const std::string text(bytes->bytes.ptr, bytes->bytes.len);
    if (!bytes->incoming || text.find("\"t\":\"queue\"") == std::string::npos) return AMPS_E_OK;
    QueueServer* const server = static_cast<QueueServer*>(self);
    const std::string frame = R"({"c":"p","t":"queue","sids":"q","bm":"7|)" +
                              std::to_string(++server->count) + R"(|","lp":"20300101T000000.000000Z"}body)";
    server->bytes = std::string("\0\0\0", 3) + static_cast<char>(frame.size()) + frame;
    bytes->bytes = {server->bytes.data(), server->bytes.size()};
    return AMPS_E_OK;
  }
  void attach(AMPS::Client& client) {
    amps_transport_filter_t registered{};
    registered.struct_size = sizeof registered;
    registered.fn = &filter;
    registered.userdata = this;
    amps_client_set_transport_filter(static_cast<amps_client_t*>(client.getHandle()), &registered);
  }

  int count = 0;
  std::string bytes;
};

}  // namespace

TEST_CASE("CPP-119: a handler runs on one other thread, one call at a time, and may publish") {
  RunningBroker broker;
  Received received, answers;
  std::atomic<int> inside{0}, overlaps{0};
  AMPS::Client client = connected(broker, "receives"), other = connected(broker, "answers");
  std::thread::id thread;
  const AMPS::MessageHandler handler([&](Message& message) {
    if (inside.fetch_add(1) != 0) ++overlaps;
    if (thread == std::thread::id()) thread = std::this_thread::get_id();
    if (thread != std::this_thread::get_id()) ++overlaps;
    client.publish("answers", message.getData());
    other.publishFlush(5000);  // Waiting is fine on another client.
    --inside;
    received.add(message.getData());
  });
  client.subscribe(handler, "first");
  client.subscribe(handler, "second");
  other.subscribe([&](Message& message) { answers.add(message.getData()); }, "answers");
  for (int i = 0; i < 20; ++i) other.publish(i % 2 ? "first" : "second", std::to_string(i));
  CHECK(received.wait_for(20).size() == 20);
  CHECK(answers.wait_for(20).size() == 20);
  CHECK(overlaps == 0);
  CHECK(thread != std::this_thread::get_id());
  client.disconnect();
}

TEST_CASE("CPP-123 CPP-172: a range-for takes the stream of a command, which stays as it was") {
  RunningBroker broker;
  AMPS::Client client = connected(broker, "iterates"), other = connected(broker, "publishes");
  AMPS::Command command("subscribe");
  command.setTopic("t").setTimeout(5000);
  std::vector<std::string> got;
  AMPS::MessageStream stream = client.execute(command);
  CHECK(command.getMessage().getCommandId().empty());
  CHECK(command.getMessage().getSubscriptionId().empty());
  for (int i = 0; i < 3; ++i) other.publish("t", std::to_string(i));
  for (const Message& message : stream) {
    got.push_back(message.getData());
    if (got.size() == 3) break;
  }
  CHECK(got == std::vector<std::string>{"0", "1", "2"});
  AMPS::MessageStream again = client.execute(command);  // Executed a second time, with an id of its own.
  other.publish("t", "4");
  for (AMPS::MessageStream::iterator it = again.begin(); it != again.end(); ++it) {
    CHECK(it->getData() == "4");
    break;
  }
  CHECK(client.execute(AMPS::Command("publish").setTopic("t").setData("5")).begin() ==
        AMPS::MessageStream().end());
}

TEST_CASE("CPP-128: the last handle of a stream unsubscribes, and so does close") {
  RunningBroker broker;
  Received unwanted;
  Outgoing sent;
  AMPS::Client client = connected(broker, "forgets");
  sent.attach(client);
  client.setLastChanceMessageHandler([&](Message& message) { unwanted.add(message.getData()); });
  std::string id;
  for (int i = 0; i < 2; ++i) {
    AMPS::MessageStream copy;
    {
      AMPS::MessageStream stream = client.subscribe("t");
      copy = stream;
    }
    id = Outgoing::value(sent.header("subscribe"), "sub_id");
    client.publishFlush(5000);
    CHECK(Outgoing::value(sent.header("unsubscribe"), "sub_id") != id);  // The copy still holds it.
    if (i == 0) copy.close();
    if (i == 0) CHECK(copy.begin() == copy.end());
    copy = AMPS::MessageStream();
    client.publish("t", "nobody wants this");
    client.publishFlush(5000);
    CHECK(Outgoing::value(sent.header("unsubscribe"), "sub_id") == id);
  }
  CHECK(unwanted.wait_for(0).empty());
  client.disconnect();
}

TEST_CASE("CPP-126 CPP-127 CPP-124: a stream has a depth, a bound, and may keep the newest of each key") {
  RunningBroker broker;
  AMPS::Client client = connected(broker, "bounded");
  client.setDefaultMaxDepth(7);
  AMPS::MessageStream stream = client.subscribe("t");
  CHECK(stream.isValid());
  CHECK(stream.getMaxDepth() == 7);
  CHECK(stream.maxDepth(3).getMaxDepth() == 3);
  for (int i = 0; i < 3; ++i) client.publish("t", std::to_string(i));
  client.publishFlush(5000);
  CHECK(stream.getDepth() == 3);
  CHECK(stream.conflate().isValid());
  CHECK_FALSE(AMPS::MessageStream().isValid());
}

TEST_CASE("CPP-175: one subscription ends, then all") {
  RunningBroker broker;
  Received received;
  AMPS::Client client = connected(broker, "unsubscribes");
  const auto keep = [&](Message& message) { received.add(message.getTopic()); };
  const std::string first = client.subscribe(keep, "first");
  client.subscribe(keep, "second");
  client.subscribe(keep, "third");
  const auto publish_all = [&] {
    for (const char* topic : {"first", "second", "third"}) client.publish(topic, "d");
    client.publishFlush(5000);
  };
  client.unsubscribe(first);
  publish_all();
  CHECK(received.joined(2) == "second; third");
  client.unsubscribe();
  publish_all();
  CHECK(received.wait_for(2).size() == 2);
}

TEST_CASE(
    "CPP-059 CPP-181 CPP-184: queue messages are acknowledged by message, by client, and when a handler "
    "returns") {
  RunningBroker broker;
  QueueServer queue;
  Outgoing sent;
  Received received;
  AMPS::Client client = connected(broker, "consumes");
  sent.attach(client);
  queue.attach(client);
  client.subscribe(
      [&](Message& message) {
        const std::string bookmark = message.getBookmark();
        if (bookmark == "7|1|") message.ack();
        if (bookmark == "7|2|") client.ack(message, "cancel");
        if (bookmark == "7|4|") message.setIgnoreAutoAck();
        received.add(bookmark);
      },
      "queue", 5000, "", "", "q");
  const auto acks_after = [&](const char* data) {
    const size_t before = received.wait_for(0).size();
    client.publish("queue", data);
    received.wait_for(before + 1);
    client.flushAcks();
    client.publishFlush(5000);
    std::string all;
    for (const std::string& header : sent.headers("sow_delete")) {
      all += Outgoing::value(header, "bm") + Outgoing::value(header, "opts") + " ";
    }
    return all;
  };
  CHECK(acks_after("1") == "7|1| ");
  CHECK(acks_after("2") == "7|1| 7|2|cancel ");
  client.setAutoAck(true);
  CHECK(acks_after("3") == "7|1| 7|2|cancel 7|3| ");
  CHECK(acks_after("4") == "7|1| 7|2|cancel 7|3| ");
  client.disconnect();
}
