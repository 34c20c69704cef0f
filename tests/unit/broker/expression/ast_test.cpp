// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/ast.h"

#include <doctest/doctest.h>

#include "broker/expression/parser.h"

using namespace amps::broker;

namespace {

std::unique_ptr<Expression> parse(std::string_view text) {
  std::unique_ptr<Expression> tree;
  ExpressionError error;
  REQUIRE_MESSAGE(parse_expression(text, {}, &tree, &error), error.text);
  return tree;
}

}  // namespace

TEST_CASE("a tree is shown one operator a line") {
  CHECK(to_tree(*parse("/price > 100 AND NOT /symbol IN ('IBM', 'it\\'s') OR UPPER(/n) LIKE '^\\d'")) ==
        "OR\n"
        "  AND\n"
        "    >\n"
        "      /price\n"
        "      100\n"
        "    NOT\n"
        "      IN\n"
        "        /symbol\n"
        "        'IBM'\n"
        "        'it\\'s'\n"
        "  LIKE '^\\d'\n"
        "    UPPER\n"
        "      /n\n");
}

TEST_CASE("what is written fully bracketed is understood the same") {
  for (const char* text :
       {"/a = 1 OR /b < 2 AND NOT /c IS NULL", "/a + 2 * -/b % 3 > 1.5", "/a NOT IN (1, '2', NULL)",
        "/a BETWEEN 1 AND 2 AND /b NOT BETWEEN /c AND 3", "/a NOT LIKE r'x' AND /b ENDS WITH ('a', 'b')",
        "IF(/a IS NOT NAN, TRUE, CONCAT('\\x01', /b)) == FALSE", "[/a b][1] >= +5 - 2 / 3"}) {
    const std::string once = to_text(*parse(text));
    CHECK(to_text(*parse(once)) == once);
  }
  CHECK(to_text(*parse("/a = 1 OR /b < 2 AND NOT /c IS NULL")) ==
        "((/a = 1) OR ((/b < 2) AND (NOT (/c IS NULL))))");
}
