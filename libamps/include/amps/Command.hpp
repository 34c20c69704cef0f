/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Command.hpp
 * A request to the server, for Client::execute() and Client::executeAsync().
 */
#ifndef AMPS_COMMAND_HPP
#define AMPS_COMMAND_HPP

#include <string>

#include "Message.hpp"

namespace AMPS {

/**
 * A value: copying copies every field. Executing a command leaves it unchanged, so it may be
 * executed many times; ids it lacks are made up for each execution.
 * Threads: one at a time.
 */
class AMPS_TYPE Command {
 public:
  AMPS_FN explicit Command(const std::string& command) : timeout_ms_(0) { message_.setCommand(command); }
  AMPS_FN Command(const char* command, size_t size) : timeout_ms_(0) { message_.setCommand(command, size); }
  AMPS_FN explicit Command(Message::Command::Type command) : timeout_ms_(0) {
    message_.setCommandEnum(command);
  }
  AMPS_FN Command(const Command& other)
      : message_(other.message_.deepCopy()), timeout_ms_(other.timeout_ms_) {}
  AMPS_FN Command& operator=(const Command& other) {
    message_ = other.message_.deepCopy();
    timeout_ms_ = other.timeout_ms_;
    return *this;
  }

  AMPS_FN ~Command() = default;

  AMPS_FN Command& reset(const std::string& command) { return reset(command.data(), command.size()); }
  AMPS_FN Command& reset(const char* command, size_t size) {
    clear();
    message_.setCommand(command, size);
    return *this;
  }
  AMPS_FN Command& reset(Message::Command::Type command) {
    clear();
    message_.setCommandEnum(command);
    return *this;
  }

// Setters under the name that commands use for the message's field.
#define AMPS_COMMAND_TEXT(name, field)                       \
  AMPS_FN Command& set##name(const std::string& value) {     \
    message_.set##field(value);                              \
    return *this;                                            \
  }                                                          \
  AMPS_FN Command& set##name(const char* ptr, size_t size) { \
    message_.set##field(ptr, size);                          \
    return *this;                                            \
  }
  AMPS_COMMAND_TEXT(Bookmark, Bookmark)
  AMPS_COMMAND_TEXT(CommandId, CommandId)
  AMPS_COMMAND_TEXT(CorrelationId, CorrelationId)
  AMPS_COMMAND_TEXT(Data, Data)
  AMPS_COMMAND_TEXT(Filter, Filter)
  AMPS_COMMAND_TEXT(Options, Options)
  AMPS_COMMAND_TEXT(OrderBy, OrderBy)
  AMPS_COMMAND_TEXT(QueryID, QueryId)
  AMPS_COMMAND_TEXT(QueryId, QueryId)
  AMPS_COMMAND_TEXT(Sequence, Sequence)
  AMPS_COMMAND_TEXT(SowKey, SowKey)
  AMPS_COMMAND_TEXT(SowKeys, SowKeys)
  AMPS_COMMAND_TEXT(SubId, SubscriptionId)
  AMPS_COMMAND_TEXT(SubscriptionId, SubscriptionId)
  AMPS_COMMAND_TEXT(Topic, Topic)
#undef AMPS_COMMAND_TEXT

  AMPS_FN Command& setSequence(amps_uint64_t sequence) {
    return set_number(AMPS_Sequence, sequence);
  }
  AMPS_FN amps_uint64_t getSequence() const {
    return message_.isValid() ? amps_message_get_field_uint64(detail::body(message_), AMPS_Sequence) : 0;
  }
  AMPS_FN Command& setBatchSize(unsigned records) {
    return set_number(AMPS_BatchSize, records);
  }
  AMPS_FN Command& setTopN(unsigned records) {
    return set_number(AMPS_TopN, records);
  }
  AMPS_FN Command& setExpiration(unsigned seconds) {
    return set_number(AMPS_Expiration, seconds);
  }
  /** Longest wait for the server's answer in ms; 0 waits without limit. On expiry the command is taken back.
   */
  AMPS_FN Command& setTimeout(unsigned timeout_ms) {
    timeout_ms_ = timeout_ms;
    return *this;
  }
  AMPS_FN unsigned getTimeout() const {
    return timeout_ms_;
  }

  /** Acks to deliver to the handler; what the client needs itself it asks for by itself. */
  AMPS_FN Command& addAckType(const std::string& ack_type) {
    const std::string before = getAckType();
    message_.setAckType(before.empty() ? ack_type : before + "," + ack_type);
    return *this;
  }
  AMPS_FN Command& setAckType(const std::string& ack_types) {
    message_.setAckType(ack_types);
    return *this;
  }
  AMPS_FN Command& setAckType(unsigned ack_types) {
    message_.setAckTypeEnum(ack_types);
    return *this;
  }
  AMPS_FN std::string getAckType() const {
    return message_.getAckType();
  }
  AMPS_FN unsigned getAckTypeEnum() const {
    return message_.getAckTypeEnum();
  }

  AMPS_FN Message& getMessage() {
    return message_;
  }
  AMPS_FN const Message& getMessage() const {
    return message_;
  }

  AMPS_FN bool hasProcessedAck() const {
    return (getAckTypeEnum() & Message::AckType::Processed) != 0;
  }
  AMPS_FN bool hasStatsAck() const {
    return (getAckTypeEnum() & Message::AckType::Stats) != 0;
  }
  AMPS_FN bool isSow() const {
    return is_one_of(Message::Command::SOW | Message::Command::SOWAndSubscribe |
                     Message::Command::SOWAndDeltaSubscribe);
  }
  AMPS_FN bool isSubscribe() const {
    return is_one_of(Message::Command::Subscribe | Message::Command::DeltaSubscribe |
                     Message::Command::SOWAndSubscribe | Message::Command::SOWAndDeltaSubscribe);
  }
  /** True for the commands a publish store numbers. */
  AMPS_FN bool needsSequenceNumber() const {
    return is_one_of(Message::Command::Publish | Message::Command::DeltaPublish |
                     Message::Command::SOWDelete);
  }

 private:
  AMPS_FN void clear() {
    message_.reset();
    timeout_ms_ = 0;
  }
  AMPS_FN Command& set_number(FieldId field, amps_uint64_t value) {
    detail::check(amps_message_set_field_uint64(detail::body(message_), field, value));
    return *this;
  }
  AMPS_FN bool is_one_of(unsigned commands) const {
    return (static_cast<unsigned>(message_.getCommandEnum()) & commands) != 0;
  }

  Message message_;  // Never empty: every constructor sets the command.
  unsigned timeout_ms_;
};

}  // namespace AMPS

#endif  // AMPS_COMMAND_HPP
