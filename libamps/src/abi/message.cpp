// SPDX-License-Identifier: Apache-2.0
// amps_message.h.
#include "client/message.h"

#include <charconv>
#include <cstdlib>

#include "abi/guard.h"
#include "client/client_body.h"
#include "client/unique_id.h"
#include "wire/reason.h"

using amps::Status;
using amps::abi::guarded;
using amps::abi::text_of;
using amps::abi::view_of;
using amps::client::Message;

namespace {

Message* of(amps_handle handle) noexcept {
  return Message::from(static_cast<amps_message_t*>(handle));
}

// Runs the body with the message and a field that exists.
template <typename Body>
amps_result change(amps_handle handle, FieldId field, Body&& body) {
  return guarded([&]() -> Status {
    if (handle == nullptr) return Status(AMPS_E_USAGE, "the message is NULL");
    if (static_cast<unsigned>(field) >= AMPS_FIELD_COUNT) {
      return Status(AMPS_E_USAGE, "there is no header field " + std::to_string(static_cast<unsigned>(field)));
    }
    body(*of(handle));
    return Status();
  });
}

template <typename Body>
amps_result change(amps_handle handle, Body&& body) {
  return change(handle, AMPS_Command, std::forward<Body>(body));
}

// The same with the value for it.
template <typename Body>
amps_result change(amps_handle handle, FieldId field, const char* ptr, std::size_t len, Body&& body) {
  if (amps::abi::lacks_bytes(ptr, len)) {
    return amps::abi::fail(Status(AMPS_E_USAGE, "the value is NULL, its length " + std::to_string(len)));
  }
  return change(handle, field, [&](Message& to) { body(to, std::string_view(ptr, len)); });
}

template <typename Make>
Message* make_message(Make&& make) {
  Message* made = nullptr;
  (void)guarded([&] {
    made = make();
    return Status();
  });
  return made;
}

std::uint64_t number(amps_handle handle, FieldId field) noexcept {
  if (handle == nullptr || static_cast<unsigned>(field) >= AMPS_FIELD_COUNT) return 0;
  return of(handle)->header().number(field).value_or(0);
}

bool is_one_bit(std::uint32_t bits) noexcept {
  return bits != 0 && (bits & (bits - 1)) == 0;
}

}  // namespace

extern "C" {

amps_handle amps_message_create(amps_handle client) {
  return static_cast<amps_message_t*>(
      make_message([&] { return Message::make(static_cast<amps_client*>(client)); }));
}

amps_handle amps_message_copy(amps_handle message) {
  if (message == nullptr) return nullptr;
  return static_cast<amps_message_t*>(make_message([&] { return of(message)->copy(); }));
}

void amps_message_destroy(amps_handle message) {
  amps_message_release(static_cast<amps_message_t*>(message));
}

void amps_message_retain(amps_message_t* message) {
  if (message != nullptr) of(message)->retain();
}

void amps_message_release(amps_message_t* message) {
  if (message != nullptr) of(message)->release();
}

void amps_message_reset(amps_handle message) {
  if (message != nullptr) of(message)->reset();
}

void amps_message_get_field_value(amps_handle message, FieldId field, const amps_char** ptr, size_t* len) {
  std::string_view value;
  if (message != nullptr && static_cast<unsigned>(field) < AMPS_FIELD_COUNT) value = of(message)->get(field);
  if (ptr != nullptr) *ptr = value.data();
  if (len != nullptr) *len = value.size();
}

amps_result amps_message_set_field_value(amps_handle message, FieldId field, const amps_char* ptr,
                                         size_t len) {
  return change(message, field, ptr, len, [&](Message& to, std::string_view value) { to.set(field, value); });
}

amps_result amps_message_assign_field_value(amps_handle message, FieldId field, const amps_char* ptr,
                                            size_t len) {
  return change(message, field, ptr, len,
                [&](Message& to, std::string_view value) { to.assign(field, value); });
}

amps_result amps_message_assign_field_value_ownership(amps_handle message, FieldId field, amps_char* ptr,
                                                      size_t len) {
  const amps_result result =
      change(message, field, ptr, len, [&](Message& to, std::string_view) { to.adopt(field, ptr, len); });
  if (result != AMPS_E_OK) std::free(ptr);
  return result;
}

amps_result amps_message_set_field_value_nts(amps_handle message, FieldId field, const amps_char* text) {
  return change(message, field, [&](Message& to) { to.set(field, text_of(text)); });
}

amps_result amps_message_set_field_guid(amps_handle message, FieldId field) {
  return change(message, field, [&](Message& to) { to.set(field, amps::client::unique_id()); });
}

amps_result amps_message_set_field_uint64(amps_handle message, FieldId field, uint64_t value) {
  return change(message, field, [&](Message& to) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    to.set(field, {digits, static_cast<std::size_t>(end - digits)});
  });
}

long amps_message_get_field_long(amps_handle message, FieldId field) {
  return static_cast<long>(number(message, field));
}

amps_uint64_t amps_message_get_field_uint64(amps_handle message, FieldId field) {
  return number(message, field);
}

amps_result amps_message_set_data(amps_handle message, const amps_char* ptr, size_t len) {
  return change(message, AMPS_Command, ptr, len,
                [](Message& to, std::string_view value) { to.set_data(value); });
}

amps_result amps_message_assign_data(amps_handle message, const amps_char* ptr, size_t len) {
  return change(message, AMPS_Command, ptr, len,
                [](Message& to, std::string_view value) { to.assign_data(value); });
}

amps_result amps_message_set_data_nts(amps_handle message, const amps_char* text) {
  return change(message, [&](Message& to) { to.set_data(text_of(text)); });
}

void amps_message_get_data(amps_handle message, amps_char** ptr, size_t* len) {
  const std::string_view body = message == nullptr ? std::string_view{} : of(message)->body();
  if (ptr != nullptr) *ptr = const_cast<char*>(body.data());
  if (len != nullptr) *len = body.size();
}

amps_result amps_message_set_command(amps_message_t* message, uint32_t command) {
  if (!is_one_bit(command))
    return amps::abi::fail(Status(AMPS_E_USAGE, "a command is one AMPS_COMMAND_ bit"));
  return change(message, [&](Message& to) { to.set_command(command); });
}

amps_result amps_message_set_ack_types(amps_message_t* message, uint32_t ack_types) {
  return change(message, [&](Message& to) { to.set_ack_types(ack_types); });
}

uint64_t amps_message_bookmark_seq(const amps_message_t* message) {
  return message == nullptr ? 0 : Message::from(message)->delivery.bookmark_seq;
}

void amps_message_set_bookmark_seq(amps_message_t* message, uint64_t seq) {
  if (message != nullptr) of(message)->delivery.bookmark_seq = seq;
}

amps_handle amps_message_subscription_handle(const amps_message_t* message) {
  return message == nullptr ? nullptr : Message::from(message)->delivery.subscription_handle;
}

void amps_message_set_subscription_handle(amps_message_t* message, amps_handle handle) {
  if (message != nullptr) of(message)->delivery.subscription_handle = handle;
}

int32_t amps_message_ignore_auto_ack(const amps_message_t* message) {
  return message != nullptr && Message::from(message)->delivery.ignore_auto_ack ? 1 : 0;
}

void amps_message_set_ignore_auto_ack(amps_message_t* message, int32_t ignore) {
  if (message != nullptr) of(message)->delivery.ignore_auto_ack = ignore != 0;
}

amps_result amps_reason_code(amps_span_t reason) {
  return amps::wire::reason_code(view_of(reason));
}

}  // extern "C"
