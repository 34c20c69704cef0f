// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/order_by.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace amps::broker;

namespace {

// Bodies in their order; the key of each is its place in the list.
std::string ordered(std::string_view text, const std::vector<std::string>& bodies) {
  OrderBy order;
  const amps::Status status = OrderBy::parse(text, find_message_format("json"), &order);
  if (!status.ok()) return status.code() == AMPS_E_INVALID_ORDERBY ? "invalid" : "another failure";
  std::vector<std::pair<std::string, std::string>> ranked;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    order.rank(bodies[i], std::to_string(i), &ranked.emplace_back(std::string(), bodies[i]).first);
  }
  std::sort(ranked.begin(), ranked.end());
  std::string result;
  for (const auto& one : ranked) result += one.second;
  return result;
}

}  // namespace

TEST_CASE("SOW-10: several fields, each up or down, numbers before text, missing ones first") {
  CHECK(ordered("/a", {R"({"a":2})", R"({"a":"x"})", R"({"a":-1.5})", "{}", R"({"a":10})"}) ==
        R"({}{"a":-1.5}{"a":2}{"a":10}{"a":"x"})");
  CHECK(ordered("/a desc", {R"({"a":2})", "{}", R"({"a":10})"}) == R"({"a":10}{"a":2}{})");
  CHECK(ordered("/a DESC, /b ASC", {R"({"a":1,"b":2})", R"({"a":2,"b":9})", R"({"a":1,"b":1})"}) ==
        R"({"a":2,"b":9}{"a":1,"b":1}{"a":1,"b":2})");
  CHECK(ordered("/a", {R"({"a":1,"n":1})", R"({"a":1,"n":2})"}) == R"({"a":1,"n":1}{"a":1,"n":2})");
  CHECK(ordered("/a", {R"({"a":[3,1]})", R"({"a":2})"}) == R"({"a":2}{"a":[3,1]})");
}

TEST_CASE("ACK-05: an order that does not parse is refused") {
  for (const char* text : {"", "/a,", "a", "/a UPWARDS", "DESC", ",", "/"}) {
    CAPTURE(text);
    CHECK(ordered(text, {}) == "invalid");
  }
  OrderBy order;
  CHECK(OrderBy::parse("/a", nullptr, &order).code() == AMPS_E_INVALID_ORDERBY);
}

TEST_CASE("a record that cannot be read sorts as one without fields") {
  CHECK(ordered("/a", {R"({"a":1})", "nonsense"}) == R"(nonsense{"a":1})");
}
