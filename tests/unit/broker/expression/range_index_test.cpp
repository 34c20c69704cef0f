// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/range_index.h"

#include <doctest/doctest.h>

#include <deque>
#include <limits>
#include <set>
#include <vector>

using namespace amps::broker;

namespace {

struct Fixture {
  RangeIndex index;
  std::deque<RangeIndex::Link> links;

  bool add(RangeIndex::Id id, const Value& low, const Value& high) {
    if (links.size() <= id) links.resize(id + 1);
    return index.add(id, low, high, &links[id]);
  }
  std::set<RangeIndex::Id> find(const std::vector<Value>& values) {
    std::set<RangeIndex::Id> ids;
    index.find({values.data(), values.size()}, [&](RangeIndex::Id id) { ids.insert(id); });
    return ids;
  }
};

using Ids = std::set<RangeIndex::Id>;
const Value kNan = Value::floating(std::numeric_limits<double>::quiet_NaN());

}  // namespace

TEST_CASE("numbers, and text that reads as one, are found within bounds that are numbers") {
  Fixture at;
  CHECK(at.add(1, Value::integer(1), Value::integer(5)));
  CHECK(at.add(2, Value::integer(4), Value()));
  CHECK(at.add(3, Value(), Value::floating(1.5)));
  CHECK(at.find({Value::integer(5)}) == Ids{1, 2});
  CHECK(at.find({Value::string(" 5.0 ")}) == Ids{1, 2});
  CHECK(at.find({Value::boolean(true)}) == Ids{1, 3});
  CHECK(at.find({Value::string("text")}) == Ids{2});  // Text is above all numbers.
  CHECK(at.find({kNan}).empty());
  CHECK(at.find({Value()}).empty());
}

TEST_CASE("bounds that are text order text by its bytes and numbers by what they read as") {
  Fixture at;
  at.add(1, Value::string("5"), Value());
  at.add(2, Value::string("IBM"), Value::string("MSFT"));
  at.add(3, Value(), Value::string("IBM"));
  CHECK(at.find({Value::string("47")}) == Ids{3});
  CHECK(at.find({Value::integer(47)}) == Ids{1, 3});
  CHECK(at.find({Value::string("JPM")}) == Ids{1, 2});
}

TEST_CASE("elements of an array may each meet another bound") {
  Fixture at;
  at.add(1, Value::integer(60), Value::integer(70));
  at.add(2, Value::string("A"), Value::string("B"));
  CHECK(at.find({Value::integer(1), Value(), Value::integer(99)}) == Ids{1});
  CHECK(at.find({Value::integer(5), Value::string("Z")}) == Ids{1, 2});
  CHECK(at.find({Value::string("C"), Value::string("Z")}).empty());
}

TEST_CASE("bounds without an order are not taken, mixed ones by the lower") {
  Fixture at;
  CHECK_FALSE(at.add(1, Value(), Value()));
  CHECK_FALSE(at.add(1, kNan, Value::integer(1)));
  CHECK_FALSE(at.add(1, Value(), kNan));
  CHECK(at.add(2, Value::integer(1), Value::string("z")));
  CHECK(at.find({Value::string("y")}) == Ids{2});
  CHECK(at.find({Value::integer(9)}) == Ids{2});
  at.index.remove(at.links[2]);
  CHECK(at.index.empty());
}
