// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/parser.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

std::string parsed(std::string_view text) {
  std::unique_ptr<Expression> tree;
  ExpressionError error;
  if (parse_expression(text, {}, &tree, &error)) return to_text(*tree);
  return "! " + std::to_string(error.offset) + ": " + error.text;
}

std::string fields(std::string_view text) {
  std::vector<FieldExpression> list;
  ExpressionError error;
  ParseOptions options;
  options.aggregates = true;
  if (!parse_fields(text, options, &list, &error))
    return "! " + std::to_string(error.offset) + ": " + error.text;
  std::string all;
  for (const FieldExpression& field : list) {
    if (!all.empty()) all += "; ";
    all += to_text(*field.expression) + " -> " + field.destination.text();
    if (field.is_optional) all += " optional";
    if (field.sets_current) all += " current";
  }
  return all;
}

std::string order(std::string_view text) {
  std::vector<OrderField> list;
  ExpressionError error;
  if (!parse_order(text, &list, &error)) return "! " + std::to_string(error.offset) + ": " + error.text;
  std::string all;
  for (const OrderField& field : list) all += field.path.text() + (field.descending ? "- " : "+ ");
  return all;
}

std::string repeated(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("EXP-08: precedence, tightest first") {
  CHECK(parsed("NOT /a = 1 AND /b + 2 * -3 % 4 > 5 OR /c") ==
        "(((NOT (/a = 1)) AND ((/b + ((2 * (-3)) % 4)) > 5)) OR /c)");
  CHECK(parsed("1 - 2 - 3 MOD 2") == "((1 - 2) - (3 % 2))");
  CHECK(parsed("/a or /b or /c and /d") == "(/a OR /b OR (/c AND /d))");
  CHECK(parsed("/a <> 1") == "(/a != 1)");
  CHECK(parsed("/a BETWEEN 1 AND 2 AND /b") == "((/a BETWEEN 1 AND 2) AND /b)");
  CHECK(parsed("- - +1") == "(-(-(+1)))");
}

TEST_CASE("EXP-09 to EXP-14: predicates in words") {
  CHECK(parsed("/a not in (1, /b + 1)") == "(/a NOT IN (1, (/b + 1)))");
  CHECK(parsed("/a NOT BEGINS WITH 'x'") == "(/a NOT BEGINS WITH ('x'))");
  CHECK(parsed("/a ENDS WITH ('x', 'y')") == "(/a ENDS WITH ('x', 'y'))");
  CHECK(parsed("/a IS NOT NULL") == "(/a IS NOT NULL)");
  CHECK(parsed("/a IS NAN") == "(/a IS NAN)");
  CHECK(parsed("/a NOT LIKE 'b'") == "(/a NOT LIKE 'b')");
}

TEST_CASE("EXP-40: errors say where they are and what was expected") {
  CHECK(parsed("/a = ") == "! 5: expected a value, found the end");
  CHECK(parsed("(/a = 1") == "! 7: expected an operator or `)`, found the end");
  CHECK(parsed("/a = 1 = 1") == "! 7: expected an operator or the end, found `=`");
  CHECK(parsed("/a AND AND /b") == "! 7: expected a value, found `AND`; names of fields begin with `/`");
  CHECK(parsed("abc = 1") == "! 0: expected a value, found `abc`; names of fields begin with `/`");
  CHECK(parsed("NO_SUCH_FN(/a) = 1") == "! 0: no function is called `NO_SUCH_FN`");
  CHECK(parsed("UPPER(/a, 1)") == "! 0: UPPER takes 1 argument, found 2");
  CHECK(parsed("SUBSTR(/a)") == "! 0: SUBSTR takes 2 to 3 arguments, found 1");
  CHECK(parsed("CONCAT()") == "! 0: CONCAT takes at least 1 argument, found 0");
  CHECK(parsed("/a LIKE /b") == "! 8: expected a pattern in quotes after LIKE, found `/b`");
  CHECK(parsed("/a IN 1") == "! 6: expected `(` before a list, found `1`");
  CHECK(parsed("/a IN ()") == "! 7: expected a value, found `)`");
  CHECK(parsed("/a IN (1 2)") == "! 9: expected `,` or `)`, found `2`");
  CHECK(parsed("/a NOT = 1") ==
        "! 7: expected IN, BETWEEN, LIKE, BEGINS WITH or ENDS WITH after NOT, found `=`");
  CHECK(parsed("/a BETWEEN 1 OR 2") == "! 13: expected AND between the bounds, found `OR`");
  CHECK(parsed("/a BEGINS 'x'") == "! 10: expected WITH, found 'x'");
  CHECK(parsed("/a IS 5") == "! 6: expected NULL or NAN, found `5`");
  CHECK(parsed("/a OF NEXT") == "! 6: expected CURRENT or PREVIOUS, found `NEXT`");
  CHECK(parsed("SUM(/a)") == "! 0: SUM can only be used in a projection");
  CHECK(parsed("") == "! 0: expected a value, found the end");
}

TEST_CASE("hostile expressions are refused, not followed") {
  CHECK(parsed(repeated("(", 100'000)).find("nested deeper than 256") != std::string::npos);
  CHECK(parsed(repeated("NOT ", 100'000) + "/a").find("nested deeper") != std::string::npos);
  CHECK(parsed(repeated("-", 100'000) + "1").find("nested deeper") != std::string::npos);
  CHECK(parsed(repeated("UPPER(", 10'000)).find("nested deeper") != std::string::npos);
  CHECK(parsed("1" + repeated("+1", 10'000)).find("more than 1000 operators") != std::string::npos);
  CHECK(parsed(repeated(" ", kExpressionBytesMax + 1)).find("exceeds limit") != std::string::npos);
  CHECK(parsed("/a IN (1" + repeated(",1", 400'000) + ")").find("more than 200000") != std::string::npos);
  CHECK(parsed(repeated("(", 255) + "1" + repeated(")", 255)) == "1");
  CHECK(parsed("/a=1" + repeated(" OR /a=1", 20'000)).substr(0, 2) == "((");
}

TEST_CASE("fields of projections and enrichment") {
  CHECK(fields("/a, SUM(/b) AS /t/s, /c + 1 AS [/x y]") == "/a -> /a; SUM(/b) -> /t/s; (/c + 1) -> [/x y]");
  CHECK(fields("/a[1] HINT OPTIONAL, SET_CURRENT, /b") == "/a[1] -> /a optional current; /b -> /b");
  CHECK(fields("[t].[/a], 1 AS /b HINT SET_CURRENT") == "[t]./a -> /a; 1 -> /b current");
  CHECK(fields("SUM(/a)") == "! 7: expected AS and a path, found the end");
  CHECK(fields("1 AS /a[0]").substr(0, 2) == "! ");
  CHECK(fields("/a,").substr(0, 2) == "! ");
  CHECK(fields("/a HINT NONE") == "! 8: expected OPTIONAL or SET_CURRENT, found `NONE`");
  CHECK(fields("SUM(SUM(/a)) AS /x").find("argument of an aggregate") != std::string::npos);
  CHECK(fields("DISTINCT_LIST(/a, /b) AS /x").find("literal delimiter") != std::string::npos);
  CHECK(fields("SUM(/a, /b) AS /x").find("SUM takes 1 argument") != std::string::npos);
}

TEST_CASE("lists of an order") {
  CHECK(order("/a, /b/c DESC, [/x y] asc") == "/a+ /b/c- [/x y]+ ");
  CHECK(order("/a UP") == "! 3: expected `,` or the end, found `UP`");
  CHECK(order("").substr(0, 2) == "! ");
  CHECK(order("/a,").substr(0, 2) == "! ");
  CHECK(order("1").substr(0, 2) == "! ");
}
