// SPDX-License-Identifier: Apache-2.0
#include "client/message_stream.h"

#include <doctest/doctest.h>

#include "session_fixture.h"

using namespace test;
using std::chrono::milliseconds;

namespace {

struct StreamFixture : ClientFixture {
  ~StreamFixture() { amps_stream_release(stream); }
  void open(std::uint32_t command = AMPS_COMMAND_Subscribe) {
    Command message(command, "t");
    message.set(AMPS_CommandId, "s");
    auto call = async([&] { return amps_client_execute_stream(client, message.get(), 0, 0, &stream); });
    sent = peer->accept(command == AMPS_COMMAND_SOW ? "sow" : "subscribe");
    REQUIRE(call.get() == AMPS_E_OK);
  }
  // The data of the next message, or what happened instead.
  std::string next(std::uint32_t timeout_ms = 10'000) {
    amps_message_ref_t message{};
    amps_stream_state_t state{};
    if (amps_stream_next(stream, timeout_ms, &message, &state) != AMPS_E_OK) return "failed";
    if (state == AMPS_STREAM_TIMED_OUT) return "timed out";
    if (state == AMPS_STREAM_ENDED) return "ended";
    const std::string data = text(message.body->data);
    amps_message_release(message.body);
    return data;
  }
  amps_stream_t* stream = nullptr;
  std::unique_ptr<Frame> sent;
};

}  // namespace

TEST_CASE_FIXTURE(StreamFixture, "a stream yields messages, times out, and ends with the connection") {
  log_on();
  open();
  CHECK(next(10) == "timed out");
  publish_to("s", "1");
  publish_to("s", "2");
  CHECK(next() == "1");
  CHECK(next() == "2");
  publish_to("s", "3");
  peer->close();
  CHECK(next() == "3");
  CHECK(next() == "ended");
}

TEST_CASE_FIXTURE(StreamFixture, "a query's stream ends after the query") {
  log_on();
  open(AMPS_COMMAND_SOW);
  peer->send(R"({"c":"sow","t":"t","query_id":"s","bs":1}{"k":"1","l":3}one)");
  peer->ack(*sent, "", "completed");
  CHECK(next() == "one");
  CHECK(next() == "ended");
}

TEST_CASE_FIXTURE(StreamFixture, "closing a stream unsubscribes and wakes its reader") {
  log_on();
  open();
  auto reader = async([&] { return next(0); });
  amps_stream_close(stream);
  CHECK(reader.get() == "ended");
  CHECK(peer->read_command("unsubscribe")->get(AMPS_SubscriptionId) == "s");
  amps_stream_close(stream);
}

TEST_CASE_FIXTURE(StreamFixture, "a full stream pauses reading, and acks still come") {
  log_on();
  open();
  amps_stream_set_max_depth(stream, 2);
  for (int i = 0; i < 10; ++i) publish_to("s", std::to_string(i));
  REQUIRE(eventually([&] { return amps_stream_depth(stream) == 2; }));
  Inbox other;
  subscribe(other, "t");
  CHECK(amps_stream_depth(stream) == 2);
  for (int i = 0; i < 10; ++i) CHECK(next() == std::to_string(i));
  amps_stream_set_max_depth(stream, 1);
  for (int i = 0; i < 10; ++i) publish_to("s", "x");
  amps_client_disconnect(client);  // Does not wait for the reader.
}

TEST_CASE_FIXTURE(StreamFixture, "a conflating stream keeps the newest of each key") {
  log_on();
  open();
  amps_stream_set_conflating(stream, 1);
  for (const char* key : {"a", "b", "a"}) {
    static int count = 0;
    peer->send(std::string(R"({"c":"p","t":"t","sids":"s","k":")") + key + "\"}" + key +
               std::to_string(++count));
  }
  publish_to("s", "no key");
  REQUIRE(eventually([&] { return amps_stream_depth(stream) == 3; }));
  CHECK(next() == "a3");
  CHECK(next() == "b2");
  CHECK(next() == "no key");
}

TEST_CASE_FIXTURE(StreamFixture, "a queue message is acknowledged when the next one is asked for") {
  amps_client_set_number(client, AMPS_CLIENT_AUTO_ACK, 1);
  log_on();
  open();
  peer->send(R"({"c":"p","t":"q","sids":"s","bm":"1|1|","lp":"x"}job)");
  CHECK(next() == "job");
  CHECK(next(10) == "timed out");
  const auto ack = peer->read_command("sow_delete");
  CHECK(ack->get(AMPS_Bookmark) == "1|1|");
  CHECK(ack->get(AMPS_Topic) == "q");
}

TEST_CASE_FIXTURE(StreamFixture, "a stream of a command without an answer has ended") {
  log_on();
  Command message(AMPS_COMMAND_Publish, "t");
  REQUIRE(amps_client_execute_stream(client, message.get(), 0, 0, &stream) == AMPS_E_OK);
  CHECK(next() == "ended");
}
