// SPDX-License-Identifier: Apache-2.0
// The C interface itself: versions, references, release hooks, the latest failure of a thread.
#include <amps/amps.h>
#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>

#include "broker.h"

using facade::Received;
using facade::RunningBroker;

namespace {

amps_span_t text(const char* nts) {
  return {nts, std::strlen(nts)};
}

std::string last_error() {
  amps_span_t message = {nullptr, 0};
  amps_last_error(nullptr, &message, nullptr);
  return std::string(message.ptr, message.len);
}

amps_client_t* connected(const RunningBroker& broker, const char* name) {
  amps_client_t* client = nullptr;
  REQUIRE(amps_client_new(&client, text(name), AMPS_CLIENT_KIND_PLAIN) == AMPS_E_OK);
  REQUIRE(amps_client_connect(client, broker.uri().c_str()) == AMPS_E_OK);
  REQUIRE(amps_client_logon(client, nullptr, nullptr, nullptr, 5000, nullptr) == AMPS_E_OK);
  return client;
}

// A handler that counts its calls and the releases of its owner.
struct Counted {
  amps_handler_t registration() {
    amps_handler_t handler{};
    handler.struct_size = sizeof handler;
    handler.fn = [](amps_message_ref_t*, void* self) {
      Counted* const counted = static_cast<Counted*>(self);
      if (counted->releases != 0) ++counted->calls_after_release;
      counted->called.add("call");
    };
    handler.userdata = this;
    handler.release = [](void* owner) { ++static_cast<Counted*>(owner)->releases; };
    handler.owner = this;
    return handler;
  }

  Received called;
  std::atomic<int> releases{0}, calls_after_release{0};
};

amps_result subscribe(amps_client_t* client, const char* topic, Counted* counted, std::string* id = nullptr) {
  const amps_handle command = amps_message_create(client);
  amps_message_set_field_value_nts(command, AMPS_Command, "subscribe");
  amps_message_set_field_value_nts(command, AMPS_Topic, topic);
  const amps_handler_t handler = counted->registration();
  amps_span_t given = {nullptr, 0};
  const amps_result result =
      amps_client_execute(client, static_cast<amps_message_t*>(command), &handler, 5000, 0, &given);
  if (id != nullptr) *id = std::string(given.ptr, given.len);
  amps_message_destroy(command);
  return result;
}

amps_result publish(amps_client_t* client, const char* topic) {
  return amps_client_publish(client, text(topic), text("data"), AMPS_NO_EXPIRATION, 0, nullptr);
}

}  // namespace

TEST_CASE("C-105: the loaded library has the version of its headers") {
  CHECK(amps_abi_version() == AMPS_ABI_VERSION);
  CHECK(AMPS_ABI_VERSION == ((AMPS_ABI_VERSION_MAJOR << 16) | AMPS_ABI_VERSION_MINOR));
  CHECK(std::strchr(amps_version_string(), '.') != nullptr);
}

TEST_CASE("C-106: handles know their kind, and NULL and other handles are refused") {
  amps_client_t *plain = nullptr, *ha = nullptr;
  REQUIRE(amps_client_new(&plain, text("plain"), AMPS_CLIENT_KIND_PLAIN) == AMPS_E_OK);
  REQUIRE(amps_client_new(&ha, text("ha"), AMPS_CLIENT_KIND_HA) == AMPS_E_OK);
  CHECK(amps_client_kind(plain) == AMPS_CLIENT_KIND_PLAIN);
  CHECK(amps_client_kind(ha) == AMPS_CLIENT_KIND_HA);
  CHECK(amps_client_kind(nullptr) == 0);
  const amps_handle message = amps_message_create(plain);
  CHECK(amps_client_kind(static_cast<amps_client_t*>(message)) == 0);
  CHECK(publish(static_cast<amps_client_t*>(message), "t") == AMPS_E_USAGE);
  CHECK(publish(nullptr, "t") == AMPS_E_USAGE);
  CHECK(amps_client_connect_and_logon(plain) == AMPS_E_USAGE);
  amps_client_t* none = ha;
  CHECK(amps_client_new(&none, text("x"), 3) == AMPS_E_USAGE);
  amps_message_destroy(message);
  amps_client_release(plain);
  amps_client_release(ha);
}

TEST_CASE("C-106: retain and release balance, and accept NULL") {
  amps_client_retain(nullptr);
  amps_client_release(nullptr);
  amps_message_retain(nullptr);
  amps_message_release(nullptr);
  amps_message_destroy(nullptr);
  amps_stream_retain(nullptr);
  amps_stream_release(nullptr);
  amps_client_destroy(nullptr);

  RunningBroker broker;
  amps_client_t* const client = connected(broker, "retained");
  amps_client_retain(client);
  amps_client_release(client);
  CHECK(publish(client, "t") == AMPS_E_OK);
  CHECK(amps_client_publish(client, text("t"), {nullptr, 5}, 0, 0, nullptr) == AMPS_E_USAGE);
  CHECK(amps_client_publish(client, {nullptr, 5}, text("d"), 0, 0, nullptr) == AMPS_E_USAGE);

  amps_message_t* const command = static_cast<amps_message_t*>(amps_message_create(client));
  amps_message_set_field_value_nts(command, AMPS_Command, "subscribe");
  amps_message_set_field_value_nts(command, AMPS_Topic, "t");
  amps_stream_t* stream = nullptr;
  REQUIRE(amps_client_execute_stream(client, command, 5000, 0, &stream) == AMPS_E_OK);
  amps_stream_retain(stream);
  amps_stream_release(stream);
  REQUIRE(publish(client, "t") == AMPS_E_OK);
  amps_message_ref_t taken = {nullptr};
  amps_stream_state_t state = AMPS_STREAM_ENDED;
  REQUIRE(amps_stream_next(stream, 5000, &taken, &state) == AMPS_E_OK);
  REQUIRE(state == AMPS_STREAM_MESSAGE);
  amps_stream_release(stream);
  amps_client_release(client);
  CHECK(std::string(taken.body->data.ptr, taken.body->data.len) == "data");  // Outlives stream and client.
  amps_message_release(taken.body);
  amps_message_release(command);
}

