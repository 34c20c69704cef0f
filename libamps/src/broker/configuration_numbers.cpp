// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_numbers.h"

#include <iterator>

#include "base/decimal.h"
#include "base/limits.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::uint64_t kMax = INT64_MAX;
constexpr std::uint64_t kDayMs = 86'400'000;

constexpr NumberElement kElements[] = {
    {"IoThreads", AMPS_BROKER_IO_THREADS, NumberUnit::kCount, 0, 64},
    {"LogonTimeout", AMPS_BROKER_LOGON_TIMEOUT_MS, NumberUnit::kMilliseconds, 1, kDayMs},
    {"LogonBytesMax", AMPS_BROKER_LOGON_BYTES_MAX, NumberUnit::kBytes, 64, kFrameReceivedBytesMax},
    {"MessageBytesMax", AMPS_BROKER_MESSAGE_BYTES_MAX, NumberUnit::kBytes, 1024, kFrameReceivedBytesMax},
    {"HeaderBytesMax", AMPS_BROKER_HEADER_BYTES_MAX, NumberUnit::kBytes, 64, kHeaderBytesMax},
    {"ConnectionsMax", AMPS_BROKER_CONNECTIONS_MAX, NumberUnit::kCount, 1, 1'000'000},
    {"SubscriptionsMax", AMPS_BROKER_SUBSCRIPTIONS_MAX, NumberUnit::kCount, 1, 100'000'000},
    {"ClientMaxCapacity", AMPS_BROKER_CLIENT_OUTBOX_BYTES_MAX, NumberUnit::kBytes, 1, kMax},
    {"MessageMemoryLimit", AMPS_BROKER_OUTBOX_BYTES_MAX, NumberUnit::kBytes, 1, kMax},
    {"ClientMessageAgeLimit", AMPS_BROKER_CLIENT_AGE_MAX_MS, NumberUnit::kMilliseconds, 0, kMax},
    {"AllowAnonymous", AMPS_BROKER_ALLOW_ANONYMOUS, NumberUnit::kBoolean, 0, 1},
    {"RegexTopicSupport", AMPS_BROKER_REGEX_TOPIC_SUPPORT, NumberUnit::kBoolean, 0, 1},
};
static_assert(std::size(kElements) == AMPS_BROKER_NUMBER_COUNT, "every number has an element");

std::optional<std::uint64_t> parse_percent(std::string_view text, std::uint64_t whole) noexcept {
  const auto percent = parse_decimal(text.substr(0, text.size() - 1));
  if (!percent || *percent > 100) return std::nullopt;
  return whole / 100 * *percent + whole % 100 * *percent / 100;
}

std::optional<std::uint64_t> parse_unit(NumberUnit unit, std::string_view text,
                                        std::uint64_t whole) noexcept {
  switch (unit) {
    case NumberUnit::kCount:
      return wire::parse_count(text);
    case NumberUnit::kBytes:
      if (!text.empty() && text.back() == '%') return parse_percent(text, whole);
      return wire::parse_size_bytes(text);
    case NumberUnit::kMilliseconds: {
      const auto ns = wire::parse_interval_ns(text);
      if (!ns) return std::nullopt;
      return (*ns + 999'999) / 1'000'000;
    }
    case NumberUnit::kBoolean: {
      if (text == "enabled") return 1;
      if (text == "disabled") return 0;
      const auto value = wire::parse_bool(text);
      if (!value) return std::nullopt;
      return *value ? 1 : 0;
    }
  }
  return std::nullopt;
}

}  // namespace

const NumberElement* find_number_element(std::string_view element) noexcept {
  for (const NumberElement& row : kElements) {
    if (row.element == element) return &row;
  }
  return nullptr;
}

const NumberElement& number_element(amps_broker_number_t number) noexcept {
  return kElements[number];
}

std::optional<std::uint64_t> parse_number(const NumberElement& element, std::string_view text,
                                          std::uint64_t whole) noexcept {
  const auto value = parse_unit(element.unit, text, whole);
  if (!value || *value < element.min || *value > element.max) return std::nullopt;
  return value;
}

std::string format_number(const NumberElement& element, std::uint64_t value) {
  if (element.unit == NumberUnit::kBoolean) return value != 0 ? "true" : "false";
  return std::to_string(value) + (element.unit == NumberUnit::kMilliseconds ? "ms" : "");
}

std::string expected_text(const NumberElement& element) {
  if (element.unit == NumberUnit::kBoolean) return "true or false";
  const char* const what = element.unit == NumberUnit::kBytes          ? "a size in bytes"
                           : element.unit == NumberUnit::kMilliseconds ? "an interval"
                                                                       : "a number";
  return std::string(what) + " from " + format_number(element, element.min) + " to " +
         format_number(element, element.max);
}

}  // namespace amps::broker
