// SPDX-License-Identifier: Apache-2.0
// The parts of the C++ headers that need no server.
#include <doctest/doctest.h>
#include <amps/ampsplusplus.hpp>

#include <sstream>

using AMPS::Command;
using AMPS::Field;
using AMPS::Message;

TEST_CASE(
    "CPP-009 CPP-010 CPP-011 CPP-012 CPP-013 CPP-014 CPP-015 CPP-016: "
    "a field is a view that compares by bytes and prints its length only") {
  const std::string text("abc\0def", 7);
  const Field field(text);
  CHECK(field.data() == text.data());
  CHECK(field == text);
  CHECK(Field("abc") < field);
  CHECK(Field("abd") != field);
  CHECK(field.contains("c\0d", 3));
  CHECK(std::string(field) == text);
  std::ostringstream out;
  out << Field(text.data(), 3);
  CHECK(out.str() == "abc");
  CHECK(Field().empty());
  CHECK(Field() == Field(""));
}

TEST_CASE("CPP-017 CPP-018: clear frees a deep copy and leaves bytes of others alone") {
  char bytes[] = "bytes";
  Field view(bytes);
  Field copy = view.deepCopy();
  CHECK(copy.data() != view.data());
  CHECK(copy.len() == 5);
  view.clear();
  CHECK(view.data() == nullptr);
  CHECK(copy == "bytes");
  copy.clear();
  CHECK(copy.empty());
}

TEST_CASE("CPP-087 CPP-104 CPP-105 CPP-107: a command is a value and knows its kind") {
  Command command("sow_and_subscribe");
  command.setTopic("t").setFilter("/a = 1").setBatchSize(5).setTopN(0).setSequence(0).addAckType("stats");
  command.addAckType("completed").setTimeout(10);
  CHECK(command.isSow());
  CHECK(command.isSubscribe());
  CHECK(command.hasStatsAck());
  CHECK_FALSE(command.hasProcessedAck());
  CHECK(command.getAckTypeEnum() == unsigned(Message::AckType::Stats | Message::AckType::Completed));
  CHECK(command.getMessage().getBatchSize() == "5");
  Command copy(command);
  copy.setTopic("other");
  CHECK(command.getMessage().getTopic() == "t");
  CHECK(copy.getTimeout() == 10);
  copy.reset(Message::Command::Publish);
  CHECK(copy.needsSequenceNumber());
  CHECK(copy.getMessage().getTopic().empty());
  CHECK(copy.getTimeout() == 0);
}

TEST_CASE(
    "CPP-073 CPP-074 CPP-078 CPP-085: "
    "options keep one of each and read as the list that commands take") {
  Message::Options options;
  options.setOOF().setMaxBacklog(10).setConflationKey("[/a,/b]").setMaxBacklog(20).setOOF();
  CHECK(options == "conflation_key=[/a,/b],max_backlog=20,oof");
  CHECK(options.getMaxBacklog() == 20);
  Command command("subscribe");
  command.setOptions(options);
  CHECK(command.getMessage().getOptions() == std::string(options));
  CHECK(Message::Options("oof,").setNone() == "none");
  const std::string joined = std::string(Message::Options::OOF) + Message::Options::Timestamp;
  CHECK(Message::Options(joined) == "oof,timestamp");
  std::vector<std::string> odr_used;
  odr_used.emplace_back(Message::Options::SendKeys);
  odr_used.emplace_back(Message::Status::Success);
  odr_used.emplace_back(Message::Reason::NotEntitled);
  CHECK(odr_used[2] == AMPS::Reason::notEntitled());
}

TEST_CASE(
    "CPP-312 CPP-313 CPP-335 CPP-068: "
    "every result code throws its class, and unknown ones keep their number") {
  CHECK_THROWS_AS(Message().throwFor(0, "bad filter"), AMPS::BadFilterException);
  CHECK_THROWS_AS(Message().throwFor(0, "not entitled"), AMPS::CommandException);
  try {
    AMPS::detail::visit_exception(4711, "text", "", AMPS::detail::Throw());
    FAIL("nothing was thrown");
  } catch (const AMPS::Exception& e) {
    CHECK(e.code() == 4711);
  }
  try {
    throw AMPS::TimedOutException("no ack", AMPS_E_TIMED_OUT, "too busy");
  } catch (const std::runtime_error& e) {
    CHECK(std::string(e.what()) == "no ack: too busy");
    CHECK(std::string(static_cast<const AMPS::AMPSException&>(e).reason()) == "too busy");
  }
  CHECK(std::string(AMPS::CommandException("refused: x", AMPS_E_COMMAND, "x").what()) == "refused: x");
  CHECK(std::string(AMPS::UsageException("no server").reason()).empty());
  CHECK_THROWS_AS(AMPS::AMPSException::throwFor(nullptr, AMPS_E_MEMORY), std::bad_alloc);
}

