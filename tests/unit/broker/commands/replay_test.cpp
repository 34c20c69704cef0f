// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/replay.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "support/logged_broker.h"

using raw::Client;
using raw::Frame;
using raw::LoggedBroker;

namespace {

std::string member(const std::string& name, const std::string& value) {
  return value.empty() ? std::string() : ",\"" + name + "\":\"" + value + "\"";
}

struct Fixture {
  LoggedBroker broker;
  std::unique_ptr<Client> publisher;
  std::unique_ptr<Client> client;
  int sequence = 0;

  explicit Fixture(const std::string& topics = ".*") : broker(topics) {
    broker.with_manual_clock().start();
    connect();
  }
  void connect() {
    publisher = std::make_unique<Client>(broker.port());
    publisher->logon("publisher");
    client = std::make_unique<Client>(broker.port());
    client->logon("reader");
  }
  // Durable when it returns.
  void publish(int count, const std::string& topic = "t") {
    for (int i = 0; i < count; ++i) {
      ++sequence;
      raw::publish_numbered(*publisher, topic, sequence, "{\"n\":" + std::to_string(sequence) + "}");
    }
    publisher->send_frame(R"({"c":"flush","cid":"f","a":"persisted"})");
    publisher->ack("f");
  }
  // The processed ack.
  Frame subscribe(const std::string& topic, const std::string& bookmark, const std::string& options = {},
                  const std::string& id = "s", const std::string& more = {}) {
    client->send_frame(R"({"c":"subscribe","cid":"c-)" + id + R"(","a":"processed,completed")" +
                       member("t", topic) + member("bm", bookmark) + member("opts", options) +
                       member("sub_id", id) + more + "}");
    return client->ack("c-" + id);
  }
  std::string reason(const std::string& topic, const std::string& bookmark, const std::string& options = {},
                     const std::string& more = {}) {
    return subscribe(topic, bookmark, options, "r", more).get("reason");
  }
  // The next frames, in short: bodies' numbers, and "done" for completed.
  std::string take(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      const Frame frame = client->next();
      if (!text.empty()) text += ' ';
      text += frame.is("p") ? frame.body.substr(5, frame.body.size() - 6) : "done";
      last = frame;
    }
    return text;
  }
  Frame last;
};

}  // namespace

TEST_CASE("TXL-02 TXL-03 TXL-11: a replay from EPOCH, with bookmarks, completed and live") {
  Fixture at;
  at.publish(3);
  CHECK(at.subscribe("t", "0", "timestamp").get("status") == "success");
  CHECK(at.take(1) == "1");
  CHECK(at.last.get("sids") == "s");
  CHECK(at.last.get("t") == "t");
  CHECK(at.last.get("ts") == "20231114T221320.000000Z");
  const std::string bookmark = at.last.get("bm");
  CHECK(bookmark.substr(bookmark.find('|')) == "|1|");
  CHECK(at.take(3) == "2 3 done");
  CHECK(at.last.get("cid") == "c-s");
  CHECK(at.last.get("sub_id") == "s");
  CHECK(at.last.get("bm") == bookmark.substr(0, bookmark.find('|')) + "|3|");
  at.publish(2);
  CHECK(at.take(2) == "4 5");
  CHECK_FALSE(at.client->has_frame());
}

TEST_CASE(
    "TXL-05 TXL-37: after a restart of the broker a replay goes on after the bookmark, in the same order") {
  Fixture at;
  at.publish(5);
  at.subscribe("t", "0");
  CHECK(at.take(2) == "1 2");
  const std::string bookmark = at.last.get("bm");
  at.client.reset();
  at.publisher.reset();
  at.broker.restart();
  at.connect();
  at.publish(1);
  at.subscribe("t", bookmark);
  CHECK(at.take(5) == "3 4 5 6 done");
}

TEST_CASE("TXL-13 TXL-14: filters and patterns") {
  Fixture at("^logged");
  at.publish(2, "logged/a");
  at.publish(2, "other");
  at.publish(2, "logged/b");
  at.subscribe(".*", "0", "", "s", R"(,"filter":"/n != 2")");
  CHECK(at.take(4) == "1 5 6 done");
  CHECK(at.last.get("bm").substr(at.last.get("bm").find('|')) == "|6|");
}

TEST_CASE("TXL-36: what is not in the log cannot be replayed") {
  Fixture at("^logged");
  CHECK(at.reason("other", "0") == "invalid topic");
  CHECK(at.reason("other", "0|1|") == "invalid topic");
  CHECK(at.reason("logged", "0") == "");
}

TEST_CASE("TXL-08 TXL-09: ranges and bookmarks that are refused") {
  Fixture at;
  at.publish(3);
  CHECK(at.reason("t", "[0:0|1|") == "invalid bookmark");
  CHECK(at.reason("t", "[:0]") == "invalid bookmark");
  CHECK(at.reason("t", "77|1|", "bookmark_not_found=fail") == "bookmark not found");
  CHECK(at.reason("t", "77|1|", "bookmark_not_found=soon") == "invalid options");
  CHECK(at.broker.count("subscriptions") == 0);
  at.subscribe("t", "77|1|", "bookmark_not_found=epoch");
  CHECK(at.take(4) == "1 2 3 done");
  at.subscribe("t", "[0:0|1|)", "", "range");
  CHECK(at.take(4) == "1 2 3 done");
  at.publish(1);
  CHECK(at.take(1) == "4");
  CHECK(at.last.get("sids") == "s");
}

