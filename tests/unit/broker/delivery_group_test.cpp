// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery_group.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

std::string delivered(const Publish& publish, std::string_view timestamp = {}) {
  amps::Buffer out;
  append_delivery(&out, delivery_prefix("a\"b", "1,2"), publish, timestamp);
  const std::string_view bytes = out.view();
  CHECK(static_cast<unsigned char>(bytes[3]) == bytes.size() - 4);
  return std::string(bytes.substr(4));
}

}  // namespace

TEST_CASE("a delivery names topic and subscriptions, then the body") {
  Publish publish;
  publish.body = "}{";
  CHECK(delivered(publish) == "{\"c\":\"p\",\"t\":\"a\\\"b\",\"sids\":\"1,2\"}}{");
  publish.body = {};
  CHECK(delivered(publish) == "{\"c\":\"p\",\"t\":\"a\\\"b\",\"sids\":\"1,2\"}");
}

TEST_CASE("what the publisher set and what the subscriber asked for is added") {
  Publish publish;
  publish.body = "x";
  publish.correlation_id = "QQ==";
  publish.expiration = "60";
  CHECK(delivered(publish, "T") ==
        "{\"c\":\"p\",\"t\":\"a\\\"b\",\"sids\":\"1,2\",\"ts\":\"T\",\"x\":\"QQ==\",\"e\":60}x");
}
