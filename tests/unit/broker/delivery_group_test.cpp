// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery_group.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

std::string delivered(const Delivery& delivery, std::string_view command = "p") {
  amps::Buffer out;
  append_delivery(&out, delivery_prefix("a\"b", "1,2", command), delivery);
  const std::string_view bytes = out.view();
  CHECK(static_cast<unsigned char>(bytes[3]) == bytes.size() - 4);
  return std::string(bytes.substr(4));
}

}  // namespace

TEST_CASE("a delivery names topic and subscriptions, then the body") {
  Delivery delivery;
  delivery.body = "}{";
  CHECK(delivered(delivery) == "{\"c\":\"p\",\"t\":\"a\\\"b\",\"sids\":\"1,2\"}}{");
  delivery.body = {};
  CHECK(delivered(delivery) == "{\"c\":\"p\",\"t\":\"a\\\"b\",\"sids\":\"1,2\"}");
}

TEST_CASE("what the publisher set and what the subscriber asked for is added") {
  Delivery delivery;
  delivery.body = "x";
  delivery.key = "42";
  delivery.bookmark = "7|1|";
  delivery.timestamp = "T";
  delivery.correlation_id = "QQ==";
  delivery.expiration = "60";
  CHECK(delivered(delivery) ==
        "{\"c\":\"p\",\"t\":\"a\\\"b\",\"sids\":\"1,2\",\"k\":\"42\",\"bm\":\"7|1|\",\"ts\":\"T\","
        "\"x\":\"QQ==\",\"e\":60}x");
}

TEST_CASE("OOF-05: an out-of-focus message says which record, for whom and why") {
  Delivery delivery;
  delivery.key = "42";
  delivery.reason = "deleted";
  delivery.body = "x";
  CHECK(delivered(delivery, "oof") ==
        "{\"c\":\"oof\",\"t\":\"a\\\"b\",\"sids\":\"1,2\",\"k\":\"42\",\"reason\":\"deleted\"}x");
}
