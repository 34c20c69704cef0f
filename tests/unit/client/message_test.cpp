// SPDX-License-Identifier: Apache-2.0
#include "client/message.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>

#include "session_fixture.h"

using namespace test;

namespace {

std::string field(amps_message_t* message, FieldId which) {
  const char* ptr = nullptr;
  std::size_t size = 0;
  amps_message_get_field_value(message, which, &ptr, &size);
  return std::string(ptr, size);
}

}  // namespace

TEST_CASE("a field set keeps a copy and can be set from its own value") {
  Command message(AMPS_COMMAND_Publish, "abcdef");
  std::string value = "first";
  message.set(AMPS_Filter, value);
  value = "other";
  CHECK(field(message.get(), AMPS_Filter) == "first");
  const char* own = nullptr;
  std::size_t size = 0;
  amps_message_get_field_value(message.get(), AMPS_Topic, &own, &size);
  amps_message_set_field_value(message.get(), AMPS_Topic, own + 2, size - 2);
  CHECK(field(message.get(), AMPS_Topic) == "cdef");
  message.set(AMPS_Topic, std::string(1000, 'x'));
  CHECK(field(message.get(), AMPS_Topic).size() == 1000);
  message.set(AMPS_Topic, "");
  CHECK((message.get()->present >> AMPS_Topic & 1) == 0);
}

TEST_CASE("command and ack types follow their texts") {
  Command message(AMPS_COMMAND_Subscribe);
  CHECK(field(message.get(), AMPS_Command) == "subscribe");
  message.set(AMPS_Command, "sow").set(AMPS_AckType, "processed,stats");
  CHECK(message.get()->command == AMPS_COMMAND_SOW);
  CHECK(message.get()->ack_types == (AMPS_ACK_Processed | AMPS_ACK_Stats));
}

TEST_CASE("a copy is independent, numbers read back, adopted memory is freed") {
  Command message(AMPS_COMMAND_Publish, "t");
  message.data("body");
  amps_message_set_field_uint64(message.get(), AMPS_Sequence, 18446744073709551615u);
  char* adopted = static_cast<char*>(std::malloc(3));
  std::memcpy(adopted, "key", 3);
  amps_message_assign_field_value_ownership(message.get(), AMPS_SowKey, adopted, 3);
  auto* copy = static_cast<amps_message_t*>(amps_message_copy(message.get()));
  amps_message_reset(message.get());
  CHECK(message.get()->present == 0);
  CHECK(text(copy->data) == "body");
  CHECK(field(copy, AMPS_SowKey) == "key");
  CHECK(amps_message_get_field_uint64(copy, AMPS_Sequence) == 18446744073709551615u);
  amps_message_destroy(copy);
}

TEST_CASE("fields that do not exist are refused or empty") {
  Command message(AMPS_COMMAND_Publish);
  CHECK(amps_message_set_field_value(message.get(), AMPS_FIELD_COUNT, "x", 1) == AMPS_E_USAGE);
  CHECK(field(message.get(), AMPS_FIELD_COUNT).empty());
  CHECK(amps_message_set_data(nullptr, "x", 1) == AMPS_E_USAGE);
}

TEST_CASE("generated ids differ") {
  Command message(AMPS_COMMAND_Publish);
  amps_message_set_field_guid(message.get(), AMPS_CommandId);
  const std::string first = field(message.get(), AMPS_CommandId);
  amps_message_set_field_guid(message.get(), AMPS_CommandId);
  CHECK(field(message.get(), AMPS_CommandId) != first);
}
