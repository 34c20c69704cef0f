// SPDX-License-Identifier: Apache-2.0
// What is known of a message besides its fields, of the connection and of the instance.
#include "broker/expression/function.h"

namespace amps::broker {

namespace {

template <std::string_view MessageFacts::*Member>
Value message_text(const Call& call) {
  const MessageFacts* const facts = call.context().message;
  return facts == nullptr ? Value() : Value::string(facts->*Member);
}

template <std::string_view ConnectionFacts::*Member>
Value connection_text(const Call& call) {
  const ConnectionFacts* const facts = call.context().connection;
  return facts == nullptr ? Value() : Value::string(facts->*Member);
}

template <std::string_view InstanceFacts::*Member>
Value instance_text(const Call& call) {
  const InstanceFacts* const facts = call.context().instance;
  return facts == nullptr ? Value() : Value::string(facts->*Member);
}

Value message_size(const Call& call) {
  const MessageFacts* const facts = call.context().message;
  return facts == nullptr ? Value() : Value::unsigned_integer(facts->size_bytes);
}

Value seconds(std::uint64_t us) {
  return Value::floating(static_cast<double>(us) / 1e6);
}

Value last_updated(const Call& call) {
  const MessageFacts* const facts = call.context().message;
  return seconds(facts != nullptr && facts->updated_us != 0 ? facts->updated_us : call.now_us());
}

Value last_read(const Call& call) {
  const MessageFacts* const facts = call.context().message;
  return seconds(facts != nullptr && facts->read_us != 0 ? facts->read_us : call.now_us());
}

constexpr NullRule kNone = NullRule::kPassed;
constexpr Function kFunctions[] = {
    {"AMPS_GROUP_NAME", 0, 0, kNone, true, instance_text<&InstanceFacts::group>},
    {"AMPS_INSTANCE_NAME", 0, 0, kNone, true, instance_text<&InstanceFacts::name>},
    {"BOOKMARK", 0, 0, kNone, true, message_text<&MessageFacts::bookmark>},
    {"CLIENT_NAME", 0, 0, kNone, true, connection_text<&ConnectionFacts::client_name>},
    {"CONNECTION_NAME", 0, 0, kNone, true, connection_text<&ConnectionFacts::connection_name>},
    {"CORRELATION_ID", 0, 0, kNone, true, message_text<&MessageFacts::correlation_id>},
    {"LAST_READ", 0, 0, kNone, false, last_read},
    {"LAST_UPDATED", 0, 0, kNone, true, last_updated},
    {"MESSAGE_SIZE", 0, 0, kNone, true, message_size},
    {"REMOTE_ADDRESS", 0, 0, kNone, true, connection_text<&ConnectionFacts::remote_address>},
    {"SOW_KEY", 0, 0, kNone, true, message_text<&MessageFacts::sow_key>},
    {"TOPIC_NAME", 0, 0, kNone, true, message_text<&MessageFacts::topic>},
    {"USER", 0, 0, kNone, true, connection_text<&ConnectionFacts::user>},
};

}  // namespace

FunctionFamily message_functions() noexcept {
  return {kFunctions, std::size(kFunctions)};
}

}  // namespace amps::broker
