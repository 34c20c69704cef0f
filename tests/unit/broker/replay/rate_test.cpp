// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/rate.h"

#include <doctest/doctest.h>

#include <vector>

using namespace amps::broker;

namespace {

constexpr std::uint64_t kStartUs = 5'000'000;

Rate parse(std::string_view text, std::optional<std::string_view> max_gap = {}) {
  Rate rate;
  CHECK(Rate::parse(text, max_gap, &rate).ok());
  return rate;
}

// Sends messages of these times, of 100 bytes each, as soon as they may go; when they went.
std::vector<std::uint64_t> send(Rate* rate, const std::vector<std::uint64_t>& timestamps_us) {
  std::vector<std::uint64_t> sent;
  std::uint64_t now = kStartUs;
  for (const std::uint64_t timestamp : timestamps_us) {
    now = std::max(now, rate->due_us(timestamp, now));
    rate->sent(100, timestamp, now);
    sent.push_back(now - kStartUs);
  }
  return sent;
}

using Times = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("TXL-15: rates are messages, bytes or multiples, and nothing else") {
  for (const char* text : {"1", "1000", "10k", "500KB", "2MB", "100b", "2X", ".5x", "1.5X", "10X"}) {
    Rate rate;
    CAPTURE(text);
    CHECK(Rate::parse(text, std::nullopt, &rate).ok());
    CHECK(rate.is_limited());
  }
  for (const char* text : {"", "0", "-1", "0KB", "0X", "X", ".X", "1.2.3X", "nanX", "infX", "1e3X", "fast",
                           "2Y", "99999999999999999999", "KB", " "}) {
    Rate rate;
    CAPTURE(text);
    CHECK(Rate::parse(text, std::nullopt, &rate).code() == AMPS_E_INVALID_OPTIONS);
  }
}

TEST_CASE("TXL-15: messages a second") {
  Rate rate = parse("10");
  CHECK(send(&rate, Times(4, 77)) == Times{0, 100'000, 200'000, 300'000});
}

TEST_CASE("TXL-15: bytes a second, by the size of what was sent") {
  Rate rate = parse("1KB");
  CHECK(send(&rate, Times(3, 77)) == Times{0, 97'656, 195'312});
}

TEST_CASE("TXL-15: a multiple of the speed at which the messages came") {
  Rate twice = parse("2X");
  CHECK(send(&twice, {1'000'000, 1'500'000, 1'500'000, 3'500'000}) == Times{0, 250'000, 250'000, 1'250'000});
  Rate half = parse(".5X");
  CHECK(send(&half, {1'000'000, 1'500'000}) == Times{0, 1'000'000});
}

TEST_CASE("TXL-16: a pause is cut, and what follows keeps its distance") {
  Rate rate = parse("1X", "2s");
  CHECK(send(&rate, {1'000'000, 61'000'000, 61'500'000}) == Times{0, 2'000'000, 2'500'000});
  Rate messages;
  CHECK(Rate::parse("10", "2s", &messages).code() == AMPS_E_INVALID_OPTIONS);
  CHECK(Rate::parse("1X", "soon", &messages).code() == AMPS_E_INVALID_OPTIONS);
}

TEST_CASE("TXL-15: a rate is no debt: time that was lost is not made up for") {
  Rate rate = parse("10");
  rate.sent(100, 0, kStartUs);
  rate.sent(100, 0, kStartUs + 60'000'000);
  CHECK(rate.due_us(0, kStartUs + 60'000'000) == kStartUs + 60'100'000);
  Rate speed = parse("1X");
  speed.sent(100, 1'000'000, kStartUs);
  speed.sent(100, 2'000'000, kStartUs + 60'000'000);
  CHECK(speed.due_us(3'000'000, kStartUs + 60'000'000) == kStartUs + 61'000'000);
}

TEST_CASE("TXL-15: after a rest a multiple starts anew") {
  Rate rate = parse(".5X");
  rate.sent(100, 1'000'000, kStartUs);
  rate.rest();
  CHECK(rate.due_us(9'000'000, kStartUs + 5) == kStartUs + 5);
}
