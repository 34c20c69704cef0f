// SPDX-License-Identifier: Apache-2.0
#include "net/client_socket.h"

#include <doctest/doctest.h>
#include <netinet/tcp.h>

#include <string>
#include <thread>
#include <vector>

#include "base/interrupt.h"
#include "loopback.h"

namespace amps::net {
namespace {

Status open_socket(const std::string& text, std::unique_ptr<SocketStream>* out, const Waker* waker = nullptr,
                   Deadline deadline = soon()) {
  Uri uri;
  const Status parsed = parse_uri(text, &uri);
  REQUIRE_MESSAGE(parsed.ok(), parsed.text());
  ConnectOptions options;
  options.deadline = deadline;
  options.waker = waker;
  return open_client_socket(uri, options, out);
}

std::string tcp_uri(std::uint16_t port, const std::string& options = "",
                    const std::string& host = "127.0.0.1") {
  return "tcp://" + host + ":" + std::to_string(port) + "/amps/json" + options;
}

int socket_option(const SocketStream& stream, int level, int option) {
  int value = -1;
  socklen_t size = sizeof(value);
  ::getsockopt(stream.fd(), level, option, &value, &size);
  return value;
}

// A listener that accepts nothing and whose queue is full: connecting to it hangs.
class FullListener {
 public:
  FullListener() : listener_(0) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(listener_.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 8; ++i) {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      (void)::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
      waiting_.push_back(std::make_unique<SocketStream>(fd, "filler"));
    }
  }
  std::uint16_t port() const noexcept { return listener_.port(); }

 private:
  LoopbackListener listener_;
  std::vector<std::unique_ptr<SocketStream>> waiting_;
};

}  // namespace

TEST_CASE("open_client_socket connects over TCP and sets the options of the URI") {
  LoopbackListener listener;
  std::unique_ptr<SocketStream> client;
  const std::string options =
      "?tcp_rcvbuf=30000&tcp_sndbuf=40000&tcp_nodelay=false&tcp_keepalive=false&tcp_linger=7&bind=127.0.0.3";
  const Status status = open_socket(tcp_uri(listener.port(), options), &client);
  REQUIRE_MESSAGE(status.ok(), status.text());
  const auto server = listener.accept();
  REQUIRE(server->write_some("hi", 2).size == 2);
  CHECK(read_exactly(*client, 2) == "hi");
  CHECK(socket_option(*client, SOL_SOCKET, SO_RCVBUF) == 60000);  // Linux doubles it for its bookkeeping.
  CHECK(socket_option(*client, SOL_SOCKET, SO_SNDBUF) == 80000);
  CHECK(socket_option(*client, SOL_SOCKET, SO_KEEPALIVE) == 0);
  CHECK(socket_option(*client, IPPROTO_TCP, TCP_NODELAY) == 0);
  linger value{};
  socklen_t size = sizeof(value);
  ::getsockopt(client->fd(), SOL_SOCKET, SO_LINGER, &value, &size);
  CHECK(value.l_onoff != 0);
  CHECK(value.l_linger == 7);
  sockaddr_in local{};
  size = sizeof(local);
  ::getsockname(client->fd(), reinterpret_cast<sockaddr*>(&local), &size);
  CHECK(ntohl(local.sin_addr.s_addr) == 0x7f000003);
}

TEST_CASE("by default Nagle's algorithm is off and keep-alive on") {
  LoopbackListener listener;
  std::unique_ptr<SocketStream> client;
  REQUIRE(open_socket(tcp_uri(listener.port()), &client).ok());
  CHECK(socket_option(*client, IPPROTO_TCP, TCP_NODELAY) != 0);
  CHECK(socket_option(*client, SOL_SOCKET, SO_KEEPALIVE) != 0);
}

