// SPDX-License-Identifier: Apache-2.0
#include "net/filter_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "scripted_stream.h"

namespace amps::net {
namespace {

// A stream with a filter that records what it is shown and replaces as the test says.
struct Fixture {
  ScriptedStream::Script script;
  std::vector<std::string> seen_in, seen_out;
  std::string replacement;
  bool replaces = false;
  Status result;
  FilterStream stream{std::make_unique<ScriptedStream>(&script),
                      [this](bool incoming, std::string_view* bytes) {
                        (incoming ? seen_in : seen_out).emplace_back(*bytes);
                        if (replaces) *bytes = replacement;
                        return result;
                      }};

  void replace_by(std::string bytes) {
    replaces = true;
    replacement = std::move(bytes);
  }
};

}  // namespace

TEST_CASE("a filter that changes nothing sees each byte once, in order") {
  Fixture f;
  f.script.input = {"ab", "c"};
  CHECK(read_all(f.stream) == "abc");
  CHECK(f.seen_in == std::vector<std::string>{"ab", "c"});
  CHECK(write_all(f.stream, "xyz"));
  CHECK(f.script.output == "xyz");
  CHECK(f.seen_out == std::vector<std::string>{"xyz"});
}

TEST_CASE("outgoing bytes that the socket refuses are not shown again") {
  Fixture f;
  f.script.room = 2;
  CHECK(f.stream.write_some("abcd", 4).size == 4);
  CHECK(f.script.output == "ab");
  CHECK(f.stream.flush_some().state == IoState::kWantWrite);
  CHECK(f.stream.write_some("ef", 2).state == IoState::kWantWrite);
  f.script.room = 1;
  CHECK(f.stream.flush_some().state == IoState::kWantWrite);
  f.script.room = std::string::npos;
  CHECK(f.stream.write_some("ef", 2).size == 2);
  CHECK(f.script.output == "abcdef");
  CHECK(f.seen_out == std::vector<std::string>{"abcd", "ef"});
}

TEST_CASE("outgoing bytes may be replaced by more, fewer or none") {
  for (const std::string& bytes : {std::string("much longer than before"), std::string("x"), std::string()}) {
    Fixture f;
    f.replace_by(bytes);
    CHECK(write_all(f.stream, "abcd"));
    CHECK(f.script.output == bytes);
  }
}

TEST_CASE("incoming bytes may be replaced by more than there is room for") {
  Fixture f;
  f.script.input = {"ab"};
  f.replace_by("0123456789");
  CHECK(read_all(f.stream, nullptr, 3) == "0123456789");
  CHECK(f.seen_in == std::vector<std::string>{"ab"});
}

TEST_CASE("held incoming bytes show as buffered input") {
  Fixture f;
  f.script.input = {"ab"};
  f.replace_by("0123");
  char room[3];
  CHECK(f.stream.read_some(room, 3).size == 3);
  CHECK(f.stream.has_buffered_input());
  CHECK(f.stream.read_some(room, 3).size == 1);
  CHECK_FALSE(f.stream.has_buffered_input());
}

TEST_CASE("incoming bytes may be taken out entirely") {
  Fixture f;
  f.script.input = {"ab", "cd"};
  f.replace_by("");
  IoState last;
  CHECK(read_all(f.stream, &last).empty());
  CHECK(last == IoState::kWantRead);
  CHECK(f.seen_in.size() == 2);
}

TEST_CASE("a filter may point into what it was given") {
  ScriptedStream::Script script;
  script.input = {"secret:hello"};
  FilterStream stream(std::make_unique<ScriptedStream>(&script), [](bool, std::string_view* bytes) {
    bytes->remove_prefix(7);
    return Status();
  });
  CHECK(read_all(stream) == "hello");
}

TEST_CASE("a failing filter closes the connection, lets nothing pass and is not asked again") {
  for (const bool incoming : {true, false}) {
    Fixture f;
    f.script.input = {"ab", "cd"};
    f.result = Status(AMPS_E_CALLBACK, "the filter raised");
    char room[8];
    const IoResult result = incoming ? f.stream.read_some(room, 8) : f.stream.write_some("xy", 2);
    CHECK(result.state == IoState::kFailed);
    CHECK(f.script.is_shut_down);
    CHECK(f.script.output.empty());
    CHECK(f.stream.status().text() == "the filter raised");
    f.result = Status();
    CHECK(f.stream.write_some("xy", 2).state == IoState::kFailed);
    CHECK(f.script.output.empty());
    CHECK(f.seen_in.size() + f.seen_out.size() == 1);
  }
}

TEST_CASE("the inner stream's end and failure pass through") {
  Fixture f;
  f.script.at_end = IoState::kClosed;
  char room[8];
  CHECK(f.stream.read_some(room, 8).state == IoState::kClosed);
  f.script.at_end = IoState::kFailed;
  CHECK(f.stream.read_some(room, 8).state == IoState::kFailed);
  CHECK(f.stream.status().text() == "scripted failure");
}

}  // namespace amps::net
