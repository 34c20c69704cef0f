// SPDX-License-Identifier: Apache-2.0
#include "net/zlib_stream.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "scripted_stream.h"

namespace amps::net {
namespace {

std::unique_ptr<ZlibStream> make_stream(ScriptedStream::Script* script, std::string_view received = {}) {
  std::unique_ptr<ZlibStream> stream;
  const Status status = ZlibStream::make(std::make_unique<ScriptedStream>(script), received, &stream);
  REQUIRE_MESSAGE(status.ok(), status.text());
  return stream;
}

std::string compress(std::string_view text) {
  ScriptedStream::Script script;
  CHECK(write_all(*make_stream(&script), text));
  return script.output;
}

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

// A stored block of the example: header, "hi" stored without gain, sync flush.
constexpr std::string_view kStoredHi("\x78\x9c\x00\x02\x00\xfd\xffhi\x00\x00\x00\xff\xff", 14);

}  // namespace

TEST_CASE("a zlib stream made by hand is read") {
  ScriptedStream::Script script;
  script.input = {std::string(kStoredHi)};
  CHECK(read_all(*make_stream(&script)) == "hi");
}

TEST_CASE("output begins like a zlib stream and each flush ends with a sync marker") {
  ScriptedStream::Script script;
  const auto stream = make_stream(&script);
  CHECK(write_all(*stream, "hello"));
  REQUIRE(script.output.size() > 6);
  CHECK(script.output[0] == '\x78');
  CHECK((static_cast<unsigned char>(script.output[0]) * 256 + static_cast<unsigned char>(script.output[1])) %
            31 ==
        0);
  CHECK(script.output.substr(script.output.size() - 4) == std::string("\x00\x00\xff\xff", 4));
  const std::size_t before = script.output.size();
  CHECK(write_all(*stream, "again"));
  CHECK(script.output.substr(script.output.size() - 4) == std::string("\x00\x00\xff\xff", 4));
  CHECK(stream->flush_some().state == IoState::kOk);  // Nothing new: nothing is sent.
  CHECK(script.output.size() > before);
  const std::size_t after = script.output.size();
  CHECK(stream->flush_some().state == IoState::kOk);
  CHECK(script.output.size() == after);
}

TEST_CASE("compressed bytes may be cut anywhere") {
  const std::string text = "{\"c\":\"p\",\"t\":\"widgets\"}" + noise(40) + std::string(200, 'x');
  const std::string packed = compress(text);
  for (std::size_t cut = 0; cut <= packed.size(); ++cut) {
    ScriptedStream::Script script;
    script.input = {packed.substr(0, cut), packed.substr(cut)};
    const auto stream = make_stream(&script);
    // An empty piece stands for a wait.
    std::string all = read_all(*stream);
    if (cut == 0) all += read_all(*stream);
    CHECK(all == text);
    CHECK_FALSE(stream->has_buffered_input());
  }
}

TEST_CASE("compressed bytes may come one by one and be read one by one") {
  const std::string text = noise(300);
  ScriptedStream::Script script;
  for (const char byte : compress(text)) script.input.emplace_back(1, byte);
  CHECK(read_all(*make_stream(&script), nullptr, 1) == text);
}

TEST_CASE("bytes read while finding out what the peer speaks come first") {
  const std::string packed = compress("hello");
  for (std::size_t cut = 1; cut <= packed.size(); ++cut) {
    ScriptedStream::Script script;
    if (cut < packed.size()) script.input = {packed.substr(cut)};
    const auto stream = make_stream(&script, packed.substr(0, cut));
    CHECK(stream->has_buffered_input());
    CHECK(read_all(*stream) == "hello");
  }
}

TEST_CASE("megabytes pass in both directions, compressible or not, through a narrow socket") {
  for (const std::string& text : {noise(3'000'000), std::string(20'000'000, 'x')}) {
    ScriptedStream::Script script;
    const auto stream = make_stream(&script);
    std::string_view left = text;
    std::size_t waits = 0;
    while (!left.empty()) {
      script.room = 10'000;
      const IoResult result = stream->write_some(left.data(), left.size());
      if (result.state == IoState::kOk) left.remove_prefix(result.size);
      if (result.state == IoState::kWantWrite) ++waits;
      REQUIRE(waits < 1000);
    }
    while (stream->flush_some().state == IoState::kWantWrite) script.room = 10'000;
    ScriptedStream::Script reader;
    reader.input = {script.output};
    CHECK(read_all(*make_stream(&reader)) == text);
  }
}

TEST_CASE("a read gives at most 64 KiB and says that more is there") {
  ScriptedStream::Script script;
  script.input = {compress(std::string(1'000'000, 'x'))};
  const auto stream = make_stream(&script);
  std::string room(1'000'000, '\0');
  CHECK(stream->read_some(room.data(), room.size()).size == 65'536);
  CHECK(stream->has_buffered_input());
}

TEST_CASE("a limit on inflated bytes holds to the byte and can be lifted") {
  const std::string text(1'000, 'x');
  for (const std::uint64_t limit : {0u, 1u, 999u, 1'000u, 1'001u}) {
    ScriptedStream::Script script;
    script.input = {compress(text)};
    const auto stream = make_stream(&script);
    stream->set_inflated_bytes_max(limit);
    IoState last;
    const std::string got = read_all(*stream, &last, 100);
    CHECK(got.size() <= limit);
    CHECK(last == (limit < 1'000 ? IoState::kFailed : IoState::kWantRead));
    if (limit < 1'000) CHECK(stream->status().code() == AMPS_E_STREAM);
  }
  ScriptedStream::Script script;
  script.input = {compress(text)};
  const auto stream = make_stream(&script);
  stream->set_inflated_bytes_max(500);
  char room[400];
  CHECK(stream->read_some(room, 400).size == 400);
  stream->set_inflated_bytes_max(UINT64_MAX);
  CHECK(read_all(*stream).size() == 600);
}

TEST_CASE("a bomb is stopped after the limit, not after it has been inflated") {
  ScriptedStream::Script script;
  script.input = {compress(std::string(50'000'000, '\0'))};
  const auto stream = make_stream(&script);
  stream->set_inflated_bytes_max(65'536);
  IoState last;
  CHECK(read_all(*stream, &last).size() <= 65'536);
  CHECK(last == IoState::kFailed);
}

TEST_CASE("bytes that are no zlib stream fail for good") {
  for (const std::string& bytes : {std::string("hello world"), "\x78\x9c" + std::string(20, '\xff'),
                                   std::string("\x78\x9c\x00\x02\x00\x00\x00hi", 9)}) {
    ScriptedStream::Script script;
    script.input = {bytes};
    const auto stream = make_stream(&script);
    IoState last;
    read_all(*stream, &last);
    CHECK(last == IoState::kFailed);
    CHECK(stream->status().code() == AMPS_E_STREAM);
  }
}

TEST_CASE("bytes after the end of the peer's zlib stream are refused, its end alone is not") {
  // "hi" with the final bit set, and its Adler-32 check.
  const std::string finished("\x78\x9c\x01\x02\x00\xfd\xffhi\x01\x3b\x00\xd2", 13);
  ScriptedStream::Script script;
  script.input = {finished};
  script.at_end = IoState::kClosed;
  IoState last;
  CHECK(read_all(*make_stream(&script), &last) == "hi");
  CHECK(last == IoState::kClosed);
  script.input = {finished + "more"};
  CHECK(read_all(*make_stream(&script), &last) == "hi");
  CHECK(last == IoState::kFailed);
}

TEST_CASE("the inner stream's failure passes through") {
  ScriptedStream::Script script;
  script.at_end = IoState::kFailed;
  const auto stream = make_stream(&script);
  IoState last;
  read_all(*stream, &last);
  CHECK(last == IoState::kFailed);
  CHECK(stream->status().text() == "scripted failure");
}

}  // namespace amps::net
