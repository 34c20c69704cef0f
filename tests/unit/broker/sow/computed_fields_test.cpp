// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/computed_fields.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

std::string computed(const std::vector<std::string>& texts, std::string_view body,
                     std::string_view previous = {}, std::string_view type = "json") {
  std::unique_ptr<ComputedFields> fields;
  REQUIRE(ComputedFields::make(texts, find_message_format(type), true, &fields).ok());
  ComputedFields::Facts facts;
  facts.message.topic = "orders";
  facts.connection.client_name = "me";
  amps::Buffer out;
  // Twice, because memory is used again.
  for (int i = 0; i < 2; ++i) {
    if (!fields->apply(body, previous, facts, &out).ok()) return "refused";
  }
  return std::string(out.view());
}

}  // namespace

TEST_CASE("SOW-38: results are merged into the message, what is untouched stays") {
  CHECK(computed({"/a + /b AS /sum", "UPPER(/s) AS /o/s"}, R"({"a":1,"b":2,"s":"x","o":{"p":1.50}})") ==
        R"({"a":1,"b":2,"s":"x","o":{"p":1.50,"s":"X"},"sum":3})");
  CHECK(computed({"/a AS /a2"}, "a=007\1", {}, "nvfix") == "a=007\1a2=007\1");
}

TEST_CASE("SOW-38: OF PREVIOUS reads the stored record, which may be missing or malformed") {
  const std::vector<std::string> delta = {"/n - /n OF PREVIOUS AS /change"};
  CHECK(computed(delta, R"({"n":5})", R"({"n":3})") == R"({"n":5,"change":2})");
  CHECK(computed(delta, R"({"n":5})") == R"({"n":5,"change":null})");
  CHECK(computed(delta, R"({"n":5})", "{") == R"({"n":5,"change":null})");
}

TEST_CASE("SOW-39: an optional NULL removes the field") {
  CHECK(computed({"/none AS /a HINT OPTIONAL"}, R"({"a":1,"b":2})") == R"({"b":2})");
  CHECK(computed({"/none AS /a"}, R"({"a":1,"b":2})") == R"({"a":null,"b":2})");
}

TEST_CASE("SOW-39: fields read the original message, unless a result was made current") {
  CHECK(computed({"/a + 1 AS /a", "/a AS /b"}, R"({"a":1})") == R"({"a":2,"b":1})");
  CHECK(computed({"/a + 1 AS /a HINT SET_CURRENT", "/a AS /b"}, R"({"a":1})") == R"({"a":2,"b":2})");
  CHECK(computed({"/none AS /a HINT SET_CURRENT", "COALESCE(/a, 'gone') AS /b"}, R"({"a":1})") ==
        R"({"a":null,"b":"gone"})");
}

TEST_CASE("a message that cannot be read, or not be written with the result, is refused") {
  CHECK(computed({"1 AS /a"}, "{") == "refused");
  CHECK(computed({"'x\1y' AS /a"}, "a=1\1", {}, "nvfix") == "refused");
}

TEST_CASE("types that cannot be made have no computed fields") {
  std::unique_ptr<ComputedFields> fields;
  CHECK(ComputedFields::make({"1 AS /a"}, nullptr, true, &fields).code() == AMPS_E_USAGE);
  CHECK(ComputedFields::make({}, nullptr, true, &fields).ok());
  CHECK(fields == nullptr);
}
