// SPDX-License-Identifier: Apache-2.0
#include "broker/topic_pattern.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

PatternMatch match(std::string_view pattern, std::string_view topic) {
  std::unique_ptr<TopicPattern> compiled;
  REQUIRE(TopicPattern::compile(pattern, &compiled).ok());
  return compiled->matches(topic);
}

}  // namespace

TEST_CASE("patterns search for a match anywhere, in bytes") {
  CHECK(match("order.n", "rollup-order-na") == PatternMatch::kYes);
  CHECK(match("^order$", "orders") == PatternMatch::kNo);
  CHECK(match("^.$", "\xff") == PatternMatch::kYes);
  CHECK(match("a.c", std::string("a\0c", 3)) == PatternMatch::kYes);
}

TEST_CASE("reserved topics are matched only by patterns that name them") {
  CHECK(match(".*", "/AMPS/ClientStatus") == PatternMatch::kNo);
  CHECK(match("/AMPS/.*", "/AMPS/ClientStatus") == PatternMatch::kYes);
}

TEST_CASE("a pattern that does not compile says where") {
  std::unique_ptr<TopicPattern> compiled;
  const amps::Status status = TopicPattern::compile("ab(c", &compiled);
  CHECK(status.code() == AMPS_E_BAD_REGEX_TOPIC);
  CHECK(status.text().find("offset 4") != std::string::npos);
  CHECK(TopicPattern::compile(std::string(70'000, 'a'), &compiled).code() == AMPS_E_BAD_REGEX_TOPIC);
}

TEST_CASE("steps are bounded, and beyond the bound is a failure, not a mismatch") {
  CHECK(match("^(a+)+$", std::string(5000, 'a') + "b") == PatternMatch::kFailed);
}
