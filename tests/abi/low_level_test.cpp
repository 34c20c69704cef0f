// SPDX-License-Identifier: Apache-2.0
// The documented low-level C interface: the program composes every command and reads every answer.
#include <amps/amps.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <type_traits>

#include "broker.h"

using facade::Received;
using facade::RunningBroker;

namespace {

std::string field(amps_handle message, FieldId id) {
  const amps_char* ptr = nullptr;
  size_t size = 0;
  amps_message_get_field_value(message, id, &ptr, &size);
  return std::string(ptr == nullptr ? "" : ptr, size);
}

std::string data(amps_handle message) {
  amps_char* ptr = nullptr;
  size_t size = 0;
  amps_message_get_data(message, &ptr, &size);
  return std::string(ptr == nullptr ? "" : ptr, size);
}

// "command/id or topic:data" of everything that arrives.
amps_result note_message(amps_handle message, void* userdata) {
  const std::string command = field(message, AMPS_Command);
  const std::string who = command == "ack" ? field(message, AMPS_CommandId) : field(message, AMPS_Topic);
  static_cast<Received*>(userdata)->add(command + "/" + who + ":" + data(message));
  return AMPS_E_OK;
}

amps_result note_loss(amps_handle client, void* userdata) {
  static_cast<Received*>(userdata)->add(client == nullptr ? "nobody" : "lost");
  return AMPS_E_OK;
}

}  // namespace

TEST_CASE(
    "C-001 C-002 C-003 C-012 C-018 C-020 C-021 C-022 C-024 C-028 C-030 C-045 C-047 C-053 C-059: "
    "a session is made of commands the program writes") {
  Received arrived, lost;
  amps_handle const client = amps_client_create("low-level");
  REQUIRE(client != nullptr);
  amps_client_set_message_handler(client, &note_message, &arrived);
  amps_client_set_disconnect_handler(client, &note_loss, &lost);
  {
    RunningBroker broker;
    REQUIRE(amps_client_connect(client, broker.uri().c_str()) == AMPS_E_OK);
    CHECK(amps_client_get_socket(client) >= 0);
    const auto send = [client](const char* command, FieldId id, const char* value, const char* body) {
      amps_handle const message = amps_message_create(client);
      amps_message_set_field_value_nts(message, AMPS_Command, command);
      amps_message_set_field_value_nts(message, id, value);
      if (std::strcmp(command, "p") != 0) {
        amps_message_set_field_value_nts(message, AMPS_CommandId, command);
        amps_message_set_field_value_nts(message, AMPS_AckType, "processed");
      }
      if (std::strcmp(command, "logon") == 0)
        amps_message_set_field_value_nts(message, AMPS_MessageType, "json");
      if (body != nullptr) amps_message_set_data_nts(message, body);
      const amps_result result = amps_client_send(client, message);
      amps_message_destroy(message);
      return result;
    };
    REQUIRE(send("logon", AMPS_ClientName, "low-level", nullptr) == AMPS_E_OK);
    CHECK(arrived.joined(1) == "ack/logon:");
    REQUIRE(send("subscribe", AMPS_Topic, "orders", nullptr) == AMPS_E_OK);
    CHECK(arrived.joined(2) == "ack/logon:; ack/subscribe:");
    REQUIRE(send("p", AMPS_Topic, "orders", "body") == AMPS_E_OK);
    CHECK(arrived.joined(3) == "ack/logon:; ack/subscribe:; p/orders:body");
  }
  CHECK(lost.joined(1) == "lost");
  amps_client_disconnect(client);
  amps_client_destroy(client);
}

