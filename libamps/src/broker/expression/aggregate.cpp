// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/aggregate.h"

#include <cmath>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "base/buffer.h"
#include "broker/expression/exact_sum.h"
#include "broker/expression/owned_value.h"

namespace amps::broker {

namespace {

class Count final : public Aggregate {
 public:
  void add(const Value& value, std::uint64_t) override { count_ += value.is_null() ? 0 : 1; }
  void remove(const Value& value, std::uint64_t) override { count_ -= value.is_null() ? 0 : 1; }
  Value result(TextArena*) const override { return Value::integer(count_); }

 private:
  std::int64_t count_ = 0;
};

// SUM and AVG. Integers and floats are kept apart, because a sum of integers is an integer.
class Sum final : public Aggregate {
 public:
  explicit Sum(bool is_average) noexcept : is_average_(is_average) {}

  void add(const Value& value, std::uint64_t) override { take(value, 1); }
  void remove(const Value& value, std::uint64_t) override { take(value, -1); }

  Value result(TextArena*) const override {
    const std::int64_t count = integer_count_ + float_count_;
    if (count == 0) return {};
    if (float_count_ == 0 && !is_average_) return integer_result();
    ExactSum sum = floats_ != nullptr ? *floats_ : ExactSum();
    sum.add_integer(integers_);
    return Value::floating(is_average_ ? sum.value() / static_cast<double>(count) : sum.value());
  }

 private:
  void take(const Value& value, int direction) {
    const Value number = to_number(value);
    switch (number.kind()) {
      case ValueKind::kNull:
      case ValueKind::kString:
        return;
      case ValueKind::kFloat:
        float_count_ += direction;
        if (floats_ == nullptr) floats_ = std::make_unique<ExactSum>();
        direction > 0 ? floats_->add(number.as_float()) : floats_->subtract(number.as_float());
        if (float_count_ == 0) floats_ = nullptr;
        return;
      case ValueKind::kUnsigned:
        integer_count_ += direction;
        integers_ += direction * static_cast<WideInteger>(number.as_unsigned());
        return;
      case ValueKind::kBoolean:
      case ValueKind::kInteger:
        integer_count_ += direction;
        integers_ += direction * static_cast<WideInteger>(number.as_integer());
        return;
    }
  }

  // What does not fit wraps, as arithmetic does.
  Value integer_result() const noexcept {
    if (integers_ > INT64_MAX && integers_ <= UINT64_MAX) {
      return Value::unsigned_integer(static_cast<std::uint64_t>(integers_));
    }
    return Value::integer(static_cast<std::int64_t>(static_cast<std::uint64_t>(integers_)));
  }

  const bool is_average_;
  WideInteger integers_ = 0;  // Room for 2^64 of the largest.
  std::int64_t integer_count_ = 0;
  std::int64_t float_count_ = 0;
  std::unique_ptr<ExactSum> floats_;  // Only while there are floats.
};

class StandardDeviation final : public Aggregate {
 public:
  explicit StandardDeviation(bool is_sample) noexcept : is_sample_(is_sample) {}

  void add(const Value& value, std::uint64_t) override {
    if (value.is_null()) return;
    const double number = to_double(value);
    ++count_;
    sum_.add(number);
    squares_.add_product(number, number);
  }

  void remove(const Value& value, std::uint64_t) override {
    if (value.is_null()) return;
    const double number = to_double(value);
    --count_;
    sum_.subtract(number);
    squares_.subtract_product(number, number);
  }

  Value result(TextArena*) const override {
    const std::int64_t divisor = count_ - (is_sample_ ? 1 : 0);
    if (divisor <= 0) return {};
    const double distances = squared_distances();
    const double variance = std::fmax(distances, 0) / static_cast<double>(divisor);
    return Value::floating(std::isnan(distances) ? distances : std::sqrt(variance));
  }

 private:
  // Sum of (x - m)^2 = sum of x^2 - 2 m (sum of x) + n m^2, for which the mean m need not be exact; the large
  // parts cancel before anything is rounded.
  double squared_distances() const noexcept {
    const double sum = sum_.value();
    const double count = static_cast<double>(count_);
    const double mean = sum / count;
    const double square = mean * mean;
    if (!std::isfinite(square)) return squares_.value() - square;
    ExactSum remainder = sum_;
    remainder.subtract(sum);
    ExactSum distances = squares_;
    distances.subtract_product(2 * mean, sum);
    distances.subtract_product(2 * mean, remainder.value());
    distances.add_product(count, square);
    distances.add_product(count, std::fma(mean, mean, -square));
    return distances.value();
  }

