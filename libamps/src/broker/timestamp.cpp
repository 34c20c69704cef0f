// SPDX-License-Identifier: Apache-2.0
#include "broker/timestamp.h"

#include <cstdio>
#include <ctime>

namespace amps::broker {

namespace {

constexpr std::size_t kSize = 23;
constexpr std::size_t kFractionBegin = 16;  // After "20250131T142501.".

}  // namespace

std::string_view TimestampText::of(std::uint64_t utc_us) noexcept {
  if (utc_us / 1'000'000 != second_) {
    second_ = utc_us / 1'000'000;
    const auto time = static_cast<std::time_t>(second_);
    std::tm date{};
    ::gmtime_r(&time, &date);
    std::strftime(text_, sizeof text_, "%Y%m%dT%H%M%S.000000Z", &date);
  }
  std::uint64_t fraction = utc_us % 1'000'000;
  for (std::size_t i = kFractionBegin + 6; i > kFractionBegin; --i) {
    text_[i - 1] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  return {text_, kSize};
}

}  // namespace amps::broker