TEST_CASE("a name is tried at each of its addresses") {
  LoopbackListener listener;  // On the IPv4 address only.
  std::unique_ptr<SocketStream> client;
  const Status status =
      open_socket(tcp_uri(listener.port(), "?ip_protocol_prefer=ipv6", "localhost"), &client);
  CHECK_MESSAGE(status.ok(), status.text());
}

TEST_CASE("a port that nobody listens on refuses, with host and port in the text") {
  LoopbackListener listener;
  const std::uint16_t port = listener.port();
  listener.close();
  std::unique_ptr<SocketStream> client;
  const Status status = open_socket(tcp_uri(port), &client);
  CHECK(status.code() == AMPS_E_CONNECTION_REFUSED);
  const std::string address = "127.0.0.1:" + std::to_string(port);
  CHECK(status.text() == "cannot connect to " + address + ": " + address + ": Connection refused");
}

TEST_CASE("a peer that does not answer runs into the deadline") {
  const FullListener listener;
  std::unique_ptr<SocketStream> client;
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  CHECK(open_socket(tcp_uri(listener.port()), &client, nullptr, deadline).code() == AMPS_E_TIMED_OUT);
  CHECK(std::chrono::steady_clock::now() >= deadline);
}

TEST_CASE("a waker and the interrupt hook end connecting") {
  const FullListener listener;
  std::unique_ptr<SocketStream> client;
  const Waker waker;
  std::thread other([&] { waker.wake(); });
  CHECK(open_socket(tcp_uri(listener.port()), &client, &waker, kNoDeadline).code() == AMPS_E_DISCONNECTED);
  other.join();
  set_interrupt_hook(+[]() -> std::int32_t { return 1; });
  CHECK(open_socket(tcp_uri(listener.port()), &client, nullptr, kNoDeadline).code() == AMPS_E_INTERRUPTED);
  set_interrupt_hook(nullptr);
}

TEST_CASE("a bind address of no interface or of the other IP version fails with its reason") {
  LoopbackListener listener;
  std::unique_ptr<SocketStream> client;
  Status status = open_socket(tcp_uri(listener.port(), "?bind=203.0.113.1"), &client);
  CHECK(status.code() == AMPS_E_CONNECTION);
  CHECK(status.text().find("binding to 203.0.113.1: Cannot assign requested address") != std::string::npos);
  status = open_socket(tcp_uri(listener.port(), "?bind=::1"), &client);
  CHECK(status.text().find("of the other IP version") != std::string::npos);
}

TEST_CASE("open_client_socket connects over a Unix socket") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.sock");
  LoopbackListener listener(path);
  std::unique_ptr<SocketStream> client;
  const Status status = open_socket("unix://localhost:0/amps/json?path=" + path, &client);
  REQUIRE_MESSAGE(status.ok(), status.text());
  REQUIRE(listener.accept()->write_some("hi", 2).size == 2);
  CHECK(read_exactly(*client, 2) == "hi");
}

TEST_CASE("a missing or deserted Unix socket refuses") {
  const TemporaryDirectory directory;
  std::unique_ptr<SocketStream> client;
  CHECK(open_socket("unix://" + directory.file("none"), &client).code() == AMPS_E_CONNECTION_REFUSED);
  { const LoopbackListener gone(directory.file("left")); }
  CHECK(open_socket("unix://" + directory.file("left"), &client).code() == AMPS_E_CONNECTION_REFUSED);
}

TEST_CASE("a Unix listener with a full queue is waited for") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("full");
  LoopbackListener listener(path, 0);
  std::vector<std::unique_ptr<SocketStream>> waiting;
  Status status;
  while (status.ok()) {
    const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
    status = open_socket("unix://" + path, &waiting.emplace_back(), nullptr, deadline);
  }
  CHECK(status.code() == AMPS_E_TIMED_OUT);
  std::thread server([&] { (void)listener.accept(); });
  CHECK(open_socket("unix://" + path, &waiting.back()).ok());
  server.join();
}

}  // namespace amps::net
