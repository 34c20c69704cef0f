// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/compiler.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

std::shared_ptr<const Program> compile(std::string_view text) {
  std::shared_ptr<const Program> program;
  const amps::Status status = Program::compile(text, {}, &program);
  REQUIRE_MESSAGE(status.ok(), status.text());
  return program;
}

std::string form(const Value& value) {
  char room[kNumberTextBytesMax];
  return value.is_null() ? "-" : std::string(string_form(value, room));
}

// `/a in 1 2`, `/b (3 7]`, one a condition.
std::string conditions(std::string_view text) {
  const auto program = compile(text);
  std::string all;
  for (const Condition& condition : program->conditions()) {
    if (!all.empty()) all += "; ";
    all += program->fields()[condition.field].text();
    if (condition.kind == Condition::Kind::kEqual) {
      all += " in";
      for (const Value& constant : condition.constants) all += ' ' + form(constant);
    } else {
      all += (condition.low_open ? " (" : " [") + form(condition.low) + ' ' + form(condition.high) +
             (condition.high_open ? ")" : "]");
    }
  }
  return all;
}

}  // namespace

TEST_CASE("what has to be true of a field is told to indexes") {
  CHECK(conditions("/a = 1") == "/a in 1");
  CHECK(conditions("'x' = /a AND /b IN (1, 2 + 1, -4)") == "/a in x; /b in 1 3 -4");
  CHECK(conditions("/a > 1 AND 5 >= /a") == "/a (1 -]; /a [- 5]");
  CHECK(conditions("(/a < 1 AND (/b BETWEEN 2 AND 3)) AND UPPER(/c) = 'X'") == "/a [- 1); /b [2 3]");
  CHECK(conditions("/a = 1 OR /b = 2") == "");
  CHECK(conditions("NOT /a = 1") == "");
  CHECK(conditions("/a != 1") == "");
  CHECK(conditions("/a NOT IN (1)") == "");
  CHECK(conditions("/a NOT BETWEEN 1 AND 2") == "");
  CHECK(conditions("/a = /b AND /a IN (1, /b)") == "");
}

TEST_CASE("each field is listed once") {
  const auto program = compile("/a = 1 OR /a = 2 OR /a[0] = 3 OR /b IN (/a, 1)");
  REQUIRE(program->fields().size() == 3);
  CHECK(program->fields()[0].text() == "/a");
  CHECK(program->fields()[1].text() == "/a[0]");
}

TEST_CASE("EXP-33, EXP-34, EXP-35: what a place does not allow is refused") {
  std::shared_ptr<const Program> program;
  CompileOptions options;
  const auto error = [&](std::string_view text) { return Program::compile(text, options, &program).text(); };
  CHECK(error("/a OF PREVIOUS = 1").find("offset 0: OF PREVIOUS") != std::string::npos);
  CHECK(error("1 = [t].[/a]").find("offset 4: a topic") != std::string::npos);
  CHECK(error("UNIX_TIMESTAMP() > 5") == "");
  CHECK_FALSE(program->is_deterministic());
  options.previous = options.qualifiers = options.deterministic_only = true;
  CHECK(error("/a OF PREVIOUS = [t].[/a]") == "");
  CHECK(error("1 < UNIX_TIMESTAMP()").find("offset 4: UNIX_TIMESTAMP changes by itself") !=
        std::string::npos);
  options.aggregates = true;
  CHECK(error("SUM(/a) / SUM(/b)") == "");
  CHECK(program->aggregates().size() == 2);
  CHECK(error("SUM(UNIX_TIMESTAMP())").find("changes by itself") != std::string::npos);
}

TEST_CASE("EXP-40: patterns are compiled with the expression") {
  std::shared_ptr<const Program> program;
  CHECK(Program::compile("/a LIKE '('", {}, &program).text().find("offset 3: pattern, at offset 1") !=
        std::string::npos);
  CHECK(Program::compile("REGEXP_MATCH(/a, '[')", {}, &program).text().find("offset 17: pattern") !=
        std::string::npos);
}
