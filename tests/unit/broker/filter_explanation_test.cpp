// SPDX-License-Identifier: Apache-2.0
#include "broker/filter_explanation.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

std::string explain(std::string_view text) {
  std::string out;
  ExpressionError error;
  const amps::Status status = explain_filter(text, &out, &error);
  REQUIRE_MESSAGE(status.ok(), status.text());
  return out;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an explanation shows how the text was understood, what it reads and how it is found") {
  const std::string text = explain("/a = 1 AND /b >= 2 AND /b < 'x' OR FALSE");
  CHECK(has(text, "means: (((/a = 1) AND (/b >= 2) AND (/b < 'x')) OR FALSE)\n"));
  CHECK(has(text, "fields: /a /b\n"));
  CHECK(has(text, "index: none"));
  const std::string indexed = explain("/a IN (1, 'x') AND /b >= 2 AND 5 > /b AND /c LIKE 'x'");
  CHECK(has(indexed, "  equality: /a is 1 or 'x'\n"));
  CHECK(has(indexed, "  range: /b is at least 2\n"));
  CHECK(has(indexed, "  range: /b is below 5\n"));
  CHECK(has(explain("/a IN (1,2,3,4,5,6,7)"), "or 5 or 2 others\n"));
  CHECK(has(explain("/a BETWEEN 1 AND 2"), "  range: /a is at least 1 and at most 2\n"));
}

TEST_CASE("EXP-35: an explanation says when a filter changes by itself") {
  CHECK(has(explain("/a < UNIX_TIMESTAMP()"), "changes by itself"));
  CHECK_FALSE(has(explain("1 = 1"), "changes by itself"));
  CHECK(has(explain("1 = 1"), "fields: none\n"));
}

TEST_CASE("EXP-40: what cannot be explained is wrong at a place") {
  std::string out;
  ExpressionError error;
  CHECK(explain_filter("/a = ", &out, &error).code() == AMPS_E_FILTER);
  CHECK(error.offset == 5);
  CHECK(error.text == "expected a value, found the end");
}
