/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Message.hpp
 * One message to or from the server.
 */
#ifndef AMPS_MESSAGE_HPP
#define AMPS_MESSAGE_HPP

#include <cstring>
#include <new>
#include <string>
#include <type_traits>

#include "AMPSException.hpp"
#include "Field.hpp"
#include "MessageOptions.hpp"
#include "Reason.hpp"
#include "amps_message.h"
#include "detail/MessageConstants.hpp"

namespace AMPS {

class Message;

namespace detail {
amps_message_ref_t* ref(Message& message);
amps_message_t* body(const Message& message);
}  // namespace detail

/**
 * A handle: copying it copies no bytes. What a handler receives is a view into the receive buffer
 * and is used again when the handler returns; keep a deepCopy(), or a std::string of a field.
 * There is no move: a handler's message belongs to the library, and moving would take it away.
 *
 * For every header field X of the field table (amps_message.h) and for Data:
 *  - `Field getX() const`, `void getRawX(const char**, size_t*) const`: view; empty when absent;
 *  - `Message& setX(...)`: copies the value;
 *  - `Message& assignX(...)`: keeps the pointer; the caller keeps the bytes until the message is
 *    sent, reset or assigned again;
 *  - `Message& assignOwnershipX(...)`: keeps the pointer and frees it with free().
 * Threads: one at a time uses a message; copies of a handle may be made and destroyed on any thread.
 */
class AMPS_TYPE Message {
 public:
  typedef AMPS::Field Field;
  typedef MessageOptions Options;

  struct Command {
    enum Type {
      Unknown = 0,
#define AMPS_X(name, text, bit) name = bit,
      AMPS_COMMAND_TABLE(AMPS_X)
#undef AMPS_X
      /** The commands that carry no body. */
      NoDataCommands = Subscribe | Unsubscribe | SOW | Heartbeat | Logon | SOWAndSubscribe | DeltaSubscribe |
                       SOWAndDeltaSubscribe | StartTimer | StopTimer | GroupBegin | GroupEnd | Ack | Flush
    };
  };
  struct AckType {
    enum Type {
      None = 0,
#define AMPS_X(name, text, bit) name = bit,
      AMPS_ACK_TABLE(AMPS_X)
#undef AMPS_X
    };
  };
  struct Status : detail::StatusConstants<void> {};
  struct Reason : detail::ReasonConstants<void> {};

  /** Empty handle; the message is made by the first setter. */
  AMPS_FN Message() {
    ref_.body = NULL;
  }
  /** Takes over one reference. */
  AMPS_FN explicit Message(amps_message_t* body) {
    ref_.body = body;
  }
  AMPS_FN Message(const Message& other) {
    ref_.body = other.ref_.body;
    amps_message_retain(ref_.body);
  }
  AMPS_FN Message& operator=(const Message& other) {
    amps_message_t* const old = ref_.body;
    amps_message_retain(other.ref_.body);
    ref_.body = other.ref_.body;
    amps_message_release(old);
    return *this;
  }
  AMPS_FN ~Message() {
    if (ref_.body) amps_message_release(ref_.body);
  }