TEST_CASE("C-107: the public part of a message says how much of it there is") {
  amps_message_t* const message = static_cast<amps_message_t*>(amps_message_create(nullptr));
  CHECK(message->struct_size == sizeof(amps_message_t));
  CHECK(message->field_count == AMPS_FIELD_COUNT);
  CHECK(message->present == 0);
  amps_message_set_field_value_nts(message, AMPS_Topic, "t");
  CHECK(message->present == 1u << AMPS_Topic);
  CHECK(message->fields[AMPS_Topic].len == 1);
  amps_message_release(message);
}

TEST_CASE("C-108: a handler is released once, after its last call, however it goes") {
  RunningBroker broker;
  amps_client_t* const client = connected(broker, "releases");

  Counted unsubscribed;
  std::string id;
  REQUIRE(subscribe(client, "t", &unsubscribed, &id) == AMPS_E_OK);
  REQUIRE(publish(client, "t") == AMPS_E_OK);
  CHECK(unsubscribed.called.wait_for(1).size() == 1);
  CHECK(unsubscribed.releases == 0);
  CHECK(amps_client_unsubscribe(client, {id.data(), id.size()}) == AMPS_E_OK);

  Counted refused;
  CHECK(subscribe(client, "([", &refused) == AMPS_E_BAD_REGEX_TOPIC);
  CHECK(amps_client_execute(client, nullptr, nullptr, 0, 0, nullptr) == AMPS_E_USAGE);

  Counted replaced, last_chance;
  amps_handler_t handler = replaced.registration();
  CHECK(amps_client_set_handler(client, AMPS_SLOT_LAST_CHANCE, &handler) == AMPS_E_OK);
  handler = last_chance.registration();
  CHECK(amps_client_set_handler(client, AMPS_SLOT_LAST_CHANCE, &handler) == AMPS_E_OK);
  CHECK(amps_client_publish_flush(client, 5000, 0) == AMPS_E_OK);

  Counted subscribed;
  REQUIRE(subscribe(client, "t", &subscribed) == AMPS_E_OK);
  REQUIRE(publish(client, "t") == AMPS_E_OK);
  CHECK(subscribed.called.wait_for(1).size() == 1);
  amps_client_disconnect(client);
  CHECK(unsubscribed.releases == 1);
  CHECK(refused.releases == 1);
  CHECK(replaced.releases == 1);
  amps_client_release(client);
  for (Counted* counted : {&unsubscribed, &refused, &replaced, &last_chance, &subscribed}) {
    CHECK(counted->releases == 1);
    CHECK(counted->calls_after_release == 0);
  }
}

TEST_CASE("C-109: the latest failure belongs to its thread") {
  int32_t code = AMPS_E_OK;
  CHECK(amps_client_new(nullptr, text("x"), AMPS_CLIENT_KIND_PLAIN) == AMPS_E_USAGE);
  const std::string here = last_error();
  std::string there;
  std::thread([&there] {
    int32_t none = 1;
    amps_last_error(&none, nullptr, nullptr);
    CHECK(none == AMPS_E_OK);
    amps_client_t* client = nullptr;
    CHECK(amps_client_new(&client, text("x"), 99) == AMPS_E_USAGE);
    there = last_error();
  }).join();
  CHECK_FALSE(here.empty());
  CHECK(there.find("99") != std::string::npos);
  CHECK(last_error() == here);
  amps_last_error(&code, nullptr, nullptr);
  CHECK(code == AMPS_E_USAGE);

  RunningBroker broker;
  amps_client_t* const client = connected(broker, "refused");
  Counted counted;
  CHECK(subscribe(client, "([", &counted) == AMPS_E_BAD_REGEX_TOPIC);
  amps_span_t reason = {nullptr, 0};
  amps_last_error(nullptr, nullptr, &reason);
  CHECK(std::string(reason.ptr, reason.len).find("regex") != std::string::npos);
  amps_client_release(client);
}

TEST_CASE("a callback is released once for each time it was given, also to a call that failed") {
  Counted counted;
  const amps_handler_t handler = counted.registration();
  CHECK(amps_client_set_handler(nullptr, AMPS_SLOT_LAST_CHANCE, &handler) != AMPS_E_OK);
  CHECK(counted.releases == 1);
  amps_client_t* client = nullptr;
  REQUIRE(amps_client_new(&client, text("callbacks"), AMPS_CLIENT_KIND_PLAIN) == AMPS_E_OK);
  CHECK(amps_client_set_handler(client, AMPS_SLOT_COUNT, &handler) == AMPS_E_USAGE);
  CHECK(counted.releases == 2);
  CHECK(amps_client_set_command_handler(client, 3, &handler) == AMPS_E_USAGE);
  CHECK(counted.releases == 3);
  CHECK(amps_client_execute(client, nullptr, &handler, 0, 0, nullptr) == AMPS_E_USAGE);
  CHECK(counted.releases == 4);
  CHECK(amps_client_set_handler(client, AMPS_SLOT_LAST_CHANCE, &handler) == AMPS_E_OK);
  CHECK(counted.releases == 4);
  amps_client_release(client);
  CHECK(counted.releases == 5);
}
