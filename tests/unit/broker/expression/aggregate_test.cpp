// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/aggregate.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/buffer.h"

using namespace amps::broker;

namespace {

constexpr AggregateKind kAll[] = {
    AggregateKind::kAny,          AggregateKind::kAverage,
    AggregateKind::kCount,        AggregateKind::kMaximum,
    AggregateKind::kMinimum,      AggregateKind::kCountDistinct,
    AggregateKind::kSum,          AggregateKind::kDeviationPopulation,
    AggregateKind::kDistinctList, AggregateKind::kFirst,
    AggregateKind::kLast,         AggregateKind::kDeviationSample,
};

std::string text_of(const Value& value) {
  amps::Buffer text;
  append_string_form(value, &text);
  return value.is_null() ? "NULL" : std::string(text.view());
}

// The members of a group, by the order of their updates.
class Group {
 public:
  explicit Group(AggregateKind kind, std::string_view delimiter = ",")
      : aggregate_(Aggregate::make(kind, delimiter)) {}

  Group& add(const Value& value) { return add(value, next_++); }
  Group& add(const Value& value, std::uint64_t order) {
    aggregate_->add(value, order);
    return *this;
  }
  Group& remove(const Value& value, std::uint64_t order) {
    aggregate_->remove(value, order);
    return *this;
  }
  std::string result() {
    TextArena arena;
    return text_of(aggregate_->result(&arena));
  }

 private:
  std::unique_ptr<Aggregate> aggregate_;
  std::uint64_t next_ = 0;
};

std::string aggregate(AggregateKind kind, const std::vector<Value>& values) {
  Group group(kind);
  for (const Value& value : values) group.add(value);
  return group.result();
}

const Value kNull;
Value text(std::string_view bytes) {
  return Value::string(bytes);
}
Value integer(std::int64_t value) {
  return Value::integer(value);
}
Value floating(double value) {
  return Value::floating(value);
}

}  // namespace

TEST_CASE("AGG-04: the worked example") {
  const std::vector<Value> a = {integer(10), integer(20), kNull};
  const std::vector<Value> b = {integer(7), text("x")};
  CHECK(aggregate(AggregateKind::kCount, a) == "2");
  CHECK(aggregate(AggregateKind::kSum, a) == "30");
  CHECK(aggregate(AggregateKind::kAverage, a) == "15.0");
  CHECK(aggregate(AggregateKind::kCount, b) == "2");
  CHECK(aggregate(AggregateKind::kSum, b) == "NaN");
  CHECK(aggregate(AggregateKind::kAverage, b) == "NaN");
}

TEST_CASE("AGG-04: a sum of integers is an integer, with a float it is a float") {
  CHECK(aggregate(AggregateKind::kSum, {integer(1), integer(2)}) == "3");
  CHECK(aggregate(AggregateKind::kSum, {integer(1), floating(2)}) == "3.0");
  CHECK(aggregate(AggregateKind::kSum, {text("4"), integer(2)}) == "6");
  CHECK(aggregate(AggregateKind::kSum, {integer(INT64_MAX), integer(1)}) == "9223372036854775808");
  CHECK(aggregate(AggregateKind::kSum, {integer(INT64_MIN), integer(-1)}) == "9223372036854775807");
  CHECK(aggregate(AggregateKind::kSum, {Value::boolean(true), integer(1)}) == "2");
  CHECK(aggregate(AggregateKind::kSum, {floating(1e308), integer(1), floating(-1e308)}) == "1.0");
}

TEST_CASE("AGG-04: without values there is no result but a count of nothing") {
  for (const AggregateKind kind : kAll) {
    const bool counts = kind == AggregateKind::kCount || kind == AggregateKind::kCountDistinct;
    CHECK(aggregate(kind, {}) == (counts ? "0" : "NULL"));
    CHECK(aggregate(kind, {kNull, kNull}) == (counts ? "0" : "NULL"));
  }
}

TEST_CASE("AGG-04: distinct values are told apart after conversion") {
  CHECK(aggregate(AggregateKind::kCountDistinct,
                  {integer(1), text("1"), floating(1.0), text("x"), text("y"), text("x")}) == "3");
}

TEST_CASE("AGG-04: extremes compare across types; strings rank above numbers") {
  const std::vector<Value> mixed = {text("b"), integer(3), floating(2.5),
                                    kNull,     text("a"),  floating(std::nan(""))};
  CHECK(aggregate(AggregateKind::kMinimum, mixed) == "2.5");
  CHECK(aggregate(AggregateKind::kMaximum, mixed) == "b");
}

TEST_CASE("AGG-05: standard deviations") {
  const std::vector<Value> values = {integer(2), integer(4), integer(4), integer(4),
                                     integer(5), integer(5), integer(7), integer(9)};
  CHECK(aggregate(AggregateKind::kDeviationPopulation, values) == "2.0");
  CHECK(aggregate(AggregateKind::kDeviationSample, {integer(3)}) == "NULL");
  CHECK(aggregate(AggregateKind::kDeviationPopulation, {integer(3)}) == "0.0");
  // Far from zero, where the difference of large squares would leave nothing.
  CHECK(aggregate(AggregateKind::kDeviationSample,
                  {floating(1e15 + 1), floating(1e15 + 2), floating(1e15 + 3)}) == "1.0");
  CHECK(aggregate(AggregateKind::kDeviationPopulation, {integer(1), text("x")}) == "NaN");
}

TEST_CASE("AGG-08: first, last, any and the list of distinct values") {
  Group first(AggregateKind::kFirst), last(AggregateKind::kLast), any(AggregateKind::kAny);
  for (Group* group : {&first, &last, &any}) group->add(text("a"), 1).add(text("b"), 2).add(kNull, 3);
  CHECK(first.result() == "a");
  CHECK(last.result() == "NULL");
  CHECK(any.result() == "b");
  for (Group* group : {&first, &last, &any}) group->remove(text("a"), 1).remove(kNull, 3).add(text("c"), 4);
  CHECK(first.result() == "b");
  CHECK(last.result() == "c");
  CHECK(any.result() == "c");
  Group list(AggregateKind::kDistinctList, "; ");
  list.add(text("b")).add(integer(2)).add(text("a")).add(text("b"));
  CHECK(list.result() == "2; a; b");
}

TEST_CASE("AGG-04: a group is what its members make it, whatever was in it before") {
  std::mt19937_64 random(5);
  const std::vector<Value> choice = {
      kNull,          integer(1),   integer(-7),         integer(INT64_MAX), floating(0.1),
      floating(1e17), floating(-3), text("1"),           text("word"),       text("0.30"),
      floating(2.5),  text("x"),    Value::boolean(true)};
  for (const AggregateKind kind : kAll) {
    for (int round = 0; round < 50; ++round) {
      std::vector<std::pair<Value, std::uint64_t>> members;
      Group group(kind);
      for (std::uint64_t order = 0; order < 60; ++order) {
        if (!members.empty() && random() % 3 == 0) {
          const std::size_t at = random() % members.size();
          group.remove(members[at].first, members[at].second);
          members.erase(members.begin() + static_cast<std::ptrdiff_t>(at));
        }
        members.emplace_back(choice[random() % choice.size()], order);
        group.add(members.back().first, order);
      }
      Group again(kind);
      for (const auto& [value, order] : members) again.add(value, order);
      CHECK_MESSAGE(group.result() == again.result(), static_cast<int>(kind));
    }
  }
}
