// SPDX-License-Identifier: Apache-2.0
#include "client/queue_acks.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "session_fixture.h"

using namespace test;

namespace {

struct QueueFixture : ClientFixture {
  void deliver(int number) {
    peer->send(R"({"c":"p","t":"q","sids":"s","bm":"1|)" + std::to_string(number) + R"(|","lp":"x"})" +
               std::to_string(number));
  }
};

}  // namespace

TEST_CASE_FIXTURE(QueueFixture, "automatic acks follow the handler: done, or cancel when it throws") {
  amps_client_set_number(client, AMPS_CLIENT_AUTO_ACK, 1);
  log_on();
  Inbox inbox;
  inbox.on_message = [](amps_message_ref_t* message) {
    if (text(message->body->data) == "2") throw std::runtime_error("no");
  };
  subscribe(inbox, "s");
  deliver(1);
  deliver(2);
  const auto done = peer->read_command("sow_delete");
  CHECK(done->get(AMPS_Bookmark) == "1|1|");
  CHECK(done->get(AMPS_Options).empty());
  const auto cancelled = peer->read_command("sow_delete");
  CHECK(cancelled->get(AMPS_Bookmark) == "1|2|");
  CHECK(cancelled->get(AMPS_Options) == "cancel");
}

TEST_CASE_FIXTURE(QueueFixture, "batches go out when full, never larger than the granted backlog") {
  amps_client_set_number(client, AMPS_CLIENT_AUTO_ACK, 1);
  amps_client_set_number(client, AMPS_CLIENT_ACK_BATCH_SIZE, 10);
  log_on();
  Inbox inbox;
  Command command(AMPS_COMMAND_Subscribe, "q");
  command.set(AMPS_SubscriptionId, "s").set(AMPS_Options, "max_backlog=9");
  auto call = async([&] { return execute(command, &inbox); });
  peer->ack(*peer->read_command("subscribe"), R"(,"opts":"max_backlog=2")");
  REQUIRE(call.get() == AMPS_E_OK);
  for (int i = 1; i <= 4; ++i) deliver(i);
  CHECK(peer->read_command("sow_delete")->get(AMPS_Bookmark) == "1|1|,1|2|");
  CHECK(peer->read_command("sow_delete")->get(AMPS_Bookmark) == "1|3|,1|4|");
}

TEST_CASE_FIXTURE(QueueFixture, "an unfinished batch goes out in time, on flush and before a disconnect") {
  amps_client_set_number(client, AMPS_CLIENT_ACK_BATCH_SIZE, 10);
  amps_client_set_number(client, AMPS_CLIENT_ACK_TIMEOUT_MS, 20);
  log_on();
  CHECK(amps_client_ack(client, span("q"), span("1|1|"), span("")) == AMPS_E_OK);
  CHECK(peer->read_command("sow_delete")->get(AMPS_Bookmark) == "1|1|");
  amps_client_set_number(client, AMPS_CLIENT_ACK_TIMEOUT_MS, 60'000);
  (void)amps_client_ack(client, span("q"), span("1|2|"), span(""));
  CHECK(amps_client_flush_acks(client) == AMPS_E_OK);
  CHECK(peer->read_command("sow_delete")->get(AMPS_Bookmark) == "1|2|");
  (void)amps_client_ack(client, span("q"), span("1|3|"), span(""));
  amps_client_disconnect(client);
  CHECK(peer->read_command("sow_delete")->get(AMPS_Bookmark) == "1|3|");
}

TEST_CASE_FIXTURE(QueueFixture, "a message kept by the program is acknowledged later, others never are") {
  log_on();
  std::vector<amps_message_t*> kept;  // The handler's until all_kept.
  std::promise<void> all_kept;
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t* message) {
    kept.push_back(static_cast<amps_message_t*>(amps_message_copy(message->body)));
    if (kept.size() == 2) all_kept.set_value();
  };
  subscribe(inbox, "s");
  publish_to("s", "no queue");
  deliver(7);
  REQUIRE(all_kept.get_future().wait_for(kPatience) == std::future_status::ready);
  CHECK(amps_message_ack(kept[0], span("")) == AMPS_E_OK);
  CHECK(amps_message_ack(kept[1], span("expire")) == AMPS_E_OK);
  const auto ack = peer->read_command("sow_delete");
  CHECK(ack->get(AMPS_Bookmark) == "1|7|");
  CHECK(ack->get(AMPS_Options) == "expire");
  amps_client_release(std::exchange(client, nullptr));
  CHECK(amps_message_ack(kept[1], span("")) != AMPS_E_OK);  // The client has gone; nothing breaks.
  for (amps_message_t* message : kept) amps_message_release(message);
}
