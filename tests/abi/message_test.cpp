// SPDX-License-Identifier: Apache-2.0
// AMPS::Message and AMPS::Command: every accessor, ids, enumerations, handles.
#include <doctest/doctest.h>
#include <amps/ampsplusplus.hpp>

#include <cstdlib>
#include <cstring>

using AMPS::Command;
using AMPS::Field;
using AMPS::Message;

namespace {

char* heap_copy(const std::string& text) {
  char* const copy = static_cast<char*>(std::malloc(text.size()));
  std::memcpy(copy, text.data(), text.size());
  return copy;
}

// A value the field takes, with a zero byte where it is free text.
std::string value_for(FieldId field) {
  switch (field) {
    case AMPS_Command:
      return "subscribe";
    case AMPS_AckType:
      return "completed";
    default:
      return std::string("val\0ue", 6);
  }
}

}  // namespace

TEST_CASE(
    "CPP-024 CPP-025 CPP-026 CPP-027 CPP-028 CPP-029 CPP-030 CPP-031 CPP-032 CPP-033 CPP-034 CPP-035 CPP-036 "
    "CPP-037 CPP-038 CPP-039 CPP-040 CPP-041 CPP-042 CPP-043 CPP-044 CPP-045 CPP-046 CPP-047 CPP-048 CPP-049 "
    "CPP-050 CPP-051 CPP-052 CPP-053 CPP-054 CPP-055 CPP-056 CPP-057 CPP-058: "
    "every field has its getters and setters, alone and binary-safe"){
#define CHECK_ACCESSORS(name, id)                                                                   \
  {                                                                                                 \
    const std::string value = value_for(id);                                                        \
    Message message;                                                                                \
    CHECK(message.get##name().empty());                                                             \
    CHECK(message.set##name(value).get##name() == value);                                           \
    CHECK(message.get##name().data() != value.data());                                              \
    const char* ptr = nullptr;                                                                      \
    size_t size = 0;                                                                                \
    message.getRaw##name(&ptr, &size);                                                              \
    CHECK(std::string(ptr, size) == value);                                                         \
    CHECK(message.set##name("text").set##name(value.data(), value.size()).get##name() == value);    \
    CHECK(message.set##name("text").get##name() == "text");                                         \
    CHECK(message.assign##name(value).get##name().data() == value.data());                          \
    CHECK(message.assign##name(value.data(), 3).get##name().len() == 3);                            \
    CHECK(message.assignOwnership##name(heap_copy(value), value.size()).get##name() == value);      \
    CHECK(message.deepCopy().get##name() == value);                                                 \
    CHECK(static_cast<amps_message_t*>(message.getMessage())->present == std::uint64_t{1} << (id)); \
    CHECK(message.set##name("").get##name().empty());                                               \
  }
#define AMPS_X(name, key, second, third, kind) CHECK_ACCESSORS(name, AMPS_##name)
    AMPS_FIELD_TABLE(AMPS_X)
#undef AMPS_X
        CHECK_ACCESSORS(QueryID, AMPS_QueryId) CHECK_ACCESSORS(TransmissionTime, AMPS_Timestamp)
#undef CHECK_ACCESSORS
}

TEST_CASE("CPP-024: data is bytes, copied or borrowed") {
  const std::string binary("\0\x01\xFF", 3);
  Message message;
  CHECK(message.getData().empty());
  CHECK(message.setData(binary).getData() == binary);
  CHECK(message.getData().data() != binary.data());
  CHECK(message.setData("text").getData() == "text");
  CHECK(message.setData(binary.data(), binary.size()).getData() == binary);
  CHECK(message.assignData(binary).getData().data() == binary.data());
  CHECK(message.assignData(binary.data(), 2).getData().len() == 2);
  const char* ptr = nullptr;
  size_t size = 0;
  message.getRawData(&ptr, &size);
  CHECK(ptr == binary.data());
  CHECK(size == 2);
}

TEST_CASE("CPP-025 CPP-031: text and enumeration of command and acks follow each other") {
  Message message;
  CHECK(message.getCommandEnum() == Message::Command::Unknown);
  CHECK(message.setCommand("sow_and_subscribe").getCommandEnum() == Message::Command::SOWAndSubscribe);
  CHECK(message.setCommand("p").getCommandEnum() == Message::Command::Publish);
  CHECK(message.setCommand("publish").getCommandEnum() == Message::Command::Publish);
  CHECK(message.setCommand("levitate").getCommandEnum() == Message::Command::Unknown);
  CHECK(message.getCommand() == "levitate");
  CHECK(message.setCommandEnum(Message::Command::SOWDelete).getCommand() == "sow_delete");
  CHECK(message.getAckTypeEnum() == Message::AckType::None);
  CHECK(message.setAckType("stats,processed").getAckTypeEnum() ==
        unsigned(Message::AckType::Stats | Message::AckType::Processed));
  CHECK(message.setAckTypeEnum(Message::AckType::Received | Message::AckType::Persisted).getAckType() ==
        "received,persisted");
}

TEST_CASE("CPP-027 CPP-028 CPP-038: a new id is fresh each time") {
  Message message;
  const std::string first = message.newCommandId().getCommandId();
  CHECK_FALSE(first.empty());
  CHECK(message.newCommandId().getCommandId() != first);
  CHECK_FALSE(message.newSubscriptionId().getSubscriptionId().empty());
  CHECK_FALSE(message.newQueryId().getQueryId().empty());
  CHECK(message.newQueryID().getQueryId() == message.getQueryID());
}

TEST_CASE("CPP-021 CPP-022 CPP-023 CPP-060 CPP-061: copying a message shares it, a deep copy does not") {
  Message message;
  CHECK_FALSE(message.isValid());
  CHECK_FALSE(message.deepCopy().isValid());
  message.setTopic("one").setData("body");
  CHECK(message.isValid());
  Message shared = message;
  Message copy = message.deepCopy();
  message.setTopic("two");
  CHECK(shared.getTopic() == "two");
  CHECK(copy.getTopic() == "one");
  CHECK(copy.getData() == "body");
  const Message& same = shared;
  shared = same;
  CHECK(shared.getTopic() == "two");
  shared.invalidate();
  CHECK_FALSE(shared.isValid());
  CHECK(message.isValid());
  message.reset();
  CHECK(message.getTopic().empty());
  CHECK(message.getData().empty());
  CHECK(message.isValid());
}

TEST_CASE("CPP-059 CPP-064 CPP-065 CPP-066: what is not from a queue is not acknowledged") {
  Message message;
  message.ack();
  message.setTopic("queue").setBookmark("1|1|").ack("cancel");
  CHECK_FALSE(message.getIgnoreAutoAck());
  message.setIgnoreAutoAck();
  CHECK(message.getIgnoreAutoAck());
  message.setBookmarkSeqNo(17);
  CHECK(message.getBookmarkSeqNo() == 17);
  int state = 0;
  message.setSubscriptionHandle(&state);
  CHECK(message.getSubscriptionHandle() == &state);
}

TEST_CASE("CPP-069 CPP-070: enumerations have the documented values") {
  static_assert(Message::Command::Unknown == 0 && Message::Command::Publish == 1 &&
                    Message::Command::Subscribe == 2 && Message::Command::Unsubscribe == 4 &&
                    Message::Command::SOW == 8 && Message::Command::Heartbeat == 16 &&
                    Message::Command::SOWDelete == 32 && Message::Command::DeltaPublish == 64 &&
                    Message::Command::Logon == 128 && Message::Command::SOWAndSubscribe == 256 &&
                    Message::Command::DeltaSubscribe == 512 && Message::Command::SOWAndDeltaSubscribe == 1024,
                "commands");
  static_assert(Message::Command::StartTimer == 2048 && Message::Command::StopTimer == 4096 &&
                    Message::Command::GroupBegin == 8192 && Message::Command::GroupEnd == 16384 &&
                    Message::Command::OOF == 32768 && Message::Command::Ack == 65536 &&
                    Message::Command::Flush == 131072,
                "commands");
  static_assert(Message::AckType::None == 0 && Message::AckType::Received == 1 &&
                    Message::AckType::Parsed == 2 && Message::AckType::Processed == 4 &&
                    Message::AckType::Persisted == 8 && Message::AckType::Completed == 16 &&
                    Message::AckType::Stats == 32,
                "acks");
  CHECK((Message::Command::NoDataCommands & Message::Command::Publish) == 0);
  CHECK((Message::Command::NoDataCommands & Message::Command::OOF) == 0);
  CHECK((Message::Command::NoDataCommands & Message::Command::Logon) != 0);
}

TEST_CASE("CPP-071 CPP-072: status and reason texts are those of the wire") {
  CHECK(std::string(Message::Status::Success) == "success");
  CHECK(std::string(Message::Status::Failure) == "failure");
  CHECK(std::string(Message::Status::Retry) == "retry");
  CHECK(std::string(Message::Reason::NotEntitled) == "not entitled");
  CHECK(std::string(AMPS::Reason::duplicate()) == Message::Reason::Duplicate);
}

TEST_CASE(
    "CPP-086 CPP-088 CPP-089 CPP-090 CPP-091 CPP-092 CPP-093 CPP-094 CPP-095 CPP-096 CPP-097 CPP-098 CPP-099 "
    "CPP-114: a command is made three ways, and its setters take text and bytes") {
  CHECK(Command("subscribe").getMessage().getCommandEnum() == Message::Command::Subscribe);
  CHECK(Command("sow and more", 3).getMessage().getCommandEnum() == Message::Command::SOW);
  CHECK(Command(Message::Command::Flush).getMessage().getCommand() == "flush");
#define CHECK_SETTER(name, field)                                                              \
  {                                                                                            \
    const std::string value("val\0ue", 6);                                                     \
    Command command("publish");                                                                \
    CHECK(&command.set##name(value) == &command);                                              \
    CHECK(command.getMessage().get##field() == value);                                         \
    CHECK(command.set##name("text").getMessage().get##field() == "text");                      \
    CHECK(command.set##name(value.data(), 5).getMessage().get##field() == Field("val\0u", 5)); \
  }
  CHECK_SETTER(Bookmark, Bookmark)
  CHECK_SETTER(CommandId, CommandId)
  CHECK_SETTER(CorrelationId, CorrelationId)
  CHECK_SETTER(Data, Data)
  CHECK_SETTER(Filter, Filter)
  CHECK_SETTER(Options, Options)
  CHECK_SETTER(OrderBy, OrderBy)
  CHECK_SETTER(QueryId, QueryId)
  CHECK_SETTER(SowKey, SowKey)
  CHECK_SETTER(SowKeys, SowKeys)
  CHECK_SETTER(SubId, SubscriptionId)
  CHECK_SETTER(Topic, Topic)
#undef CHECK_SETTER
}

TEST_CASE("CPP-100 CPP-101 CPP-102 CPP-103: numbers of a command keep all their digits") {
  Command command("publish");
  CHECK(command.getSequence() == 0);
  CHECK(command.setSequence(18446744073709551615u).getSequence() == 18446744073709551615u);
  command.setBatchSize(4294967295u).setTopN(0).setExpiration(60);
  CHECK(command.getMessage().getBatchSize() == "4294967295");
  CHECK(command.getMessage().getTopN() == "0");
  CHECK(command.getMessage().getExpiration() == "60");
}

TEST_CASE("CPP-104: acks are added, replaced and read in both forms") {
  Command command("sow");
  CHECK(command.getAckTypeEnum() == Message::AckType::None);
  command.addAckType("stats").addAckType("completed");
  CHECK(command.getAckType() == "stats,completed");
  CHECK(command.setAckType("processed").getAckTypeEnum() == unsigned(Message::AckType::Processed));
  CHECK(command.setAckType(unsigned(Message::AckType::Received)).getAckType() == "received");
}
