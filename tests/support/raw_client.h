// SPDX-License-Identifier: Apache-2.0
// A client that is nothing but a socket and the protocol's description: it shares no code with what it
// tests. Every wait has a deadline, after which the call throws and the test fails.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace raw {

constexpr std::chrono::seconds kWait(30);  // Longer than any machine needs, sanitizers included.

struct Frame {
  std::map<std::string, std::string> fields;
  std::string header;  // As it came.
  std::string body;

  bool has(const std::string& key) const { return fields.count(key) != 0; }
  std::string get(const std::string& key) const { return has(key) ? fields.at(key) : std::string(); }
  bool is(const std::string& command) const { return get("c") == command; }
};

// A frame of the wire: length, header, body.
std::string frame(std::string_view header, std::string_view body = {});
// The flat object at the beginning of `content`. Throws on anything else.
Frame parse(std::string_view content);

class Client {
 public:
  explicit Client(std::uint16_t port);  // TCP to 127.0.0.1.
  explicit Client(const std::string& unix_path);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view bytes);
  void send_frame(std::string_view header, std::string_view body = {}) { send(frame(header, body)); }
  // Takes as many bytes as the socket has room for, without waiting; returns how many.
  std::size_t send_some(std::string_view bytes);
  Frame next();                              // The next frame, whatever it is.
  Frame next(const std::string& command);    // The next frame, which must be of this command.
  Frame ack(const std::string& command_id);  // The next frame, which must be an ack of this command.
  std::string read_bytes(std::size_t count);
  // Reads until the end of the connection and returns the frames' bytes before it.
  std::string wait_closed();
  bool has_frame();    // Without waiting.
  void end_sending();  // Closes our direction.

  // The commands most tests need; each waits for its `processed` ack, which must be a success.
  Frame logon(const std::string& name = "raw", const std::string& message_type = "json");
  Frame subscribe(const std::string& topic, const std::string& id, const std::string& options = {});
  void publish(const std::string& topic, std::string_view body);
  // Everything sent before has been executed, and what it produced for this client has arrived:
  // fails if a frame other than the flush's ack comes first.
  void expect_nothing();
  Frame command(const std::string& header_members);  // {"cid":"…","a":"processed",…}; returns its ack.

 private:
  void fill();  // Waits for bytes and reads them.
  bool take(Frame* out);

  int fd_ = -1;
  bool closed_ = false;
  std::string received_;
  int next_id_ = 1;
};

}  // namespace raw
