// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/lexer.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

// Tokens with a bar between them, or `! offset: problem`.
std::string tokens(std::string_view text) {
  Lexer lexer(text);
  Token token;
  std::string all;
  for (;;) {
    if (!lexer.next(&token)) return "! " + std::to_string(lexer.error().offset) + ": " + lexer.error().text;
    if (token.kind == TokenKind::kEnd) return all;
    if (!all.empty()) all += '|';
    if (token.kind == TokenKind::kField) {
      all += '<' + token.field.text() + '>';
    } else if (token.kind == TokenKind::kString) {
      all += '"' + unescape_literal(token) + '"';
    } else {
      all += token.text;
    }
  }
}

std::string pattern(std::string_view text) {
  Lexer lexer(text);
  Token token;
  REQUIRE(lexer.next(&token));
  return pattern_of(token);
}

}  // namespace

TEST_CASE("EXP-01: a slash is a path where an operand may stand and divides elsewhere") {
  CHECK(tokens("/a / /b") == "</a>|/|</b>");
  CHECK(tokens("/6*/14") == "</6>|*|</14>");
  CHECK(tokens("/qty -1") == "</qty>|-|1");
  CHECK(tokens("/qty-1") == "</qty-1>");
  CHECK(tokens("/a/b") == "</a/b>");
  CHECK(tokens("(/a)/2") == "(|</a>|)|/|2");
  CHECK(tokens("/a/ 2") == "</a>|/|2");
  CHECK(tokens("2/3") == "2|/|3");
  CHECK(tokens("NULL/2") == "NULL|/|2");
}

TEST_CASE("EXP-31, EXP-33: brackets hold paths, and qualifiers when a dot follows") {
  CHECK(tokens("[/Full Name] = 'Zed'") == "<[/Full Name]>|=|\"Zed\"");
  CHECK(tokens("[orders].[/id]") == "<[orders]./id>");
  CHECK(tokens("[json].[/AMPS/x]./a/b[3]") == "<[json].[/AMPS/x]./a/b[3]>");
  CHECK(tokens("[a].[b].[c]./d").substr(0, 2) == "! ");
  CHECK(tokens("[/a").substr(0, 2) == "! ");
  CHECK(tokens("[]./a").substr(0, 2) == "! ");
}

TEST_CASE("EXP-02: numbers") {
  CHECK(tokens("1 1. .5 1.5e-3 1E9") == "1|1.|.5|1.5e-3|1E9");
  CHECK(tokens("1e") == "! 2: expected digits of an exponent");
  CHECK(tokens("12abc").substr(0, 4) == "! 2:");
  CHECK(tokens("1.2.3").substr(0, 4) == "! 3:");
}

TEST_CASE("EXP-41: escapes of strings") {
  CHECK(tokens(R"('it\'s' "it's")") == "\"it's\"|\"it's\"");
  CHECK(tokens(R"('\x2c\054\n\q\\')") == "\",,\nq\\\"");
  CHECK(tokens(R"('\400\x4g\1')") == "\"400x4g1\"");
  CHECK(tokens(R"(r'C\x41' R"\")") == "\"C\\x41\"|\"\\\"");
  CHECK(tokens("'abc") == "! 0: expected a closing '");
  CHECK(tokens("'abc\\'") == "! 0: expected a closing '");
}

TEST_CASE("A-15: patterns keep their escapes but for the quote") {
  CHECK(pattern(R"('\.(.)\1\\')") == R"(\.(.)\1\\)");
  CHECK(pattern(R"('it\'s')") == "it's");
  CHECK(pattern(R"("it\'s")") == R"(it\'s)");
  CHECK(pattern(R"(r'C++\')") == R"(C++\)");
}

TEST_CASE("EXP-40: bytes that begin nothing are refused with their place") {
  CHECK(tokens("/a = $").substr(0, 4) == "! 5:");
  CHECK(tokens("/a ! 1").substr(0, 4) == "! 3:");
  CHECK(tokens("/ ") == "! 1: expected a name after `/`");
}
