// SPDX-License-Identifier: Apache-2.0
// A stream without a socket: gives the input it was told to give, cut where it was told to cut, and
// keeps the output.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>

#include "net/byte_stream.h"

namespace amps::net {

class ScriptedStream final : public ByteStream {
 public:
  // What the test looks at; it outlives the stream, which a wrapping stream owns.
  struct Script {
    std::deque<std::string> input;         // A piece for each read; an empty one is a kWantRead.
    IoState at_end = IoState::kWantRead;   // When no pieces are left.
    std::size_t room = std::string::npos;  // Bytes that writes take before they say kWantWrite.
    std::string output;
    bool is_shut_down = false;
  };

  explicit ScriptedStream(Script* script) : script_(*script) {}

  IoResult read_some(char* to, std::size_t size) override {
    if (script_.is_shut_down) return {IoState::kClosed, 0};
    if (script_.input.empty()) return {script_.at_end, 0};
    std::string& piece = script_.input.front();
    const std::size_t count = std::min(size, piece.size());
    std::memcpy(to, piece.data(), count);
    piece.erase(0, count);
    if (piece.empty()) script_.input.pop_front();
    return {count == 0 ? IoState::kWantRead : IoState::kOk, count};
  }
  IoResult write_some(const char* from, std::size_t size) override {
    if (script_.is_shut_down) return {IoState::kFailed, 0};
    const std::size_t count = std::min(size, script_.room);
    if (script_.room != std::string::npos) script_.room -= count;
    script_.output.append(from, count);
    return {count == 0 ? IoState::kWantWrite : IoState::kOk, count};
  }
  int fd() const noexcept override { return -1; }
  void shutdown() noexcept override { script_.is_shut_down = true; }
  Status status() const override { return {AMPS_E_CONNECTION, "scripted failure"}; }

 private:
  Script& script_;
};

// Everything that a stream gives until it gives no more.
inline std::string read_all(ByteStream& stream, IoState* last = nullptr, std::size_t room = 64 * 1024) {
  std::string all, bytes(room, '\0');
  for (;;) {
    const IoResult result = stream.read_some(bytes.data(), room);
    if (last != nullptr) *last = result.state;
    if (result.state != IoState::kOk) return all;
    all.append(bytes, 0, result.size);
  }
}

// Writes and flushes; the stream below must have room. False when it failed.
inline bool write_all(ByteStream& stream, std::string_view bytes) {
  while (!bytes.empty()) {
    const IoResult result = stream.write_some(bytes.data(), bytes.size());
    if (result.state != IoState::kOk) return false;
    bytes.remove_prefix(result.size);
  }
  return stream.flush_some().state == IoState::kOk;
}

}  // namespace amps::net
