// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_numbers.h"

#include <iterator>

#include "base/limits.h"

namespace amps::broker {

namespace {

constexpr std::uint64_t kMax = INT64_MAX;
constexpr std::uint64_t kDayMs = 86'400'000;

constexpr NumberElement kElements[] = {
    {"IoThreads", AMPS_BROKER_IO_THREADS, {NumberUnit::kCount, 0, 64}},
    {"LogonTimeout", AMPS_BROKER_LOGON_TIMEOUT_MS, {NumberUnit::kMilliseconds, 1, kDayMs}},
    {"LogonBytesMax", AMPS_BROKER_LOGON_BYTES_MAX, {NumberUnit::kBytes, 64, kFrameReceivedBytesMax}},
    {"MessageBytesMax", AMPS_BROKER_MESSAGE_BYTES_MAX, {NumberUnit::kBytes, 1024, kFrameReceivedBytesMax}},
    {"HeaderBytesMax", AMPS_BROKER_HEADER_BYTES_MAX, {NumberUnit::kBytes, 64, kHeaderBytesMax}},
    {"ConnectionsMax", AMPS_BROKER_CONNECTIONS_MAX, {NumberUnit::kCount, 1, 1'000'000}},
    {"SubscriptionsMax", AMPS_BROKER_SUBSCRIPTIONS_MAX, {NumberUnit::kCount, 1, 100'000'000}},
    {"ClientMaxCapacity", AMPS_BROKER_CLIENT_OUTBOX_BYTES_MAX, {NumberUnit::kBytes, 1, kMax}},
    {"MessageMemoryLimit", AMPS_BROKER_OUTBOX_BYTES_MAX, {NumberUnit::kBytes, 1, kMax}},
    {"ClientMessageAgeLimit", AMPS_BROKER_CLIENT_AGE_MAX_MS, {NumberUnit::kMilliseconds, 0, kMax}},
    {"AllowAnonymous", AMPS_BROKER_ALLOW_ANONYMOUS, {NumberUnit::kBoolean, 0, 1}},
    {"RegexTopicSupport", AMPS_BROKER_REGEX_TOPIC_SUPPORT, {NumberUnit::kBoolean, 0, 1}},
};
static_assert(std::size(kElements) == AMPS_BROKER_NUMBER_COUNT, "every number has an element");

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

}  // namespace amps::broker
