// SPDX-License-Identifier: Apache-2.0
#include "fake_server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "wire/header_encoder.h"

namespace test {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

bool wait_readable(int fd, steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, left < 0 ? 0 : static_cast<int>(left)) > 0;
}

}  // namespace

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!condition()) {
    if (steady_clock::now() >= deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string framed(std::string_view content) {
  std::string bytes(4, '\0');
  amps::wire::store_length(bytes.data(), static_cast<std::uint32_t>(content.size()));
  return bytes.append(content);
}

bool Peer::fill(steady_clock::time_point deadline) {
  if (!wait_readable(fd_, deadline)) return false;
  std::size_t room = 0;
  char* to = reader_.prepare(&room);
  const ssize_t got = ::recv(fd_, to, room, 0);
  if (got <= 0) return false;
  reader_.commit(static_cast<std::size_t>(got));
  return true;
}

std::unique_ptr<Frame> Peer::try_read(milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  std::string_view bytes;
  for (;;) {
    while (!reader_.next(&bytes)) {
      if (!fill(deadline)) return nullptr;
    }
    auto frame = std::make_unique<Frame>();
    frame->bytes = bytes;
    REQUIRE(frame->decoder.decode(frame->bytes, &frame->header).ok());
    return frame;
  }
}

std::unique_ptr<Frame> Peer::read() {
  auto frame = try_read(kPatience);
  REQUIRE_MESSAGE(frame != nullptr, "no frame came");
  return frame;
}

std::unique_ptr<Frame> Peer::try_read_command(std::string_view command, milliseconds limit) {
  auto frame = try_read(limit);
  while (frame != nullptr && frame->get(AMPS_Command) != command) frame = try_read(limit);
  return frame;
}

std::unique_ptr<Frame> Peer::read_command(std::string_view command) {
  for (;;) {
    auto frame = read();
    if (frame->get(AMPS_Command) == command) return frame;
  }
}

void Peer::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Peer::send(std::string_view frame) {
  send_raw(framed(frame));
}

void Peer::ack(const Frame& command, std::string_view more, std::string_view type) {
  std::string text = R"({"c":"ack","cid":")" + command.get(AMPS_CommandId) + R"(","a":")";
  text += type;
  text += R"(","status":"success")";
  text += more;
  send(text + "}");
}

void Peer::fail(const Frame& command, std::string_view reason) {
  send(R"({"c":"ack","cid":")" + command.get(AMPS_CommandId) +
       R"(","a":"processed","status":"failure","reason":")" + std::string(reason) + R"("})");
}

std::unique_ptr<Frame> Peer::accept_logon(std::string_view more) {
  auto logon = read_command("logon");
  ack(*logon, std::string(R"(,"version":"5.3.4.1","s":0,"bm":"42|0|")") + std::string(more));
  return logon;
}

std::unique_ptr<Frame> Peer::accept(std::string_view command) {
  auto frame = read_command(command);
  ack(*frame);
  return frame;
}

bool Peer::is_closed(milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  while (fill(deadline)) {
  }
  char byte = 0;
  return ::recv(fd_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}

void Peer::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

FakeServer::FakeServer() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(fd_, 16) == 0);
  REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
}

FakeServer::~FakeServer() {
  stop();
}

void FakeServer::stop() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::string FakeServer::uri() const {
  return "tcp://127.0.0.1:" + std::to_string(port_) + "/amps/json";
}

bool FakeServer::has_connection(milliseconds limit) {
  return wait_readable(fd_, steady_clock::now() + limit);
}

std::unique_ptr<Peer> FakeServer::accept() {
  REQUIRE_MESSAGE(has_connection(kPatience), "nobody connected");
  const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  REQUIRE(fd >= 0);
  return std::make_unique<Peer>(fd);
}

}  // namespace test
