// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "unit/broker/expression/evaluator.h"

namespace {

struct Fixture {
  Fixture() {
    value.message(R"({"s":"Hello, World","n":150.250,"pad":" \t x y \n","code":"aa-17-zz","e":""})");
  }
  Evaluator value;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "EXP-17: case, length, order and space of strings") {
  CHECK(value("UPPER('abc\\xe9Z')") == "'ABC\xE9Z'");
  CHECK(value("LOWER(/s)") == "'hello, world'");
  CHECK(value("LENGTH(/n)") == "7");
  CHECK(value("LENGTH(/e)") == "NULL");
  CHECK(value("REVERSE('abc')") == "'cba'");
  CHECK(value("TRIM(/pad)") == "'x y'");
  CHECK(value("LTRIM(/pad)") == "'x y \n'");
  CHECK(value("RTRIM(/pad)") == "' \t x y'");
  CHECK(value("TRIM('  ')") == "NULL");
}

TEST_CASE_FIXTURE(Fixture, "EXP-17: CONCAT skips NULL and writes numbers as they came or shortest") {
  CHECK(value("CONCAT(/n, '|', 1 + 1, '|', 0.5 * 2, '|', TRUE, /nope)") == "'150.250|2|1.0|true'");
  CHECK(value("CONCAT(/nope, /e)") == "NULL");
}

TEST_CASE_FIXTURE(Fixture, "EXP-17: SUBSTR counts from one, or from the end") {
  CHECK(value("SUBSTR(/s, 8)") == "'World'");
  CHECK(value("SUBSTR(/s, -5, 3)") == "'Wor'");
  CHECK(value("SUBSTR(/s, 0, 2)") == "'He'");
  CHECK(value("SUBSTR(/s, 12, 99)") == "'d'");
  CHECK(value("SUBSTR(/s, 13)") == "NULL");
  CHECK(value("SUBSTR(/s, -13)") == "NULL");
  CHECK(value("SUBSTR(/s, 1, 0)") == "NULL");
  CHECK(value("SUBSTR(/s, 1, -1)") == "NULL");
  CHECK(value("SUBSTR(/s, 'x')") == "NULL");
  CHECK(value("SUBSTR(/s, 1e300)") == "NULL");
}

TEST_CASE_FIXTURE(Fixture, "EXP-18: searching, with and without case") {
  CHECK(value("INSTR(/s, 'World')") == "8");
  CHECK(value("INSTR(/s, 'world')") == "0");
  CHECK(value("INSTR_I(/s, 'WORLD')") == "8");
  CHECK(value("INSTR(/nope, 'x') = 0 AND INSTR(/s, /nope) = 0") == "true");
  CHECK(value("STREQUAL_I(/s, 'hello, WORLD')") == "true");
  CHECK(value("STREQUAL_I(/s, 'hello')") == "false");
  CHECK(value("STREQUAL_I(/nope, /nope)") == "false");
}

TEST_CASE_FIXTURE(Fixture, "EXP-19: replacing text and matches") {
  CHECK(value("REPLACE(/s, 'l', 'L')") == "'HeLLo, WorLd'");
  CHECK(value("REPLACE('aaa', 'aa', 'b')") == "'ba'");
  CHECK(value("REPLACE(/s, 'l', '')") == "'Heo, Word'");
  CHECK(value("REPLACE(/s, '', 'x')") == "NULL");
  CHECK(value("REGEXP_REPLACE(/code, '[0-9]+', '#')") == "'aa-#-zz'");
  CHECK(value("REGEXP_REPLACE(/code, r'(\\w+)-(\\d+)', '$2-$1$0$9$')") == "'17-aaaa-17$-zz'");
  CHECK(value("REGEXP_REPLACE('abc', 'x*', '-')") == "'-a-b-c-'");
  CHECK(value("REGEXP_REPLACE(/code, '-', '')") == "'aa17zz'");
  CHECK(value("REGEXP_MATCH(/code, '[0-9]+')") == "'17'");
  CHECK(value("REGEXP_MATCH(/code, 'Q')") == "NULL");
  CHECK(value("REGEXP_MATCH(/code, CONCAT('z', '+'))") == "'zz'");
  CHECK(value("REGEXP_MATCH(/code, CONCAT('(', 'z'))") == "NULL");
}

TEST_CASE_FIXTURE(Fixture, "EXP-30, EXP-21: CHAR_VALUE and CRC32") {
  CHECK(value("CHAR_VALUE(65)") == "'A'");
  CHECK(value("LENGTH(CHAR_VALUE(0))") == "1");
  CHECK(value("CHAR_VALUE(256)") == "NULL");
  CHECK(value("CHAR_VALUE(-1)") == "NULL");
  CHECK(value("CHAR_VALUE('x')") == "NULL");
  CHECK(value("CRC32('123456789')") == "486108540");
  CHECK(value("CRC32(/nope)") == "NULL");
}

TEST_CASE_FIXTURE(Fixture, "texts that grow beyond all bounds are NULL") {
  std::string text = "'" + std::string(1'000, 'a') + "'";
  for (int i = 0; i < 12; ++i) text = "REPLACE(" + text + ", 'a', 'aaaaaaaa')";
  CHECK(value(text) == "NULL");
}
