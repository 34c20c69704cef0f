// SPDX-License-Identifier: Apache-2.0
#include "client/dispatcher.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "session_fixture.h"

using namespace test;

TEST_CASE_FIXTURE(ClientFixture, "a message goes once to each known id, with that id") {
  log_on();
  Inbox one, two;
  subscribe(one, "a");
  subscribe(two, "b");
  publish_to("a,unknown,b", "both");
  publish_to("b", "only b");
  REQUIRE(two.wait(2));
  CHECK(one.count() == 1);
  CHECK(one.at(0).sub_id == "a");
  CHECK(one.at(0).data == "both");
  CHECK(two.at(0).sub_id == "b");
  CHECK(two.at(1).data == "only b");
}

TEST_CASE_FIXTURE(ClientFixture, "what nobody wants goes to unhandled, then to the last chance") {
  log_on();
  Inbox last, unhandled;
  const amps_handler_t to_last = last.handler();
  const amps_handler_t to_unhandled = unhandled.handler();
  amps_client_set_handler(client, AMPS_SLOT_LAST_CHANCE, &to_last);
  publish_to("nobody", "1");
  REQUIRE(last.wait(1));
  amps_client_set_handler(client, AMPS_SLOT_UNHANDLED, &to_unhandled);
  publish_to("nobody", "2");
  REQUIRE(unhandled.wait(1));
  REQUIRE(last.wait(2));
  CHECK(number(AMPS_CLIENT_UNKNOWN_SUBSCRIPTION_COUNT) == 2);
  amps_client_set_handler(client, AMPS_SLOT_LAST_CHANCE, nullptr);
  CHECK(eventually([&] { return last.released() == 1; }));
}

TEST_CASE_FIXTURE(ClientFixture, "an exception of a handler is reported and delivery goes on") {
  log_on();
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t* message) {
    if (text(message->body->data) == "std") throw std::runtime_error("the handler's words");
    if (text(message->body->data) == "odd") throw 1;
  };
  subscribe(inbox, "s");
  publish_to("s", "std");
  publish_to("s", "odd");
  publish_to("s", "fine");
  REQUIRE(inbox.wait(3));
  REQUIRE(reports().size() == 2);
  CHECK(reports()[0].find("the handler's words") != std::string::npos);
}

TEST_CASE_FIXTURE(ClientFixture, "a handler of a command sees every message of it") {
  log_on();
  Inbox inbox, all;
  const amps_handler_t to_all = all.handler();
  amps_client_set_command_handler(client, AMPS_COMMAND_Publish, &to_all);
  subscribe(inbox, "s");
  publish_to("s", "1");
  publish_to("nobody", "2");
  REQUIRE(all.wait(2));
  CHECK(inbox.count() == 1);
}

TEST_CASE_FIXTURE(ClientFixture, "records of a query come one by one, and the query ends by itself") {
  log_on();
  Inbox inbox;
  Command query(AMPS_COMMAND_SOW, "topic");
  query.set(AMPS_CommandId, "q");
  auto call = async([&] { return execute(query, &inbox); });
  const auto command = peer->accept("sow");
  CHECK(command->get(AMPS_AckType) == "processed,completed");
  CHECK(command->get(AMPS_QueryId) == "q");
  CHECK(call.get() == AMPS_E_OK);
  peer->send(R"({"c":"group_begin","query_id":"q"})");
  peer->send(R"({"c":"sow","t":"topic","query_id":"q","bs":2}{"k":"1","l":3}one{"k":"2","l":3}two)");
  peer->send(R"({"c":"group_end","query_id":"q"})");
  peer->ack(*command, R"(,"query_id":"q")", "completed");
  REQUIRE(eventually([&] { return inbox.released() == 1; }));
  REQUIRE(inbox.count() == 4);  // The completed ack is ours alone.
  CHECK(inbox.at(0).command == "group_begin");
  CHECK(inbox.at(1).data == "one");
  CHECK(inbox.at(2).data == "two");
  CHECK(inbox.at(3).command == "group_end");
}

TEST_CASE_FIXTURE(ClientFixture, "a handler sees only the acks it asked for") {
  log_on();
  Inbox quiet, curious;
  subscribe(quiet, "a");
  subscribe(curious, "b", AMPS_ACK_Processed);
  REQUIRE(curious.wait(1));
  CHECK(curious.at(0).ack_type == "processed");
  publish_to("a", "x");
  REQUIRE(quiet.wait(1));
  CHECK(quiet.at(0).command == "p");
}

TEST_CASE_FIXTURE(ClientFixture, "a message a handler kept stays as it was") {
  log_on();
  std::vector<amps_message_t*> kept;
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t* message) {
    amps_message_retain(message->body);
    kept.push_back(message->body);
  };
  subscribe(inbox, "s");
  publish_to("s", "first");
  publish_to("s", "second");
  REQUIRE(inbox.wait(2));
  amps_client_disconnect(client);
  CHECK(text(kept[0]->data) == "first");
  CHECK(text(kept[1]->data) == "second");
  CHECK(text(kept[0]->fields[AMPS_SubscriptionId]) == "s");
  for (amps_message_t* message : kept) amps_message_release(message);
}