TEST_CASE("ACK-12: options that exclude each other") {
  Fixture at;
  for (const char* options : {"live,rate=5", "live,pause", "pause,resume", "rate=0", "rate", "rate=fast",
                              "rate_max_gap=1s", "rate=5,rate_max_gap=1s"}) {
    CAPTURE(options);
    CHECK(at.reason("t", "0", options) == "invalid options");
  }
  CHECK(at.reason("t", "0", "", R"(,"top_n":5)") == "invalid options");
  CHECK(at.reason("t", "0|1|", "", R"(,"top_n":5)") == "invalid options");
  CHECK(at.reason("t", "77|1|", "", R"(,"top_n":0)") == "invalid options");
  CHECK(at.reason("t", "77|1|", "", R"(,"skip_n":1)") == "invalid options");
  CHECK(at.reason("t", "", "rate=5") == "invalid options");
}

TEST_CASE("TXL-34: top_n messages after a bookmark") {
  Fixture at;
  at.publish(5);
  at.subscribe("t", "19700101T000000Z", "", "s", R"(,"top_n":2)");
  CHECK(at.take(3) == "1 2 done");
  at.publish(1);
  at.client->expect_nothing();
}

TEST_CASE("TXL-15: a rate in messages, on the broker's clock") {
  Fixture at;
  at.publish(3);
  at.subscribe("t", "0", "rate=10");
  CHECK(at.take(1) == "1");
  at.client->expect_nothing();
  at.broker.advance_ms(100);
  CHECK(at.take(1) == "2");
  at.client->expect_nothing();
  at.broker.advance_ms(100);
  CHECK(at.take(2) == "3 done");
}

