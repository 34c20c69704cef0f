// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/equality_index.h"

#include <doctest/doctest.h>

#include <limits>
#include <map>
#include <set>

using namespace amps::broker;

namespace {

struct Fixture {
  EqualityIndex index;
  std::map<EqualityIndex::Id, std::vector<EqualityIndex::Link>> links;
  std::uint64_t question = 0;

  void add(EqualityIndex::Id id, const std::vector<Value>& constants) {
    index.add(id, constants, &links[id]);
  }
  std::set<EqualityIndex::Id> find(const Value& value) {
    std::set<EqualityIndex::Id> ids;
    const Value number = value.is_string() ? parse_number(value.text()) : value;
    index.find(value, number, ++question, [&](EqualityIndex::Id id) { ids.insert(id); });
    return ids;
  }
};

using Ids = std::set<EqualityIndex::Id>;

}  // namespace

TEST_CASE("a constant is found by every value that equals it, whatever its type") {
  Fixture at;
  at.add(1, {Value::integer(47)});
  at.add(2, {Value::string("47")});
  at.add(3, {Value::string("IBM"), Value::floating(1.5)});
  at.add(4, {Value::boolean(true)});
  CHECK(at.find(Value::integer(47)) == Ids{1, 2});
  CHECK(at.find(Value::floating(47.0)) == Ids{1, 2});
  CHECK(at.find(Value::string("47")) == Ids{1, 2});
  CHECK(at.find(Value::string("IBM")) == Ids{3});
  CHECK(at.find(Value::string("1.50")) == Ids{3});
  CHECK(at.find(Value::integer(1)) == Ids{4});
  CHECK(at.find(Value::string("other")).empty());
  CHECK(at.find(Value()).empty());
}

TEST_CASE("NULL and NaN equal nothing") {
  Fixture at;
  const Value nan = Value::floating(std::numeric_limits<double>::quiet_NaN());
  at.add(1, {Value(), nan});
  CHECK(at.links[1].empty());
  CHECK(at.index.empty());
  CHECK(at.find(nan).empty());
}

TEST_CASE("what is removed is not found, and leaves nothing behind") {
  Fixture at;
  for (EqualityIndex::Id id = 0; id < 100; ++id) {
    at.add(id, {Value::string("a"), Value::integer(id % 7)});
  }
  CHECK(at.index.popularity({Value::integer(3)}) == 14);
  CHECK(at.index.popularity({Value::integer(3), Value::string("a")}) == 100);
  for (EqualityIndex::Id id = 0; id < 100; id += 2) at.index.remove(&at.links[id]);
  CHECK(at.find(Value::string("a")).size() == 50);
  CHECK(at.find(Value::integer(0)) == Ids{7, 21, 35, 49, 63, 77, 91});
  for (EqualityIndex::Id id = 1; id < 100; id += 2) at.index.remove(&at.links[id]);
  CHECK(at.index.empty());
}
