// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/token.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("words are compared without regard to case") {
  CHECK(equal_ignoring_case("beTween", "BETWEEN"));
  CHECK_FALSE(equal_ignoring_case("betwee", "BETWEEN"));
  Token token;
  token.kind = TokenKind::kWord;
  token.text = "and";
  CHECK(token.is_word("AND"));
  token.kind = TokenKind::kString;
  CHECK_FALSE(token.is_word("AND"));
}

TEST_CASE("EXP-33, EXP-34: a reference is written with its source") {
  QualifiedField field;
  REQUIRE(FieldPath::parse("/a/b[2]", &field.path).ok());
  CHECK(field.text() == "/a/b[2]");
  field.topic = "orders";
  field.message_type = "json";
  field.previous = true;
  CHECK(field.text() == "[json].[orders]./a/b[2] OF PREVIOUS");
}