TEST_CASE("CPP-336: empty handles refuse work and say so") {
  AMPS::Client client(static_cast<amps_client_t*>(nullptr));
  CHECK_FALSE(client.isValid());
  CHECK_THROWS_AS(client.publish("t", "d"), AMPS::UsageException);
  AMPS::Client copy(client);
  CHECK_FALSE(copy.isValid());
  AMPS::MessageStream stream;
  CHECK_THROWS_AS(stream.timeout(1), AMPS::UsageException);
  CHECK(stream.begin() == stream.end());
  stream.close();
  CHECK_THROWS_AS(AMPS::ServerChooser().getCurrentURI(), AMPS::UsageException);
  Message message;
  AMPS::MessageHandler().invoke(message);
}

TEST_CASE("CPP-115 CPP-116 CPP-117: handlers take functions, function objects and const messages") {
  struct Functions {
    static void plain(Message& m, void* out) {
      *static_cast<std::string*>(out) += std::string(m.getTopic()) + "1";
    }
    static void constant(const Message& m, void* out) {
      *static_cast<std::string*>(out) += std::string(m.getTopic()) + "2";
    }
  };
  std::string out;
  Message message;
  message.setTopic("t");
  AMPS::MessageHandler(&Functions::plain, &out)(message);
  AMPS::MessageHandler(&Functions::constant, &out)(message);
  const std::shared_ptr<int> alive = std::make_shared<int>(0);
  {
    AMPS::MessageHandler lambda([&out, alive](const Message& m) { out += std::string(m.getTopic()) + "3"; });
    AMPS::MessageHandler copy;
    CHECK_FALSE(copy.isValid());
    copy = lambda;
    copy = copy;
    lambda = AMPS::MessageHandler();
    copy(message);
    CHECK(alive.use_count() == 2);
  }
  CHECK(alive.use_count() == 1);
  CHECK(out == "t1t2t3");
}

TEST_CASE("CPP-302 CPP-303: composite bodies survive the way through builder and parser") {
  AMPS::CompositeMessageBuilder builder;
  builder.append("json").append("").append("\0\xFF", 2);
  AMPS::CompositeMessageParser parser;
  CHECK(parser.parse(builder.data(), builder.length()) == 3);
  CHECK(parser.getPart(0) == "json");
  CHECK(parser.getPart(1).empty());
  CHECK(parser.getPart(2).len() == 2);
  CHECK(parser.getPart(3).empty());
  for (size_t size = 1; size < builder.length(); ++size) {
    if (size == 8 || size == 12) continue;  // Ends of parts.
    CHECK_THROWS_AS(parser.parse(builder.data(), size), AMPS::StreamException);
  }
  builder.clear();
  CHECK(parser.parse(builder.data(), builder.length()) == 0);
}

TEST_CASE("CPP-304 CPP-305: FIX bodies are built and taken apart") {
  AMPS::FIXBuilder fix;
  fix.append(8, "FIX").append(44, "x1.5", 1, 3);
  CHECK(fix.getString() ==
        "8=FIX\x01"
        "44=1.5\x01");
  CHECK(AMPS::FIXShredder().toMap(fix.getString())[44] == "1.5");
  AMPS::NVFIXBuilder nvfix('|');
  nvfix.append("name", "a=b");
  const std::string body = nvfix.getString() + "junk|";
  AMPS::NVFIXShredder::map_type fields = AMPS::NVFIXShredder('|').toMap(body);
  CHECK(fields.size() == 1);
  CHECK(fields["name"] == "a=b");
  CHECK(AMPS::NVFIXShredder().toMap(Field()).empty());
}

TEST_CASE("CPP-307 CPP-150: versions compare by number") {
  CHECK(AMPS::VersionInfo("5.3.4.1").getOldStyleVersion() == 5030401);
  CHECK(AMPS::VersionInfo("5.10") > AMPS::VersionInfo("5.9.9.9"));
  CHECK(AMPS::VersionInfo("5.3-beta").getMinorVersion() == 3);
  CHECK(AMPS::VersionInfo("develop").getOldStyleVersion() == 0);
  CHECK(AMPS::Client::convertVersionToNumber("4.0.0.10") == 4000010);
}

TEST_CASE("CPP-336: programs may derive from clients, and passing them on keeps the one pointer") {
  struct Named : AMPS::HAClient {
    Named() : AMPS::HAClient("derived"), extra(42) {}
    int extra;
  };
  Named derived;
  AMPS::Client& base = derived;
  CHECK(static_cast<void*>(&base) == static_cast<void*>(static_cast<AMPS::HAClient*>(&derived)));
  const AMPS::Client sliced = base;
  CHECK(sliced.getName() == "derived");
  CHECK(sliced.getHandle() == derived.getHandle());
  CHECK(derived.extra == 42);
}
