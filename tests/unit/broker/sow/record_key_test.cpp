// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_key.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace amps::broker;

namespace {

using Values = std::vector<std::optional<std::string_view>>;

std::string identity(const Values& values) {
  std::string out = "cleared";
  IdentityWriter writer(&out, values.size());
  for (const auto& value : values) {
    if (value) {
      writer.add(*value);
    } else {
      writer.add_missing();
    }
  }
  return writer.is_void() ? "void" : out;
}

}  // namespace

TEST_CASE("SOW-02: composite keys differ whenever a value does, whatever the values contain") {
  CHECK(identity({"IBM"}) == "IBM");
  CHECK(identity({"a", "b"}) != identity({"ab", ""}));
  CHECK(identity({"a", "1:b"}) != identity({"a1:", "b"}));
  CHECK(identity({"", "b"}) != identity({std::nullopt, "b"}));
  CHECK(identity({"a", "b"}) == identity({"a", "b"}));
}

TEST_CASE("SOW-51: a key needs at least one of its fields") {
  CHECK(identity({std::nullopt}) == "void");
  CHECK(identity({std::nullopt, std::nullopt}) == "void");
  CHECK(identity({std::nullopt, "b"}) != "void");
}

TEST_CASE("SOW-04 SOW-05: the handle depends on domain and values only") {
  CHECK(record_handle("orders", "IBM") == record_handle("orders", "IBM"));
  CHECK(record_handle("orders", "IBM") != record_handle("trades", "IBM"));
  CHECK(record_handle("a", "bc") != record_handle("ab", "c"));
  // printf 'orders\0IBM' | sha256sum | cut -c1-16
  CHECK(record_handle("orders", "IBM") == 0x40c0555e8f91109au);
}

TEST_CASE("SOW-03: supplied keys keep to the base64 alphabets") {
  CHECK(is_supplied_key("abc-XYZ_09+/="));
  CHECK_FALSE(is_supplied_key(""));
  CHECK_FALSE(is_supplied_key("a,b"));
  CHECK_FALSE(is_supplied_key("a b"));
  CHECK_FALSE(is_supplied_key("a\"b"));
  CHECK(is_supplied_key(std::string(1024, 'a')));
  CHECK_FALSE(is_supplied_key(std::string(1025, 'a')));
}
