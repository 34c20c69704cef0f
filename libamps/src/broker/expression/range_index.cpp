// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/range_index.h"

#include <cmath>
#include <limits>
#include <optional>

namespace amps::broker {

namespace {

constexpr double kAboveNumbers = std::numeric_limits<double>::infinity();

// Rounding keeps the order, so closed ends find all there is to find.
double position_of(const Value& value) noexcept {
  if (!value.is_string()) return to_double(value);
  const Value number = parse_number(value.text());
  return number.is_null() ? kAboveNumbers : to_double(number);
}

std::optional<double> number_bound(const Value& value) {
  return value.is_null() ? std::nullopt : std::optional<double>(position_of(value));
}

std::optional<std::string> text_bound(const Value& value) {
  return value.is_null() ? std::nullopt : std::optional<std::string>(value.text());
}

}  // namespace

bool RangeIndex::add(Id id, const Value& low, const Value& high, Link* link) {
  if ((low.is_null() && high.is_null()) || low.is_nan() || high.is_nan()) return false;
  const bool same_kind = low.is_null() || high.is_null() || low.is_string() == high.is_string();
  const Value upper = same_kind ? high : Value();
  link->is_text = low.is_null() ? upper.is_string() : low.is_string();
  if (!link->is_text) {
    numbers_.add(id, number_bound(low), number_bound(upper), &link->number_place);
    return true;
  }
  texts_.add(id, text_bound(low), text_bound(upper), &link->text_place);
  texts_as_numbers_.add(id, number_bound(low), number_bound(upper), &link->number_place);
  return true;
}

void RangeIndex::remove(const Link& link) {
  if (!link.is_text) return numbers_.remove(link.number_place);
  texts_.remove(link.text_place);
  texts_as_numbers_.remove(link.number_place);
}

RangeIndex::Extent RangeIndex::measure(ValueSpan values) noexcept {
  Extent extent;
  for (const Value& value : values) {
    if (value.is_null() || value.is_nan()) continue;
    const double position = position_of(value);
    if (!extent.has_number || position < extent.lowest) extent.lowest = position;
    if (!extent.has_number || extent.highest < position) extent.highest = position;
    extent.has_number = true;
    if (!value.is_string()) {
      extent.has_number_kind = true;
      continue;
    }
    if (!extent.has_text_kind || value.text() < extent.first) extent.first = value.text();
    if (!extent.has_text_kind || extent.last < value.text()) extent.last = value.text();
    extent.has_text_kind = true;
  }
  return extent;
}

}  // namespace amps::broker
