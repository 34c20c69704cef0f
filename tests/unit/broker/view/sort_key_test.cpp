// SPDX-License-Identifier: Apache-2.0
#include "broker/view/sort_key.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace amps::broker;

namespace {

int sign(int number) {
  return number < 0 ? -1 : number > 0 ? 1 : 0;
}

std::vector<Value> values() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<Value> all = {Value(), Value::floating(std::nan("")), Value::boolean(false),
                            Value::boolean(true)};
  for (const double number : {-kInfinity, -1e300, -9007199254740993.0, -1.5, -0.0, 0.0, 1e-300, 0.5, 1.0,
                              9007199254740992.0, 9223372036854775808.0, 18446744073709551616.0, kInfinity}) {
    all.push_back(Value::floating(number));
  }
  for (const std::int64_t number :
       {INT64_MIN, INT64_MIN + 1, std::int64_t{-9007199254740993}, std::int64_t{-1}, std::int64_t{0},
        std::int64_t{1}, std::int64_t{9007199254740993}, INT64_MAX - 1, INT64_MAX}) {
    all.push_back(Value::integer(number));
  }
  all.push_back(Value::unsigned_integer(std::uint64_t{1} << 63));
  all.push_back(Value::unsigned_integer(UINT64_MAX));
  for (const std::string_view text :
       {std::string_view("a"), std::string_view("ab"), std::string_view("a\0", 2),
        std::string_view("a\0b", 3), std::string_view("a\1", 2), std::string_view("\xFF"),
        std::string_view("10"), std::string_view("b")}) {
    all.push_back(Value::string(text));
  }
  return all;
}

std::string key(const Value& value, bool descending) {
  std::string out;
  append_sort_key(value, descending, &out);
  return out;
}

}  // namespace

TEST_CASE("keys sort like their values, ascending and descending") {
  const std::vector<Value> all = values();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      const int order = sign(sort_order(all[i], all[j]));
      CHECK(sign(key(all[i], false).compare(key(all[j], false))) == order);
      CHECK(sign(key(all[i], true).compare(key(all[j], true))) == -order);
    }
  }
}

TEST_CASE("no key of a value is the beginning of another's, so later values do not disturb earlier ones") {
  const std::vector<Value> all = values();
  for (const Value& left : all) {
    for (const Value& right : all) {
      if (sort_order(left, right) == 0) continue;
      CHECK(key(right, false).compare(0, key(left, false).size(), key(left, false)) != 0);
    }
  }
}

TEST_CASE("PAG-04: ties go by the text at the end") {
  std::string first, second;
  append_sort_key(Value::integer(1), false, &first);
  second = first;
  append_sort_tie("17", &first);
  append_sort_tie("9", &second);
  CHECK(first < second);
}
