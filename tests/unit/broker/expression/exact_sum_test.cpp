// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/exact_sum.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using amps::broker::ExactSum;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum.value();
}

// Magnitudes from the smallest to the largest.
double any_float(std::mt19937_64& random) {
  const double fraction = std::uniform_real_distribution<double>(-1, 1)(random);
  return std::ldexp(fraction, std::uniform_int_distribution<int>(-1080, 1020)(random));
}

}  // namespace

TEST_CASE("a sum of floats is rounded once") {
  CHECK(sum_of({}) == 0);
  CHECK(sum_of(std::vector<double>(10, 0.1)) == 1.0);
  CHECK(sum_of({1e308, 1, -1e308}) == 1);
  CHECK(sum_of({1e16, 1, 1}) == 1e16 + 2);
  CHECK(sum_of({5e-324, 5e-324}) == 1e-323);
  CHECK(sum_of({-5e-324, 1}) == 1);
  CHECK(sum_of({-3.5, 1.25}) == -2.25);
  CHECK(sum_of({1e308, 1e308}) == kInfinity);
  // Half of the last place: ties go to even, and the smallest bit below decides otherwise.
  CHECK(sum_of({9007199254740992.0, 1}) == 9007199254740992.0);
  CHECK(sum_of({9007199254740992.0, 1, 5e-324}) == 9007199254740994.0);
}

TEST_CASE("a single float comes back as it is") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const double value = any_float(random);
    CHECK(sum_of({value}) == value);
  }
}

TEST_CASE("order does not matter, and what was taken out leaves no trace") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values(50);
    for (double& value : values) value = any_float(random);
    const double expected = sum_of(values);
    std::shuffle(values.begin(), values.end(), random);
    ExactSum sum;
    for (const double value : values) sum.add(value);
    for (const double value : values) sum.subtract(value);
    CHECK(sum.value() == 0);
    for (const double value : values) sum.add(value);
    CHECK(sum.value() == expected);
  }
}

TEST_CASE("integers are added without becoming floats") {
  ExactSum sum;
  sum.add_integer(static_cast<amps::broker::WideInteger>(INT64_MAX) * 4 + 3);
  sum.add_integer(-static_cast<amps::broker::WideInteger>(INT64_MAX) * 4);
  sum.add(0.5);
  CHECK(sum.value() == 3.5);
}

TEST_CASE("products are exact") {
  ExactSum sum;
  sum.add_product(1e8 + 1, 1e8 + 1);
  sum.subtract_product(1e8, 1e8);
  CHECK(sum.value() == 2e8 + 1);
  sum.add_product(1e300, 1e300);
  CHECK(sum.value() == kInfinity);
  sum.subtract_product(1e300, 1e300);
  CHECK(sum.value() == 2e8 + 1);
}

TEST_CASE("NaN and infinities leave as they came") {
  ExactSum sum;
  sum.add(1);
  sum.add(std::nan(""));
  CHECK(std::isnan(sum.value()));
  sum.subtract(-std::nan(""));
  CHECK(sum.value() == 1);
  sum.add(kInfinity);
  CHECK(sum.value() == kInfinity);
  sum.add(-kInfinity);
  CHECK(std::isnan(sum.value()));
  sum.subtract(kInfinity);
  CHECK(sum.value() == -kInfinity);
}