TEST_CASE("TXL-12: progress is told while nothing matches") {
  Fixture at;
  at.publish(2);
  at.client->send_frame(
      R"({"c":"subscribe","cid":"1","sub_id":"s","t":"nothing","bm":"0","a":"processed,persisted"})");
  at.client->ack("1");
  const Frame first = at.client->next("ack");
  CHECK(first.get("a") == "persisted");
  CHECK(first.get("sub_id") == "s");
  CHECK_FALSE(first.has("cid"));
  CHECK(first.get("bm").substr(first.get("bm").find('|')) == "|2|");
  at.publish(1);
  at.client->expect_nothing();
  at.broker.advance_ms(1'000);
  const Frame second = at.client->next("ack");
  CHECK(second.get("bm").substr(second.get("bm").find('|')) == "|3|");
}

TEST_CASE("TXL-17 TXL-18: pause and resume, alone and together") {
  Fixture at;
  at.publish(1, "a");
  at.publish(1, "b");
  at.publish(1, "a");
  CHECK(at.subscribe("a", "0", "pause", "A").get("status") == "success");
  CHECK(at.subscribe("b", "0", "pause", "B").get("status") == "success");
  at.client->expect_nothing();
  CHECK(at.subscribe("", "", "resume", "A,B").get("sub_id") == "A,B");
  CHECK(at.take(5) == "1 2 3 done done");
  CHECK(at.subscribe("", "", "pause", "A").get("status") == "success");
  at.publish(1, "a");
  at.publish(1, "b");
  CHECK(at.take(1) == "5");
  CHECK(at.subscribe("a", "", "resume", "A").get("status") == "success");
  CHECK(at.take(1) == "4");
}

TEST_CASE("TXL-17: what cannot be paused or resumed") {
  Fixture at;
  at.client->subscribe("t", "plain");
  CHECK(at.reason("t", "", "resume") == "invalid subid");
  CHECK(at.reason("t", "", "pause") == "invalid subid");
  CHECK(at.subscribe("t", "", "pause", "plain").get("reason") == "invalid options");
  CHECK(at.subscribe("t", "", "resume", "plain").get("reason") == "invalid options");
  at.subscribe("t", "0", "", "s");
  CHECK(at.take(1) == "done");
  CHECK(at.subscribe("t", "", "pause", "s,unknown").get("reason") == "invalid subid");
  at.publish(1);
  CHECK(at.take(2) == "1 1");  // Nothing was paused.
}

TEST_CASE("SUB-07 SUB-08: replace keeps the place in the log") {
  Fixture at;
  at.publish(1, "a");
  at.subscribe("a", "0");
  CHECK(at.take(2) == "1 done");
  CHECK(at.reason("b", "0", "").empty());
  CHECK(at.take(1) == "done");
  CHECK(at.subscribe("a", "0").get("reason") == "subscription already exists");
  SUBCASE("with a bookmark, which is not gone back to") {
    CHECK(at.subscribe("^[ab]$", "0", "replace").get("status") == "success");
    CHECK(at.take(1) == "done");
  }
  SUBCASE("without one") {
    at.client->command(R"("c":"subscribe","t":"^[ab]$","sub_id":"s","opts":"replace")");
  }
  SUBCASE("what was no replay goes on where it is") {
    at.client->command(R"("c":"subscribe","t":"^[ab]$","sub_id":"plain")");
    CHECK(at.subscribe("^[ab]$", "0", "replace", "plain").get("status") == "success");
    CHECK(at.take(1) == "done");
    at.client->command(R"("c":"unsubscribe","sub_id":"s")");
  }
  at.client->command(R"("c":"unsubscribe","sub_id":"r")");
  at.publish(1, "a");
  at.publish(1, "b");
  CHECK(at.take(2) == "2 3");
}

TEST_CASE("a replay that becomes a query, and one that ends in the middle") {
  Fixture at;
  at.publish(3);
  at.subscribe("t", "0");
  CHECK(at.take(4) == "1 2 3 done");
  CHECK(at.client->command(R"("c":"unsubscribe","sub_id":"s")").get("status") != "failure");
  CHECK(at.broker.count("subscriptions") == 0);
  at.subscribe("nothing", "0", "", "q");
  at.client->send_frame(R"({"c":"sow_and_subscribe","t":"t","sub_id":"q","opts":"replace"})");
  at.broker.wait_for_count("subscriptions", 1);
  at.client.reset();
  at.broker.wait_for_count("subscriptions", 0);
}

TEST_CASE("REL-09: a client whose replay meets damage is disconnected, and the log says where") {
  Fixture at;
  at.publish(3);
  at.client.reset();
  at.publisher.reset();
  at.broker.restart();
  const std::string path = "journal/" + at.broker.configuration.name + ".0000000001.journal";
  std::unique_ptr<amps::File> file;
  REQUIRE(at.broker.memory.open(path, amps::OpenMode::kReadWrite, &file).ok());
  REQUIRE(file->write_at(300, "garbage").ok());
  Client client(at.broker.port());
  client.logon("reader");
  client.send_frame(R"({"c":"subscribe","cid":"1","t":"t","bm":"0"})");
  client.wait_closed();
  at.broker.log.wait_for("replay failed: journal file '" + path + "' is damaged at offset");
}

TEST_CASE("TXL-10: replays that begin while messages are published miss none and repeat none") {
  LoggedBroker broker;
  broker.with(AMPS_BROKER_IO_THREADS, 3).start();
  constexpr int kMessages = 3'000;
  std::thread publishing([&] {
    Client publisher(broker.port());
    publisher.logon("publisher");
    std::string block;
    for (int i = 1; i <= kMessages; ++i) {
      block += raw::frame(R"({"c":"p","t":"t","s":)" + std::to_string(i) + "}", std::to_string(i));
      if (i % 10 == 0) publisher.send(std::exchange(block, {}));
    }
    publisher.send_frame(R"({"c":"flush","cid":"f","a":"processed"})");
    publisher.ack("f");
  });
  std::vector<std::thread> readers;
  std::vector<std::string> failures(6);
  for (std::size_t number = 0; number < failures.size(); ++number) {
    readers.emplace_back([&, number] {
      Client client(broker.port());
      client.logon("reader-" + std::to_string(number));
      client.send_frame(R"({"c":"subscribe","cid":"1","t":"t","bm":"0","a":"completed"})" + std::string());
      int expected = 1;
      int completed = 0;
      while (expected <= kMessages || completed == 0) {
        const Frame frame = client.next();
        if (frame.is("ack")) {
          ++completed;
        } else if (frame.body != std::to_string(expected++)) {
          failures[number] = "got " + frame.body + " for " + std::to_string(expected - 1);
          return;
        }
      }
      if (completed != 1) failures[number] = "completed more than once";
    });
  }
  for (std::thread& reader : readers) reader.join();
  publishing.join();
  for (const std::string& failure : failures) CHECK(failure == "");
}

TEST_CASE("SLO-06: a reader that stands still is not cut off, and holds nobody up") {
  LoggedBroker broker;
  broker.with(AMPS_BROKER_CLIENT_OUTBOX_BYTES_MAX, 1u << 20).start();
  Client publisher(broker.port()), slow(broker.port()), other(broker.port());
  publisher.logon("publisher");
  slow.logon("slow");
  other.logon("other");
  constexpr int kMessages = 400;
  const std::string body(20'000, 'x');
  for (int i = 1; i <= kMessages; ++i) publisher.publish("t", body + std::to_string(i));
  publisher.expect_nothing();
  slow.send_frame(R"({"c":"subscribe","cid":"1","t":"t","bm":"0"})");
  other.send_frame(R"({"c":"subscribe","cid":"1","t":"t","bm":"0"})");
  for (int i = 1; i <= kMessages; ++i) REQUIRE(other.next("p").body == body + std::to_string(i));
  for (int i = 1; i <= kMessages; ++i) REQUIRE(slow.next("p").body == body + std::to_string(i));
  CHECK(broker.count("slow client") == 0);
}