TEST_CASE("C-019 C-023: the text of a failure is copied as far as there is room") {
  amps_handle const client = amps_client_create(nullptr);
  REQUIRE(client != nullptr);
  CHECK(amps_client_set_name(client, "renamed") == AMPS_E_OK);
  CHECK(amps_client_connect(client, "nonsense") == AMPS_E_URI);
  char text[256] = "untouched";
  const size_t size = amps_client_get_error(client, text, sizeof text);
  CHECK(size == std::strlen(text));
  CHECK(std::string(text).find("nonsense") != std::string::npos);
  char small[5];
  CHECK(amps_client_get_error(client, small, sizeof small) == size);
  CHECK(std::string(small) == std::string(text, 4));
  char guarded = 'x';
  CHECK(amps_client_get_error(client, &guarded, 0) == size);
  CHECK(guarded == 'x');
  CHECK(amps_client_get_error(client, nullptr, 0) == size);
  amps_client_destroy(client);
}

TEST_CASE(
    "C-009 C-011 C-046 C-048 C-049 C-050 C-051 C-052 C-054 C-055 C-056 C-057 C-058 C-060: fields and data") {
  static_assert(std::is_same<decltype(AMPS_Topic), FieldId>::value, "fields are a FieldId");
  amps_handle const message = amps_message_create(nullptr);
  CHECK(field(message, AMPS_Topic).empty());
  CHECK(amps_message_set_field_value(message, AMPS_Topic, "a\0b", 3) == AMPS_E_OK);
  CHECK(field(message, AMPS_Topic) == std::string("a\0b", 3));
  const char borrowed[] = "borrowed";
  CHECK(amps_message_assign_field_value(message, AMPS_Filter, borrowed, 8) == AMPS_E_OK);
  const amps_char* ptr = nullptr;
  size_t size = 0;
  amps_message_get_field_value(message, AMPS_Filter, &ptr, &size);
  CHECK(ptr == borrowed);
  char* const given = static_cast<char*>(std::malloc(5));
  std::memcpy(given, "given", 5);
  CHECK(amps_message_assign_field_value_ownership(message, AMPS_Options, given, 5) == AMPS_E_OK);
  CHECK(field(message, AMPS_Options) == "given");
  CHECK(amps_message_set_field_guid(message, AMPS_CommandId) == AMPS_E_OK);
  CHECK_FALSE(field(message, AMPS_CommandId).empty());
  CHECK(amps_message_set_field_value_nts(message, AMPS_Sequence, "18446744073709551615") == AMPS_E_OK);
  CHECK(amps_message_get_field_uint64(message, AMPS_Sequence) == amps_uint64_t{18446744073709551615u});
  CHECK(amps_message_set_field_uint64(message, AMPS_BatchSize, 12) == AMPS_E_OK);
  CHECK(amps_message_get_field_long(message, AMPS_BatchSize) == 12);
  CHECK(amps_message_get_field_long(message, AMPS_Topic) == 0);
  CHECK(amps_message_set_field_value(message, static_cast<FieldId>(AMPS_FIELD_COUNT), "x", 1) ==
        AMPS_E_USAGE);
  for (const auto set : {&amps_message_set_field_value, &amps_message_assign_field_value}) {
    CHECK(set(message, AMPS_Topic, nullptr, 1) == AMPS_E_USAGE);
    CHECK(set(message, AMPS_Status, nullptr, 0) == AMPS_E_OK);
    CHECK(set(nullptr, AMPS_Topic, "x", 1) == AMPS_E_USAGE);
  }
  CHECK(amps_message_set_data(message, nullptr, 1) == AMPS_E_USAGE);
  CHECK(amps_message_assign_data(message, nullptr, 1) == AMPS_E_USAGE);

  CHECK(amps_message_set_data(message, "x\0y", 3) == AMPS_E_OK);
  CHECK(data(message) == std::string("x\0y", 3));
  amps_handle const copy = amps_message_copy(message);
  CHECK(amps_message_assign_data(message, borrowed, 8) == AMPS_E_OK);
  CHECK(data(message) == "borrowed");
  CHECK(data(copy) == std::string("x\0y", 3));
  CHECK(field(copy, AMPS_Options) == "given");
  amps_message_reset(message);
  CHECK(data(message).empty());
  CHECK(field(message, AMPS_Topic).empty());
  CHECK(field(copy, AMPS_Topic) == std::string("a\0b", 3));
  amps_message_destroy(message);
  amps_message_destroy(copy);
}
