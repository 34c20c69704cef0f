// SPDX-License-Identifier: Apache-2.0
#include "support/raw_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace raw {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("raw client: " + what);
}

void wait_for(int fd, short events) {
  pollfd poll_fd{fd, events, 0};
  const auto wait_ms = std::chrono::duration_cast<std::chrono::milliseconds>(kWait).count();
  if (::poll(&poll_fd, 1, static_cast<int>(wait_ms)) <= 0) fail("waited too long");
}

std::string quoted(std::string_view text, std::size_t* at) {
  std::string value;
  for (++*at; *at < text.size() && text[*at] != '"'; ++*at) {
    if (text[*at] == '\\') ++*at;  // Tests use no control characters, so the letter is the value.
    if (*at < text.size()) value += text[*at];
  }
  if (*at >= text.size()) fail("string without end");
  ++*at;
  return value;
}

}  // namespace

std::string frame(std::string_view header, std::string_view body) {
  const std::size_t size = header.size() + body.size();
  std::string bytes = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                       static_cast<char>(size >> 8), static_cast<char>(size)};
  return bytes.append(header).append(body);
}

Frame parse(std::string_view content) {
  Frame out;
  if (content.empty() || content[0] != '{') fail("no header in " + std::string(content));
  std::size_t at = 1;
  while (at < content.size() && content[at] != '}') {
    if (content[at] == ',') ++at;
    if (at >= content.size() || content[at] != '"') fail("no key in " + std::string(content));
    const std::string key = quoted(content, &at);
    if (at >= content.size() || content[at++] != ':') fail("no colon in " + std::string(content));
    if (out.has(key)) fail("key twice in " + std::string(content));
    if (at < content.size() && content[at] == '"') {
      out.fields[key] = quoted(content, &at);
    } else {
      const std::size_t end = content.find_first_of(",}", at);
      if (end == std::string_view::npos) fail("value without end in " + std::string(content));
      out.fields[key] = content.substr(at, end - at);
      at = end;
    }
  }
  if (at >= content.size()) fail("header without end");
  out.header = content.substr(0, at + 1);
  out.body = content.substr(at + 1);
  return out;
}

Client::Client(std::uint16_t port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail(std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Client::Client(const std::string& unix_path) {
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, unix_path.c_str(), sizeof address.sun_path - 1);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail(std::strerror(errno));
}

Client::~Client() {
  ::close(fd_);
}

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    wait_for(fd_, POLLOUT);
    const std::size_t count = send_some(bytes);
    bytes.remove_prefix(count);
  }
}

std::size_t Client::send_some(std::string_view bytes) {
  const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno == EAGAIN || errno == EINTR) return 0;
  fail(std::strerror(errno));
}

void Client::fill() {
  wait_for(fd_, POLLIN);
  char bytes[65536];
  const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
  if (count > 0) {
    received_.append(bytes, static_cast<std::size_t>(count));
  } else {
    closed_ = true;  // In order or by a reset: the end either way.
  }
}

bool Client::take(Frame* out) {
  if (received_.size() < 4) return false;
  const auto byte = [this](int i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(received_[i]));
  };
  const std::size_t size = byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
  if (received_.size() < 4 + size) return false;
  *out = parse(std::string_view(received_).substr(4, size));
  received_.erase(0, 4 + size);
  return true;
}

Frame Client::next() {
  Frame out;
  while (!take(&out)) {
    if (closed_) fail("the broker closed the connection");
    fill();
  }
  return out;
}

Frame Client::next(const std::string& command) {
  Frame out = next();
  if (!out.is(command)) fail("expected " + command + ", got " + out.header);
  return out;
}

Frame Client::ack(const std::string& command_id) {
  Frame out = next("ack");
  if (out.get("cid") != command_id) fail("expected an ack of " + command_id + ", got " + out.header);
  return out;
}

std::string Client::read_bytes(std::size_t count) {
  while (received_.size() < count && !closed_) fill();
  std::string bytes = received_.substr(0, count);
  received_.erase(0, bytes.size());
  return bytes;
}

std::string Client::wait_closed() {
  while (!closed_) fill();
  return std::move(received_);
}

bool Client::has_frame() {
  Frame out;
  std::string before = received_;
  pollfd poll_fd{fd_, POLLIN, 0};
  while (!closed_ && ::poll(&poll_fd, 1, 0) > 0) fill();
  before = received_;
  const bool has = take(&out);
  received_ = before;
  return has;
}

void Client::end_sending() {
  ::shutdown(fd_, SHUT_WR);
}

Frame Client::command(const std::string& members) {
  const std::string id = "c" + std::to_string(next_id_++);
  send_frame("{\"cid\":\"" + id + "\",\"a\":\"processed\"," + members + "}");
  return ack(id);
}

Frame Client::logon(const std::string& name, const std::string& message_type) {
  const std::string type = message_type.empty() ? "" : ",\"mt\":\"" + message_type + "\"";
  Frame out = command("\"c\":\"logon\",\"client_name\":\"" + name + "\",\"version\":\"test\"" + type);
  if (out.get("status") != "success") fail("logon failed: " + out.header);
  return out;
}

Frame Client::subscribe(const std::string& topic, const std::string& id, const std::string& options) {
  const std::string list = options.empty() ? "" : ",\"opts\":\"" + options + "\"";
  Frame out = command("\"c\":\"subscribe\",\"t\":\"" + topic + "\",\"sub_id\":\"" + id + "\"" + list);
  if (out.get("status") != "success") fail("subscribe failed: " + out.header);
  return out;
}

void Client::publish(const std::string& topic, std::string_view body) {
  send_frame("{\"c\":\"p\",\"t\":\"" + topic + "\"}", body);
}

void Client::expect_nothing() {
  const Frame out = command("\"c\":\"flush\"");
  if (out.get("status") != "success") fail("flush failed: " + out.header);
}

}  // namespace raw
