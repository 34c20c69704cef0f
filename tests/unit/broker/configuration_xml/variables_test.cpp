// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/variables.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace amps::broker;

namespace {
std::string expand(const std::string& text, const Variables& variables = {}) {
  std::string out;
  const amps::Status status = expand_variables(text, variables, &out);
  return status.ok() ? out : "error: " + status.text();
}
}  // namespace

TEST_CASE("CFG-03: variables come from the caller, then from the environment") {
  ::setenv("AMPS_TEST_VARIABLE", "env", 1);
  CHECK(expand("${A}-${AMPS_TEST_VARIABLE}-x", {{"A", "one"}}) == "one-env-x");
  CHECK(expand("${AMPS_TEST_VARIABLE}", {{"AMPS_TEST_VARIABLE", "mine"}}) == "mine");
}

TEST_CASE("CFG-03: what is put in is not looked at again") {
  CHECK(expand("${A}", {{"A", "${B}"}, {"B", "b"}}) == "${B}");
}

TEST_CASE("CFG-03: an unknown name and a missing brace are errors") {
  CHECK(expand("${AMPS_NOT_SET}") == "error: variable AMPS_NOT_SET is not set");
  CHECK(expand("a${A") == "error: ${ without its }");
}

TEST_CASE("a doubled dollar stands for one, and escaping makes any text survive") {
  CHECK(expand("$${A}") == "${A}");
  CHECK(expand("5$ {x} $") == "5$ {x} $");
  for (const char* text : {"", "$", "${", "$${", "a${b}c", "${}${}", "$$$"}) {
    CAPTURE(text);
    CHECK(expand(escape_variables(text)) == text);
  }
}
