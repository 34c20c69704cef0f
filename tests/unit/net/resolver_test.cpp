// SPDX-License-Identifier: Apache-2.0
#include "net/resolver.h"

#include <doctest/doctest.h>

#include "loopback.h"

namespace amps::net {

TEST_CASE("addresses resolve to themselves without a name server") {
  std::vector<SocketAddress> found;
  REQUIRE(resolve("127.0.0.1", 9007, {}, &found).ok());
  REQUIRE(found.size() == 1);
  CHECK(found[0].text() == "127.0.0.1:9007");
  REQUIRE(resolve("::1", 9007, {}, &found).ok());
  CHECK(found[0].text() == "[::1]:9007");
}

TEST_CASE("the preferred IP version comes first") {
  for (const bool prefer_ipv6 : {false, true}) {
    std::vector<SocketAddress> found;
    ResolveOptions options;
    options.prefer_ipv6 = prefer_ipv6;
    options.deadline = soon();
    REQUIRE(resolve("localhost", 1, options, &found).ok());
    const int other = prefer_ipv6 ? AF_INET : AF_INET6;
    bool seen_other = false;
    for (const SocketAddress& address : found) {
      if (address.family() == other) seen_other = true;
      if (address.family() != other) CHECK_FALSE(seen_other);
    }
  }
}

TEST_CASE("an unknown name fails with the name and the resolver's reason") {
  std::vector<SocketAddress> found;
  ResolveOptions options;
  options.deadline = soon();
  const Status status = resolve("no-such-host.invalid", 1, options, &found);
  CHECK(status.code() == AMPS_E_CONNECTION);
  CHECK(status.text().find("'no-such-host.invalid' cannot be resolved: ") != std::string::npos);
}

TEST_CASE("a woken waker leaves a slow resolver behind") {
  const Waker waker;
  waker.wake();
  std::vector<SocketAddress> found;
  CHECK(resolve("localhost", 1, {false, soon(), &waker}, &found).code() == AMPS_E_DISCONNECTED);
}

TEST_CASE("a Unix address has the name of its file") {
  CHECK(unix_address("/run/x.sock").text() == "/run/x.sock");
  CHECK(unix_address("/run/x.sock").family() == AF_UNIX);
}

TEST_CASE("each way to end a wait has its code") {
  CHECK(wait_status(Ready::kReadable, "x").ok());
  CHECK(wait_status(Ready::kTimedOut, "x").code() == AMPS_E_TIMED_OUT);
  CHECK(wait_status(Ready::kWoken, "x").code() == AMPS_E_DISCONNECTED);
  CHECK(wait_status(Ready::kInterrupted, "x").code() == AMPS_E_INTERRUPTED);
}

}  // namespace amps::net
