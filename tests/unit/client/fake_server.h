// SPDX-License-Identifier: Apache-2.0
// The server's end of a real loopback connection, played by a test: it reads frames one by one and
// answers what the test says, so that every order of events can be made on purpose.
// Threads: the test's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "wire/frame_reader.h"
#include "wire/header_decoder.h"

namespace test {

constexpr std::chrono::seconds kPatience{30};  // Longer than any machine needs; only failures wait for it.

// A received frame with bytes of its own.
struct Frame {
  std::string bytes;
  amps::wire::HeaderDecoder decoder;
  amps::wire::Header header;
  std::string get(FieldId field) const { return std::string(header.get(field)); }
  std::string body() const { return bytes.substr(header.size_bytes); }
};

std::string framed(std::string_view content);  // With its length in front, as on the wire.

class Peer {
 public:
  explicit Peer(int fd) noexcept : fd_(fd) {}
  ~Peer() { close(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // The next frame; fails the test when none comes in time.
  std::unique_ptr<Frame> read();
  // The next frame that is no heartbeat, if one comes within the time; NULL when not.
  std::unique_ptr<Frame> try_read(std::chrono::milliseconds limit);
  // NULL when no frame with this command comes in time.
  std::unique_ptr<Frame> try_read_command(std::string_view command, std::chrono::milliseconds limit);
  // Reads frames until one has this command.
  std::unique_ptr<Frame> read_command(std::string_view command);
  // Sends header and body as one frame.
  void send(std::string_view frame);
  void send_raw(std::string_view bytes);
  // Answers a command with an ack; `more` are further header members, each beginning with a comma.
  void ack(const Frame& command, std::string_view more = "", std::string_view type = "processed");
  void fail(const Frame& command, std::string_view reason);
  // Reads the logon and lets it succeed.
  std::unique_ptr<Frame> accept_logon(std::string_view more = "");
  // Reads a command of this name and lets it succeed.
  std::unique_ptr<Frame> accept(std::string_view command);
  bool is_closed(std::chrono::milliseconds limit);
  void close();
  int fd() const noexcept { return fd_; }

 private:
  bool fill(std::chrono::steady_clock::time_point deadline);

  int fd_;
  amps::wire::FrameReader reader_{1u << 28};
};

class FakeServer {
 public:
  FakeServer();
  ~FakeServer();
  std::string uri() const;
  std::unique_ptr<Peer> accept();
  bool has_connection(std::chrono::milliseconds limit);
  // Refuses further connections.
  void stop();

 private:
  int fd_;
  std::uint16_t port_;
};

// Polls until the condition holds; false when it did not in time.
bool eventually(const std::function<bool()>& condition);

}  // namespace test