TEST_CASE_FIXTURE(ClientFixture,
                  "a handler released by its own unsubscribe is released once, after it returned") {
  log_on();
  std::size_t released_inside = 9;
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t*) {
    amps_client_unsubscribe(client, span("s"));
    released_inside = inbox.released();
  };
  subscribe(inbox, "s");
  publish_to("s", "1");
  publish_to("s", "2");
  CHECK(peer->read_command("unsubscribe")->get(AMPS_SubscriptionId) == "s");
  CHECK(eventually([&] { return inbox.released() == 1; }));
  CHECK(released_inside == 0);
  CHECK(inbox.count() == 1);
}

TEST_CASE_FIXTURE(ClientFixture, "unknown acks are counted and shown to the last chance") {
  log_on();
  Inbox last;
  const amps_handler_t to_last = last.handler();
  amps_client_set_handler(client, AMPS_SLOT_LAST_CHANCE, &to_last);
  peer->send(R"({"c":"ack","cid":"nobody","a":"processed","status":"success"})");
  REQUIRE(last.wait(1));
  CHECK(number(AMPS_CLIENT_UNKNOWN_ACK_COUNT) == 1);
}

TEST_CASE_FIXTURE(ClientFixture, "a refused publish goes to the failed-write handler") {
  log_on();
  struct Failed {
    std::promise<std::string> reason;
  } failed;
  amps_failed_write_handler_t handler{};
  handler.struct_size = sizeof handler;
  handler.userdata = &failed;
  handler.fn = [](amps_message_ref_t*, amps_span_t reason, void* userdata) {
    static_cast<Failed*>(userdata)->reason.set_value(text(reason));
  };
  amps_client_set_failed_write_handler(client, &handler);
  peer->send(R"({"c":"ack","a":"persisted","status":"failure","s":3,"reason":"not entitled"})");
  CHECK(failed.reason.get_future().get() == "not entitled");
}

namespace {
std::atomic<int> before_wait_calls;
}

TEST_CASE_FIXTURE(ClientFixture, "before_wait runs once a block, and only for batched handlers") {
  before_wait_calls = 0;
  amps_delivery_hooks_t hooks{};
  hooks.struct_size = sizeof hooks;
  hooks.before_wait = [] { ++before_wait_calls; };
  amps_set_delivery_hooks(&hooks);
  log_on();
  Inbox plain, batched;
  subscribe(plain, "a");
  const amps_handler_t to_batched = batched.handler(AMPS_HANDLER_BATCHED);
  amps_client_add_route(client, span("b"), &to_batched, 0, 1);
  publish_to("a", "1");
  REQUIRE(plain.wait(1));
  CHECK(before_wait_calls == 0);
  publish_to("b", "1");
  CHECK(eventually([] { return before_wait_calls == 1; }));
  amps_client_disconnect(client);
  const amps_delivery_hooks_t none{sizeof none, nullptr, nullptr};
  amps_set_delivery_hooks(&none);
}

namespace {

struct BookmarkFixture : HaFixture {
  const amps_bookmark_store_vt_t* table = nullptr;
  void* store = nullptr;

  BookmarkFixture() {
    REQUIRE(amps_memory_bookmark_store_new(&table, &store) == AMPS_E_OK);
    REQUIRE(amps_client_set_bookmark_store(client, table, store) == AMPS_E_OK);
    start();
  }
  ~BookmarkFixture() { table->release(store); }
  // Subscribes from the beginning of the log.
  void replay(Inbox& inbox) {
    Command command(AMPS_COMMAND_Subscribe, "t");
    command.set(AMPS_SubscriptionId, "s").set(AMPS_Bookmark, "0");
    auto call = async([&] { return execute(command, &inbox); });
    peer->ack(*peer->read_command("subscribe"));
    REQUIRE(call.get() == AMPS_E_OK);
  }
  // What the subscription asks for on the next connection.
  std::string resumes_after() {
    peer = server.accept();
    peer->accept_logon();
    const auto command = peer->read_command("subscribe");
    peer->ack(*command);
    return std::string(command->get(AMPS_Bookmark));
  }
  static std::string message(const char* bookmark) {
    return framed(std::string(R"({"c":"p","t":"t","sub_id":"s","bm":")") + bookmark + "\"}");
  }
};

}  // namespace

TEST_CASE_FIXTURE(BookmarkFixture, "C3: what a lost connection still said does not move the resume point") {
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t* message) {
    CHECK(table->discard(store, message) == AMPS_E_OK);
    if (inbox.count() == 1) core().session().connection()->fail({AMPS_E_DISCONNECTED, "silence"});
  };
  replay(inbox);
  // The messages after the loss are not delivered, so the acknowledgement is not of what was had.
  peer->send_raw(message("1|1|") + message("1|2|") +
                 framed(R"({"c":"ack","a":"persisted","sub_id":"s","bm":"1|2|"})"));
  CHECK(resumes_after() == "1|1|");
  peer->send_raw(message("1|2|"));
  CHECK(inbox.wait(2));
}
