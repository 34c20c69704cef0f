// SPDX-License-Identifier: Apache-2.0
#include "net/socket_stream.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <string>
#include <thread>

#include "loopback.h"

namespace amps::net {

TEST_CASE("a socket stream moves bytes both ways and never blocks") {
  SocketPair pair;
  char byte = 0;
  CHECK(pair.left->read_some(&byte, 1).state == IoState::kWantRead);
  CHECK(pair.right->write_some("ab", 2).size == 2);
  CHECK(pair.left->read_some(&byte, 1).size == 1);
  CHECK(byte == 'a');
  CHECK_FALSE(pair.left->has_buffered_input());
  const std::string block(1 << 20, 'x');
  IoResult result{IoState::kOk, 0};
  while (result.state == IoState::kOk) result = pair.left->write_some(block.data(), block.size());
  CHECK(result.state == IoState::kWantWrite);
  CHECK(result.size == 0);
}

TEST_CASE("a socket stream makes its descriptor non-blocking and close-on-exec") {
  int fds[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  const SocketStream left(fds[0], "left"), right(fds[1], "right");
  CHECK((fcntl(left.fd(), F_GETFL) & O_NONBLOCK) != 0);
  CHECK((fcntl(left.fd(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("an end of the peer in order is a close") {
  SocketPair pair;
  pair.right.reset();
  char byte;
  CHECK(pair.left->read_some(&byte, 1).state == IoState::kClosed);
  CHECK(pair.left->status().ok());
}

TEST_CASE("writing to a gone peer fails with the system's reason and raises no signal") {
  SocketPair pair;
  pair.right.reset();
  CHECK(pair.left->write_some("x", 1).state == IoState::kFailed);
  CHECK(pair.left->status().code() == AMPS_E_CONNECTION);
  CHECK(pair.left->status().text() == "writing to left failed: Broken pipe");
}

TEST_CASE("a reset connection fails the reader") {
  LoopbackListener listener;
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(listener.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  SocketStream client(fd, "peer");
  {
    const auto server = listener.accept();
    const linger reset{1, 0};
    ::setsockopt(server->fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  }
  std::string all;
  CHECK(read_to_end(client, &all) == IoState::kFailed);
  CHECK(client.status().text() == "reading from peer failed: Connection reset by peer");
}

TEST_CASE("shutdown from another thread ends a reader's wait") {
  SocketPair pair;
  std::thread other([&] { pair.left->shutdown(); });
  std::string all;
  CHECK(read_to_end(*pair.left, &all) == IoState::kClosed);
  other.join();
}

}  // namespace amps::net
