// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/rate.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "wire/options.h"

namespace amps::broker {
namespace {

constexpr double kMicrosecondsASecond = 1e6;
constexpr double kAmountMax = 1e12;  // Beyond, it is no limit.
// Timers are late by a few milliseconds; less than this is made up for, so that a rate is reached.
constexpr std::uint64_t kLateUsMax = 20'000;

Status invalid(std::string_view rate) {
  return Status(AMPS_E_INVALID_OPTIONS, "option rate: not a rate: " + std::string(rate));
}

// Digits with at most one point among them.
std::optional<double> parse_multiple(std::string_view text) {
  const bool has_digits = text.find_first_of("0123456789") != std::string_view::npos;
  const bool is_plain = text.find_first_not_of("0123456789.") == std::string_view::npos &&
                        std::count(text.begin(), text.end(), '.') <= 1;
  if (!has_digits || !is_plain || text.size() > 32) return std::nullopt;
  return std::strtod(std::string(text).c_str(), nullptr);
}

}  // namespace

Status Rate::parse(std::string_view rate, std::optional<std::string_view> max_gap, Rate* out) {
  Rate parsed;
  const char last = rate.empty() ? '\0' : rate.back();
  std::optional<double> amount;
  if (last == 'x' || last == 'X') {
    parsed.unit_ = Unit::kSpeed;
    amount = parse_multiple(rate.substr(0, rate.size() - 1));
  } else if (last == 'b' || last == 'B') {
    parsed.unit_ = Unit::kBytes;
    if (const auto bytes = wire::parse_size_bytes(rate)) amount = static_cast<double>(*bytes);
  } else {
    parsed.unit_ = Unit::kMessages;
    if (const auto count = wire::parse_count(rate)) amount = static_cast<double>(*count);
  }
  if (!amount || !(*amount > 0) || *amount > kAmountMax) return invalid(rate);
  parsed.amount_ = *amount;
  if (max_gap) {
    const auto gap_ns = wire::parse_interval_ns(*max_gap);
    if (!gap_ns) {
      return Status(AMPS_E_INVALID_OPTIONS, "option rate_max_gap: not an interval: " + std::string(*max_gap));
    }
    if (parsed.unit_ != Unit::kSpeed) {
      return Status(AMPS_E_INVALID_OPTIONS, "option rate_max_gap: needs a rate that is a multiple");
    }
    parsed.gap_max_us_ = *gap_ns / 1'000;
  }
  *out = parsed;
  return {};
}

std::uint64_t Rate::due_us(std::uint64_t timestamp_us, std::uint64_t now_us) const noexcept {
  switch (unit_) {
    case Unit::kNone:
      return now_us;
    case Unit::kMessages:
    case Unit::kBytes:
      return static_cast<std::uint64_t>(next_us_);
    case Unit::kSpeed:
      break;
  }
  if (!is_based_ || timestamp_us <= base_timestamp_us_) return now_us;
  const double wait_us = static_cast<double>(timestamp_us - base_timestamp_us_) / amount_;
  // A gap of centuries is no time either.
  const auto whole_us = static_cast<std::uint64_t>(std::min(std::floor(wait_us), 1e16));
  const std::uint64_t due = base_us_ + whole_us;
  return gap_max_us_ >= due - std::min(due, sent_us_) ? due : sent_us_ + gap_max_us_;
}

void Rate::sent(std::size_t bytes, std::uint64_t timestamp_us, std::uint64_t now_us) noexcept {
  const auto is_late = [now_us](std::uint64_t due) { return due + kLateUsMax < now_us; };
  if (unit_ == Unit::kMessages || unit_ == Unit::kBytes) {
    if (is_late(static_cast<std::uint64_t>(next_us_))) next_us_ = static_cast<double>(now_us);
    const double cost = unit_ == Unit::kBytes ? static_cast<double>(bytes) : 1.0;
    next_us_ += cost * kMicrosecondsASecond / amount_;
    return;
  }
  if (unit_ == Unit::kNone) return;
  const std::uint64_t due = due_us(timestamp_us, now_us);
  const bool was_cut = is_based_ && due == sent_us_ + gap_max_us_;
  if (!is_based_ || was_cut || is_late(due)) {
    is_based_ = true;
    base_timestamp_us_ = timestamp_us;
    base_us_ = now_us;
  }
  sent_us_ = now_us;
}

}  // namespace amps::broker
