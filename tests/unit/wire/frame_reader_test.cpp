// SPDX-License-Identifier: Apache-2.0
#include "wire/frame_reader.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

using amps::wire::FrameReader;

namespace {

std::string frame(std::string_view content) {
  const auto size = static_cast<std::uint32_t>(content.size());
  std::string bytes = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                       static_cast<char>(size >> 8), static_cast<char>(size)};
  return bytes.append(content);
}

std::vector<std::string> take_all(FrameReader& reader) {
  std::vector<std::string> frames;
  std::string_view view;
  while (reader.next(&view)) frames.emplace_back(view);
  return frames;
}

}  // namespace

TEST_CASE("a reader waits for the whole frame") {
  FrameReader reader(16);
  reader.feed(std::string_view("\0\0\0\2a", 5));
  CHECK(take_all(reader).empty());
  reader.feed("b");
  CHECK(take_all(reader) == std::vector<std::string>{"ab"});
}

TEST_CASE("frames are the same wherever the stream is split") {
  const std::string stream = frame("{\"c\":\"p\"}x") + frame("") + frame("{}") + frame(std::string(300, 'y'));
  FrameReader whole(1024);
  whole.feed(stream);
  const std::vector<std::string> expected = take_all(whole);
  REQUIRE(expected.size() == 3);
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    FrameReader reader(1024);
    reader.feed(std::string_view(stream).substr(0, split));
    std::vector<std::string> frames = take_all(reader);
    reader.feed(std::string_view(stream).substr(split));
    for (std::string& rest : take_all(reader)) frames.push_back(rest);
    CHECK(frames == expected);
  }
}

TEST_CASE("a thousand empty frames are passed over") {
  FrameReader reader(16);
  reader.feed(std::string(4000, '\0') + frame("z"));
  CHECK(take_all(reader) == std::vector<std::string>{"z"});
}

TEST_CASE("a frame at the limit is taken and one beyond it is an error for good") {
  FrameReader reader(8);
  reader.feed(frame("12345678"));
  CHECK(take_all(reader).size() == 1);
  reader.feed(frame("123456789"));
  CHECK(take_all(reader).empty());
  CHECK(reader.status().code() == AMPS_E_STREAM);
  CHECK(reader.status().text() == "frame of 9 bytes exceeds limit of 8");
  reader.feed(frame("1"));
  CHECK(take_all(reader).empty());
}

TEST_CASE("memory follows what has arrived, not what a prefix claims") {
  FrameReader reader(268'435'456);
  reader.feed(std::string_view("\x0f\xff\xff\xff{", 5));
  CHECK(take_all(reader).empty());
  CHECK(reader.status().ok());
  CHECK(reader.memory_bytes() <= 256 * 1024);
}

TEST_CASE("memory stays near the bytes that have arrived") {
  FrameReader reader(200'000'000);
  reader.feed(std::string_view("\x00\x98\x96\x80", 4));  // 10,000,000 bytes follow, so it says.
  const std::string piece(65'536, 'x');
  for (std::size_t fed = 0; fed < 8'000'000; fed += piece.size()) {
    reader.feed(piece);
    CHECK(reader.memory_bytes() <= (fed + piece.size()) * 5 / 4 + piece.size());
  }
}

TEST_CASE("small frames cut anywhere never make the buffer grow") {
  FrameReader reader(1024);
  std::size_t room = 0;
  reader.prepare(&room);
  const std::size_t bytes = reader.memory_bytes();
  CHECK(bytes == 65'536);
  const std::string content(200, 'x');
  for (std::size_t cut = 0; cut <= 204; ++cut) {
    reader.feed(frame(content).substr(0, cut));
    reader.prepare(&room);
    CHECK(room >= 32'768);
    reader.feed(frame(content).substr(cut));
    CHECK(take_all(reader).size() == 1);
    CHECK(reader.memory_bytes() == bytes);
  }
}

TEST_CASE("memory of a large frame is given back when small reads follow") {
  FrameReader reader(8 << 20);
  reader.feed(frame(std::string(4 << 20, 'x')));
  CHECK(take_all(reader).size() == 1);
  for (int i = 0; i < 100; ++i) {
    reader.feed(frame("small"));
    CHECK(take_all(reader).size() == 1);
  }
  CHECK(reader.memory_bytes() <= 512 * 1024);
}

TEST_CASE("a stream of large frames keeps its memory") {
  FrameReader reader(8 << 20);
  const std::string large = frame(std::string(1 << 20, 'x'));
  reader.feed(large);
  CHECK(take_all(reader).size() == 1);
  const std::size_t bytes = reader.memory_bytes();
  for (int i = 0; i < 100; ++i) {
    reader.feed(large);
    CHECK(take_all(reader).size() == 1);
    CHECK(reader.memory_bytes() == bytes);
  }
}

TEST_CASE("the error names whose bytes these are") {
  const auto text = [](std::string_view bytes) {
    FrameReader reader(65'536);
    reader.feed(bytes);
    CHECK(take_all(reader).empty());
    return reader.status().text();
  };
  CHECK(text(std::string_view("\x16\x03\x01\x02\x00\x01", 6)).find("a TLS handshake") != std::string::npos);
  CHECK(text("GET / HTTP/1.1\r\n").find("an HTTP request") != std::string::npos);
  CHECK(text("SSH-2.0-x\r\n").find("an SSH greeting") != std::string::npos);
  CHECK(text("\x78\x9c\x01\x02").find("a zlib stream") != std::string::npos);
  CHECK(text("{\"c\":\"logon\"}").find("a header without its length") != std::string::npos);
  CHECK(text("\xff\xff\xff\xff") == "frame of 4294967295 bytes exceeds limit of 65536");
  CHECK(text(std::string_view("\x80\0\0\0", 4)) == "frame of 2147483648 bytes exceeds limit of 65536");
}

TEST_CASE("a reader fed one byte at a time gives what it gives at once") {
  std::string stream;
  for (std::size_t size = 0; size < 300; size += 7) stream += frame(std::string(size, 'a'));
  FrameReader whole(1024), slow(1024);
  whole.feed(stream);
  std::vector<std::string> frames;
  for (const char byte : stream) {
    slow.feed({&byte, 1});
    for (std::string& one : take_all(slow)) frames.push_back(one);
  }
  CHECK(frames == take_all(whole));
  CHECK(slow.pending().empty());
}

TEST_CASE("a limit raised after logon lets larger frames in") {
  FrameReader reader(4);
  reader.set_frame_bytes_max(8);
  reader.feed(frame("12345678"));
  CHECK(take_all(reader).size() == 1);
}

TEST_CASE("pending shows the bytes nobody took") {
  FrameReader reader(64);
  reader.feed(frame("a") + frame("b"));
  std::string_view view;
  REQUIRE(reader.next(&view));
  CHECK(reader.pending() == frame("b"));
}