  const bool is_sample_;
  std::int64_t count_ = 0;
  ExactSum sum_;
  ExactSum squares_;
};

// Numbers without the text they were read from: 1.0 and 1.00 are one value.
OwnedValue without_text(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kInteger:
      return OwnedValue(Value::integer(value.as_integer()));
    case ValueKind::kUnsigned:
      return OwnedValue(Value::unsigned_integer(value.as_unsigned()));
    case ValueKind::kFloat:
      return OwnedValue(Value::floating(value.as_float()));
    default:
      return OwnedValue(value);
  }
}

// After conversion, so that 1, '1' and 1.0 are one: whatever reads as a number is one.
OwnedValue converted(const Value& value) {
  const Value number = to_number(value);
  return without_text(number.is_nan() && value.is_string() ? value : number);
}

struct Before {
  bool operator()(const OwnedValue& left, const OwnedValue& right) const noexcept {
    return sort_order(left.value(), right.value()) < 0;
  }
};
// The same, but an integer and an equal float are two, so that the result does not depend on which came
// first.
struct BeforeOrOfLowerKind {
  bool operator()(const OwnedValue& left, const OwnedValue& right) const noexcept {
    const int order = sort_order(left.value(), right.value());
    return order < 0 || (order == 0 && left.value().kind() < right.value().kind());
  }
};

template <typename Order>
class Bag {
 public:
  void add(OwnedValue value) { ++counts_[std::move(value)]; }
  void remove(const OwnedValue& value) {
    const auto found = counts_.find(value);
    if (--found->second == 0) counts_.erase(found);
  }
  const std::map<OwnedValue, std::size_t, Order>& counts() const noexcept { return counts_; }

 private:
  std::map<OwnedValue, std::size_t, Order> counts_;
};

// MIN and MAX.
class Extreme final : public Aggregate {
 public:
  explicit Extreme(bool is_max) noexcept : is_max_(is_max) {}

  void add(const Value& value, std::uint64_t) override {
    if (counts(value)) bag_.add(without_text(value));
  }
  void remove(const Value& value, std::uint64_t) override {
    if (counts(value)) bag_.remove(without_text(value));
  }
  Value result(TextArena*) const override {
    if (bag_.counts().empty()) return {};
    return (is_max_ ? std::prev(bag_.counts().end()) : bag_.counts().begin())->first.value();
  }

 private:
  // NaN is neither less nor greater than anything.
  static bool counts(const Value& value) noexcept { return !value.is_null() && !value.is_nan(); }

  const bool is_max_;
  Bag<BeforeOrOfLowerKind> bag_;
};

// COUNT_DISTINCT and DISTINCT_LIST.
class Distinct final : public Aggregate {
 public:
  Distinct(bool is_list, std::string_view delimiter) : is_list_(is_list), delimiter_(delimiter) {}

  void add(const Value& value, std::uint64_t) override {
    if (!value.is_null()) bag_.add(converted(value));
  }
  void remove(const Value& value, std::uint64_t) override {
    if (!value.is_null()) bag_.remove(converted(value));
  }
  Value result(TextArena* arena) const override {
    if (!is_list_) return Value::integer(static_cast<std::int64_t>(bag_.counts().size()));
    Buffer list;
    for (const auto& [value, count] : bag_.counts()) {
      if (!list.empty()) list.append(delimiter_);
      append_string_form(value.value(), &list);
    }
    return Value::string(arena->keep(list.view()));
  }

 private:
  const bool is_list_;
  const std::string delimiter_;
  Bag<Before> bag_;
};

// FIRST, LAST and ANY.
class ByOrder final : public Aggregate {
 public:
  explicit ByOrder(AggregateKind kind) noexcept : kind_(kind) {}

  void add(const Value& value, std::uint64_t order) override {
    if (counts(value)) values_.emplace(order, value);
  }
  void remove(const Value& value, std::uint64_t order) override {
    if (counts(value)) values_.erase(order);
  }
  Value result(TextArena*) const override {
    if (values_.empty()) return {};
    return (kind_ == AggregateKind::kFirst ? values_.begin() : std::prev(values_.end()))->second.value();
  }

 private:
  bool counts(const Value& value) const noexcept { return kind_ != AggregateKind::kAny || !value.is_null(); }

  const AggregateKind kind_;
  std::map<std::uint64_t, OwnedValue> values_;
};

}  // namespace

std::unique_ptr<Aggregate> Aggregate::make(AggregateKind kind, std::string_view delimiter) {
  switch (kind) {
    case AggregateKind::kSum:
    case AggregateKind::kAverage:
      return std::make_unique<Sum>(kind == AggregateKind::kAverage);
    case AggregateKind::kCount:
      return std::make_unique<Count>();
    case AggregateKind::kCountDistinct:
    case AggregateKind::kDistinctList:
      return std::make_unique<Distinct>(kind == AggregateKind::kDistinctList, delimiter);
    case AggregateKind::kMinimum:
    case AggregateKind::kMaximum:
      return std::make_unique<Extreme>(kind == AggregateKind::kMaximum);
    case AggregateKind::kDeviationPopulation:
    case AggregateKind::kDeviationSample:
      return std::make_unique<StandardDeviation>(kind == AggregateKind::kDeviationSample);
    case AggregateKind::kAny:
    case AggregateKind::kFirst:
    case AggregateKind::kLast:
      break;
  }
  return std::make_unique<ByOrder>(kind);
}

}  // namespace amps::broker