  /** Independent copy of headers and body. @throws std::bad_alloc */
  AMPS_FN Message deepCopy() const {
    if (!ref_.body) return Message();
    amps_message_t* const copy = static_cast<amps_message_t*>(amps_message_copy(ref_.body));
    if (!copy) throw std::bad_alloc();
    return Message(copy);
  }
  /** False for an empty handle, such as a stream gives when its time-out passed. */
  AMPS_FN bool isValid() const {
    return ref_.body != NULL;
  }
  AMPS_FN void invalidate() {
    *this = Message();
  }
  /** Clears every field and the body. */
  AMPS_FN void reset() {
    if (ref_.body) amps_message_reset(ref_.body);
  }

// One set of accessors for each row of the field table, under the name the table gives it.
#define AMPS_MESSAGE_ACCESSORS(name, id)                                 \
  AMPS_FN Field get##name() const {                                      \
    return get(id);                                                      \
  }                                                                      \
  AMPS_FN void getRaw##name(const char** ptr, size_t* size) const {      \
    const Field value = get(id);                                         \
    *ptr = value.data();                                                 \
    *size = value.len();                                                 \
  }                                                                      \
  AMPS_FN Message& set##name(const std::string& value) {                 \
    return set(id, value.data(), value.size());                          \
  }                                                                      \
  AMPS_FN Message& set##name(const char* ptr, size_t size) {             \
    return set(id, ptr, size);                                           \
  }                                                                      \
  AMPS_FN Message& set##name(const char* text) {                         \
    return set(id, text, text ? std::strlen(text) : 0);                  \
  }                                                                      \
  AMPS_FN Message& assign##name(const std::string& value) {              \
    return assign(id, value.data(), value.size());                       \
  }                                                                      \
  AMPS_FN Message& assign##name(const char* ptr, size_t size) {          \
    return assign(id, ptr, size);                                        \
  }                                                                      \
  AMPS_FN Message& assignOwnership##name(const char* ptr, size_t size) { \
    return adopt(id, ptr, size);                                         \
  }
#define AMPS_X(name, key, second, third, kind) AMPS_MESSAGE_ACCESSORS(name, AMPS_##name)
  AMPS_FIELD_TABLE(AMPS_X)
#undef AMPS_X
  // Second documented spellings.
  AMPS_MESSAGE_ACCESSORS(QueryID, AMPS_QueryId)
  AMPS_MESSAGE_ACCESSORS(TransmissionTime, AMPS_Timestamp)
