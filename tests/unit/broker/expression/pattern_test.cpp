// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/pattern.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

struct Fixture {
  bool matches(std::string_view text, std::string_view subject, bool is_plain_text = false) {
    const amps::Status status = Pattern::compile(text, is_plain_text, &pattern);
    REQUIRE_MESSAGE(status.ok(), status.text());
    return pattern->matches(subject, &scratch);
  }
  std::unique_ptr<Pattern> pattern;
  PatternScratch scratch;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "EXP-11: patterns are searched anywhere, on bytes, with inline options") {
  CHECK(matches("Eq", "NY-Equity"));
  CHECK_FALSE(matches("^Eq", "NY-Equity"));
  CHECK(matches("(?i)^ny", "NY-Equity"));
  CHECK(matches("^(.)\\1-", "aa-17-zz"));
  CHECK(matches("\xC3.$", "caf\xC3\xA9"));
  CHECK(matches("(?A)NY", "NY-NY"));
  CHECK_FALSE(matches("(?iA)eq", "NY-Equity"));
  CHECK(matches("(?iA)ny", "NY-Equity"));
  CHECK(matches("(?A", "x", true) == false);
}

TEST_CASE_FIXTURE(Fixture, "EXP-12: plain text has no special characters") {
  CHECK(matches("C++", "modern C++ dev", true));
  CHECK_FALSE(matches("C.", "Cx", true));
}

TEST_CASE_FIXTURE(Fixture, "EXP-40: a malformed pattern is refused with its place") {
  CHECK(Pattern::compile("a(b", false, &pattern).text().find("offset 3") != std::string::npos);
  CHECK_FALSE(Pattern::compile(std::string(70'000, 'a'), false, &pattern).ok());
  CHECK_FALSE(Pattern::compile("((a{900}){900}){900}", false, &pattern).ok());
}

TEST_CASE_FIXTURE(Fixture, "EXP-19: groups of a match") {
  REQUIRE(matches("(a)|(b)", "xxb"));
  Pattern::Span span{};
  REQUIRE(pattern->find("xxb", 0, &scratch, &span));
  CHECK(span.begin == 2);
  CHECK(span.end == 3);
  CHECK_FALSE(pattern->group(1, scratch, &span));
  REQUIRE(pattern->group(2, scratch, &span));
  CHECK(span.begin == 2);
  CHECK_FALSE(pattern->group(3, scratch, &span));
  CHECK_FALSE(pattern->find("b", 1, &scratch, &span));
}

TEST_CASE_FIXTURE(Fixture, "catastrophic patterns give up instead of running on") {
  CHECK_FALSE(matches("^(a+)+$", std::string(200, 'a') + '!'));
  CHECK(scratch.failures() == 1);
  CHECK_FALSE(matches("(a|aa)+$", std::string(30'000, 'a') + '!'));
  CHECK(scratch.failures() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a pattern that takes the square of the subject ends") {
  // A million starts, each of which looks at the whole rest: a quarter of an hour without the limit.
  const std::string subject(1'000'000, 'a');
  CHECK_FALSE(matches("a[^b]*(?=c)", subject));
  CHECK(scratch.failures() == 1);
}

TEST_CASE_FIXTURE(Fixture, "many short subjects share the time of one evaluation") {
  // Each match runs into the limit of the stack, which takes some ten µs.
  int ended = 0;
  for (int i = 0; i < 20'000; ++i) ended += matches("(?R)", "1") ? 0 : 1;
  CHECK(ended == 20'000);
  CHECK(scratch.failures() == 20'000);
  CHECK_FALSE(matches("1", "1"));  // Nothing is left, even for what is quick.
  scratch.begin();
  CHECK(matches("1", "1"));
}

TEST_CASE_FIXTURE(Fixture, "many quick matches are none too many") {
  int found = 0;
  for (int i = 0; i < 500; ++i) found += matches("needle", "a needle in a haystack") ? 1 : 0;
  CHECK(found == 500);
}

TEST_CASE_FIXTURE(Fixture, "long subjects are searched to their end") {
  std::string subject(3'000'000, '-');
  subject += "needle 42";
  CHECK(matches("needle \\d+$", subject));
  CHECK(matches("e 42", subject, true));
  Pattern::Span span{};
  REQUIRE(pattern->find(subject, 0, &scratch, &span));
  CHECK(span.begin == 3'000'005);
  CHECK_FALSE(matches("needle 43", subject));
  CHECK(scratch.failures() == 0);
}
