// SPDX-License-Identifier: Apache-2.0
#include "net/listener.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "support/temporary_directory.h"

using amps::SystemClock;
using namespace amps::net;

namespace {

ListenAddress parsed(const std::string& text) {
  ListenAddress address;
  REQUIRE(parse_listen_address(text, &address).ok());
  return address;
}

int connect_v4(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

bool connect_v6(std::uint16_t port) {
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_addr = in6addr_loopback;
  const bool connected = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

bool machine_has_v6() {
  Listener listener;
  return listener.open(parsed("[::1]:0")).ok();
}

struct Served {
  EventLoop loop{SystemClock::instance()};
  Listener listener;
  std::vector<std::string> peers;
  std::vector<int> fds;
  int refusals = 0;

  void attach() {
    REQUIRE(loop.open().ok());
    REQUIRE(listener
                .attach(
                    &loop,
                    [this](int fd, std::string peer) {
                      fds.push_back(fd);
                      peers.push_back(std::move(peer));
                      loop.stop();
                    },
                    [this](const std::string&) {
                      ++refusals;
                      loop.stop();
                    })
                .ok());
  }
  ~Served() {
    for (const int fd : fds) ::close(fd);
    listener.close();
  }
};

}  // namespace

TEST_CASE("addresses are a port, with a host before it or not") {
  CHECK(parsed("9007").host.empty());
  CHECK(parsed("9007").port == 9007);
  CHECK(parsed("localhost:0").host == "localhost");
  CHECK(parsed("[::1]:9007").host == "::1");
  CHECK(parsed("*:1").host == "*");
  ListenAddress address;
  for (const char* text :
       {"", ":", ":9007", "host", "host:", "host:65536", "host:-1", "::1:9007", "host:9x", "[]:1"}) {
    CAPTURE(text);
    CHECK(parse_listen_address(text, &address).code() == AMPS_E_URI);
  }
}

TEST_CASE("port 0 picks one, and accepted descriptors do not leak into children") {
  Served served;
  REQUIRE(served.listener.open(parsed("127.0.0.1:0")).ok());
  CHECK(served.listener.port() != 0);
  CHECK(served.listener.host() == "127.0.0.1");
  CHECK(served.listener.is_local());
  served.attach();
  const int fd = connect_v4(served.listener.port());
  served.loop.run();
  REQUIRE(served.fds.size() == 1);
  CHECK(served.peers[0].find("127.0.0.1:") == 0);
  CHECK((::fcntl(served.fds[0], F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(served.fds[0], F_GETFL) & O_NONBLOCK) != 0);
  ::close(fd);
}

TEST_CASE("CON-18 without a host both IP versions of loopback are served on one port") {
  Listener listener;
  REQUIRE(listener.open(parsed("0")).ok());
  CHECK(listener.is_local());
  ::close(connect_v4(listener.port()));
  if (machine_has_v6()) CHECK(connect_v6(listener.port()));
}

TEST_CASE("addresses beyond loopback are known as such") {
  Listener listener;
  REQUIRE(listener.open(parsed("*:0")).ok());
  CHECK_FALSE(listener.is_local());
}

TEST_CASE("what cannot be listened on is an error that names it") {
  Listener first, second;
  REQUIRE(first.open(parsed("127.0.0.1:0")).ok());
  const std::string taken = "127.0.0.1:" + std::to_string(first.port());
  const amps::Status status = second.open(parsed(taken));
  CHECK(status.code() == AMPS_E_CONNECTION);
  CHECK(status.text().find(taken) != std::string::npos);
  CHECK(second.open(parsed("203.0.113.7:0")).code() == AMPS_E_CONNECTION);
  CHECK(second.open(parsed("127.0.0.1:0")).ok());
}

TEST_CASE("a Unix socket: ours alone, replaced when nobody serves it, refused when somebody does") {
  const amps::test::TemporaryDirectory directory;
  ListenAddress address;
  address.unix_path = directory.file("socket");
  {
    Listener listener;
    REQUIRE(listener.open(address).ok());
    CHECK(listener.is_local());
    Listener second;
    const amps::Status status = second.open(address);
    CHECK(status.text().find("in use") != std::string::npos);
  }
  CHECK(::access(address.unix_path.c_str(), F_OK) != 0);
  // What a broker that was killed leaves behind.
  const int stale = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, address.unix_path.c_str(), sizeof name.sun_path - 1);
  REQUIRE(::bind(stale, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
  ::close(stale);
  {
    Listener listener;
    CHECK(listener.open(address).ok());
  }
  std::ofstream(address.unix_path) << "a file";
  Listener listener;
  CHECK(listener.open(address).text().find("no socket") != std::string::npos);
  CHECK(::access(address.unix_path.c_str(), F_OK) == 0);
  ::unlink(address.unix_path.c_str());
  address.unix_path = std::string(200, 'x');
  CHECK(listener.open(address).code() == AMPS_E_URI);
}

TEST_CASE("without descriptors connections are turned away instead of spinning") {
  Served served;
  REQUIRE(served.listener.open(parsed("127.0.0.1:0")).ok());
  served.attach();
  const int waiting = connect_v4(served.listener.port());
  std::vector<int> taken;
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) {
    taken.push_back(fd);
    if (taken.size() > 100'000) break;  // No limit here; the rest cannot be shown.
  }
  const bool exhausted = errno == EMFILE;
  if (exhausted) {
    served.loop.run();
    CHECK(served.refusals == 1);
    CHECK(served.fds.empty());
    char byte;
    CHECK(::recv(waiting, &byte, 1, 0) <= 0);
  }
  for (const int fd : taken) ::close(fd);
  ::close(waiting);
}

TEST_CASE("whether others reach an address is known before it is bound") {
  const auto is_local = [](const std::string& text) {
    ListenAddress address;
    REQUIRE(parse_listen_address(text, &address).ok());
    bool local = false;
    REQUIRE(find_is_local(address, &local).ok());
    return local;
  };
  CHECK(is_local("9007"));
  CHECK(is_local("127.0.0.2:0"));
  CHECK(is_local("[::1]:0"));
  CHECK_FALSE(is_local("*:0"));
  CHECK_FALSE(is_local("203.0.113.7:0"));
  ListenAddress socket;
  socket.unix_path = "/tmp/socket";
  bool local = false;
  CHECK((find_is_local(socket, &local).ok() && local));
}
