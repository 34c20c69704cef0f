// SPDX-License-Identifier: Apache-2.0
#include "wire/timestamp.h"

#include <algorithm>

namespace amps::wire {
namespace {

constexpr std::uint64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::uint64_t kUsMax = 253'402'300'799'999'999u;  // 99991231T235959.999999Z

constexpr bool is_leap(int year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_in_month(int year, int month) noexcept {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

// Leap days in the years before `year`.
constexpr std::int64_t leap_days_before(std::int64_t year) noexcept {
  const std::int64_t past = year - 1;
  return past / 4 - past / 100 + past / 400;
}

constexpr std::int64_t days_before_year(std::int64_t year) noexcept {
  return (year - 1970) * 365 + leap_days_before(year) - leap_days_before(1970);
}

// `count` digits at the start of `text`; -1 when they are none.
int take_number(std::string_view* text, std::size_t count) noexcept {
  if (text->size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = (*text)[i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(count);
  return value;
}

// The fraction behind a dot, in microseconds; -1 when it is malformed.
std::int64_t take_fraction_us(std::string_view* text) noexcept {
  std::int64_t us = 0;
  std::int64_t unit = 100'000;
  std::size_t digits = 0;
  while (digits < text->size() && (*text)[digits] >= '0' && (*text)[digits] <= '9') {
    us += unit * ((*text)[digits] - '0');
    unit /= 10;
    ++digits;
  }
  text->remove_prefix(digits);
  return digits >= 1 && digits <= 9 ? us : -1;
}

void put_number(char* to, std::size_t count, std::uint64_t value) noexcept {
  for (std::size_t i = count; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::optional<std::uint64_t> parse_timestamp_us(std::string_view text) noexcept {
  const int year = take_number(&text, 4);
  const int month = take_number(&text, 2);
  const int day = take_number(&text, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  if (text.empty() || text.front() != 'T') return std::nullopt;
  text.remove_prefix(1);
  const int hour = take_number(&text, 2);
  const int minute = take_number(&text, 2);
  const int second = take_number(&text, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  std::int64_t us = 0;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    us = take_fraction_us(&text);
    if (us < 0) return std::nullopt;
  }
  if (!text.empty() && text != "Z") return std::nullopt;
  std::int64_t days = days_before_year(year) + day - 1;
  for (int m = 1; m < month; ++m) days += days_in_month(year, m);
  const std::int64_t seconds = days * kSecondsPerDay + hour * 3'600 + minute * 60 + second;
  if (seconds < 0) return 0;
  return static_cast<std::uint64_t>(seconds) * kUsPerSecond + static_cast<std::uint64_t>(us);
}

void format_timestamp(char* to, std::uint64_t utc_us) noexcept {
  utc_us = std::min(utc_us, kUsMax);
  const auto seconds = static_cast<std::int64_t>(utc_us / kUsPerSecond);
  std::int64_t days = seconds / kSecondsPerDay;
  const auto of_day = static_cast<std::uint64_t>(seconds % kSecondsPerDay);
  int year = 1970 + static_cast<int>(days / 366);  // Never too late; a few steps forward at most.
  while (days_before_year(year + 1) <= days) ++year;
  days -= days_before_year(year);
  int month = 1;
  while (days >= days_in_month(year, month)) days -= days_in_month(year, month++);
  put_number(to, 4, static_cast<std::uint64_t>(year));
  put_number(to + 4, 2, static_cast<std::uint64_t>(month));
  put_number(to + 6, 2, static_cast<std::uint64_t>(days + 1));
  to[8] = 'T';
  put_number(to + 9, 2, of_day / 3'600);
  put_number(to + 11, 2, of_day / 60 % 60);
  put_number(to + 13, 2, of_day % 60);
  to[15] = '.';
  put_number(to + 16, 6, utc_us % kUsPerSecond);
  to[22] = 'Z';
}

std::string_view TimestampText::of(std::uint64_t utc_us) noexcept {
  if (utc_us / kUsPerSecond != second_) {
    second_ = utc_us / kUsPerSecond;
    format_timestamp(text_, utc_us);
  } else if (utc_us <= kUsMax) {
    put_number(text_ + 16, 6, utc_us % kUsPerSecond);
  }
  return {text_, kTimestampBytes};
}

}  // namespace amps::wire
