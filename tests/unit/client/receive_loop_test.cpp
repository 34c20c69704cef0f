// SPDX-License-Identifier: Apache-2.0
#include "client/receive_loop.h"

#include <doctest/doctest.h>

#include "session_fixture.h"
#include "wire/header_encoder.h"

using namespace test;

namespace {

std::string message(const std::string& body) {
  return framed(R"({"c":"p","t":"topic","sids":"s"})" + body);
}

}  // namespace

TEST_CASE_FIXTURE(ClientFixture, "frames are put together however the network cuts them") {
  log_on();
  Inbox inbox;
  subscribe(inbox, "s");
  for (const char byte : message("bit by bit")) peer->send_raw(std::string_view(&byte, 1));
  REQUIRE(inbox.wait(1));
  CHECK(inbox.at(0).data == "bit by bit");
  const std::string two = message("first") + message("second");
  peer->send_raw(two.substr(0, two.size() - 3));
  REQUIRE(inbox.wait(2));
  CHECK(inbox.at(1).data == "first");
  peer->send_raw(two.substr(two.size() - 3));
  REQUIRE(inbox.wait(3));
  CHECK(inbox.at(2).data == "second");
}

TEST_CASE_FIXTURE(ClientFixture, "many frames of one block, and one larger than any block, come in order") {
  log_on();
  Inbox inbox;
  subscribe(inbox, "s");
  std::string block;
  for (int i = 0; i < 5'000; ++i) block += message(std::to_string(i));
  block += message(std::string(3 << 20, 'x'));
  block += message("last");
  peer->send_raw(block);
  REQUIRE(inbox.wait(5'002));
  for (std::size_t i = 0; i < 5'000; ++i) REQUIRE(inbox.at(i).data == std::to_string(i));
  CHECK(inbox.at(5'000).data.size() == 3u << 20);
  CHECK(inbox.at(5'001).data == "last");
}

TEST_CASE_FIXTURE(ClientFixture,
                  "what came before a damaged frame or the end is delivered, nothing after it") {
  for (const std::string& end : {framed("{\"c\":"), std::string("\xff\xff\xff\xff"), std::string()}) {
    log_on();
    Inbox inbox;
    subscribe(inbox, "s");
    peer->send_raw(message("before") + end + (end.empty() ? "" : message("after")));
    if (end.empty()) peer->close();
    REQUIRE(eventually([&] { return number(AMPS_CLIENT_DISCONNECTED) == 1; }));
    amps_client_disconnect(client);
    CHECK(inbox.count() == 1);
    CHECK(inbox.at(0).data == "before");
  }
}

TEST_CASE_FIXTURE(ClientFixture, "nothing is delivered after a disconnect, although it has been received") {
  log_on();
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t*) { amps_client_disconnect(client); };
  subscribe(inbox, "s");
  std::string block;
  for (int i = 0; i < 100; ++i) block += message(std::to_string(i));
  peer->send_raw(block);
  CHECK(peer->is_closed(kPatience));
  amps_client_disconnect(client);
  CHECK(inbox.count() == 1);
}

TEST_CASE_FIXTURE(ClientFixture, "a frame for logged-on clients is refused before the logon") {
  connect();
  peer->send_raw(framed(std::string(100'000, 'x')));
  CHECK(peer->is_closed(kPatience));
  CHECK(eventually([&] { return !reports().empty(); }));
}

TEST_CASE_FIXTURE(ClientFixture,
                  "an idle receive thread still runs what is deferred to it, between two messages") {
  log_on();
  Inbox inbox;
  subscribe(inbox, "s");
  std::atomic<int> ran{0};
  amps_thread_callback_t callback{};
  callback.struct_size = sizeof callback;
  callback.userdata = &ran;
  callback.fn = [](void* userdata) {
    ++*static_cast<std::atomic<int>*>(userdata);
    return AMPS_E_OK;
  };
  amps_client_deferred_execution(client, &callback);
  REQUIRE(eventually([&] { return ran == 1; }));
  publish_to("s", "on it goes");
  CHECK(inbox.wait(1));
}
