// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/listen_address.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("addresses are written as they are read") {
  for (const char* text : {"9007", "127.0.0.1:0", "[::1]:9007", "*:1", "example.org:80"}) {
    CAPTURE(text);
    Element element;
    element.value = text;
    amps::net::ListenAddress address;
    REQUIRE(read_listen_address(element, &address).ok());
    CHECK(format_listen_address(address) == text);
  }
}

TEST_CASE("what is no address is refused at its place") {
  ElementTree tree;
  REQUIRE(tree.load("<a><InetAddr>70000</InetAddr></a>", "x.xml", {}).ok());
  amps::net::ListenAddress address;
  const amps::Status status = read_listen_address(tree.root().children[0], &address);
  CHECK(status.text().find("x.xml:1:5: ") == 0);
}