#undef AMPS_MESSAGE_ACCESSORS

  /** Writes a fresh id, unique in this process. */
  AMPS_FN Message& newCommandId() {
    return fresh(AMPS_CommandId);
  }
  AMPS_FN Message& newSubscriptionId() {
    return fresh(AMPS_SubscriptionId);
  }
  AMPS_FN Message& newQueryId() {
    return fresh(AMPS_QueryId);
  }
  AMPS_FN Message& newQueryID() {
    return fresh(AMPS_QueryId);
  }

  AMPS_FN Field getData() const {
    return ref_.body ? detail::field(ref_.body->data) : Field();
  }
  AMPS_FN void getRawData(const char** ptr, size_t* size) const {
    *ptr = ref_.body ? ref_.body->data.ptr : NULL;
    *size = ref_.body ? ref_.body->data.len : 0;
  }
  AMPS_FN Message& setData(const std::string& bytes) {
    return setData(bytes.data(), bytes.size());
  }
  AMPS_FN Message& setData(const char* text) {
    return setData(text, text ? std::strlen(text) : 0);
  }
  AMPS_FN Message& setData(const char* ptr, size_t size) {
    detail::check(amps_message_set_data(made(), ptr, size));
    return *this;
  }
  AMPS_FN Message& assignData(const std::string& bytes) {
    return assignData(bytes.data(), bytes.size());
  }
  AMPS_FN Message& assignData(const char* ptr, size_t size) {
    detail::check(amps_message_assign_data(made(), ptr, size));
    return *this;
  }

  AMPS_FN Command::Type getCommandEnum() const {
    return static_cast<Command::Type>(ref_.body ? ref_.body->command : 0u);
  }
  AMPS_FN Message& setCommandEnum(Command::Type command) {
    detail::check(amps_message_set_command(made(), static_cast<uint32_t>(command)));
    return *this;
  }
  /** AckType bits. */
  AMPS_FN unsigned getAckTypeEnum() const {
    return ref_.body ? ref_.body->ack_types : 0u;
  }
  AMPS_FN Message& setAckTypeEnum(unsigned ack_types) {
    detail::check(amps_message_set_ack_types(made(), ack_types));
    return *this;
  }

  /** Acknowledges a queue message through the client that delivered it; other messages are left alone. */
  AMPS_FN void ack(const char* options = NULL) const {
    if (ref_.body) detail::check(amps_message_ack(ref_.body, detail::span(options)));
  }
  AMPS_FN bool getIgnoreAutoAck() const {
    return ref_.body && amps_message_ignore_auto_ack(ref_.body) != 0;
  }
  /** The message is not acknowledged automatically when the handler returns. */
  AMPS_FN void setIgnoreAutoAck() const {
    if (ref_.body) amps_message_set_ignore_auto_ack(ref_.body, 1);
  }
  /** Index the bookmark store gave the message; 0 when none. */
  AMPS_FN size_t getBookmarkSeqNo() const {
    return ref_.body ? static_cast<size_t>(amps_message_bookmark_seq(ref_.body)) : 0;
  }
  AMPS_FN void setBookmarkSeqNo(size_t seq) {
    amps_message_set_bookmark_seq(made(), seq);
  }
  /** Opaque state a bookmark store keeps with the subscription. */
  AMPS_FN amps_handle getSubscriptionHandle() const {
    return ref_.body ? amps_message_subscription_handle(ref_.body) : NULL;
  }
  AMPS_FN void setSubscriptionHandle(amps_handle handle) {
    amps_message_set_subscription_handle(made(), handle);
  }
  /** Handle for the C functions; it stays the message's. NULL for an empty handle. */
  AMPS_FN amps_handle getMessage() const {
    return ref_.body;
  }

  /** Throws the exception that belongs to a server's reason. @param context written into the text */
  template <class T>
  AMPS_FN void throwFor(const T&, const std::string& reason) const {
    detail::visit_exception(
        amps_reason_code(detail::span(reason)),
        "the server refused " + std::string(getCommandId().empty() ? Field("a command") : getCommandId()),
        reason, detail::Throw());
  }

 private:
  friend amps_message_ref_t* detail::ref(Message& message);
  friend amps_message_t* detail::body(const Message& message);

  AMPS_FN Field get(FieldId id) const {
    const amps_message_t* const body = ref_.body;
    if (!body || !((body->present >> id) & 1u)) return Field();
    return detail::field(body->fields[id]);
  }
  AMPS_FN amps_message_t* made() {
    if (AMPS_UNLIKELY(!ref_.body)) make();
    return ref_.body;
  }
  AMPS_COLD void make() {
    detail::require_library();
    ref_.body = static_cast<amps_message_t*>(amps_message_create(NULL));
    if (!ref_.body) throw std::bad_alloc();
  }
  AMPS_FN Message& set(FieldId id, const char* ptr, size_t size) {
    detail::check(amps_message_set_field_value(made(), id, ptr, size));
    return *this;
  }
  AMPS_FN Message& assign(FieldId id, const char* ptr, size_t size) {
    detail::check(amps_message_assign_field_value(made(), id, ptr, size));
    return *this;
  }
  AMPS_FN Message& adopt(FieldId id, const char* ptr, size_t size) {
    detail::check(amps_message_assign_field_value_ownership(made(), id, const_cast<char*>(ptr), size));
    return *this;
  }
  AMPS_FN Message& fresh(FieldId id) {
    detail::check(amps_message_set_field_guid(made(), id));
    return *this;
  }

  amps_message_ref_t ref_;
};

static_assert(std::is_standard_layout<Message>::value && sizeof(Message) == sizeof(amps_message_ref_t) &&
                  sizeof(Message) == sizeof(void*) && !std::is_polymorphic<Message>::value,
              "a message has the layout of amps_message_ref_t");
static_assert(AMPS_FIELD_COUNT <= 64, "one bit of amps_message_t::present for each field");

namespace detail {

AMPS_FN inline amps_message_ref_t* ref(Message& message) {
  return &message.ref_;
}
AMPS_FN inline amps_message_t* body(const Message& message) {
  return message.ref_.body;
}

// What the library passes to handlers is a Message to C++: one pointer, the same in both.
AMPS_FN inline Message& message(amps_message_ref_t* ref) {
  return *reinterpret_cast<Message*>(ref);
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_MESSAGE_HPP
