// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/machine.h"

#include <doctest/doctest.h>

#include <string>

#include "unit/broker/expression/evaluator.h"

using namespace amps::broker;

namespace {

struct Fixture {
  Evaluator value;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "EXP-05: three-valued logic, the left operand decides first") {
  value.message(R"({"t":true,"f":false,"n":null})");
  const struct {
    const char* left;
    const char* results;  // AND with TRUE, FALSE, NULL; OR with TRUE, FALSE, NULL.
  } rows[] = {{"/t", "true false NULL true true true"},
              {"/f", "false false false true false NULL"},
              {"/n", "NULL NULL NULL NULL NULL NULL"}};
  for (const auto& row : rows) {
    std::string results;
    for (const char* op : {" AND ", " OR "}) {
      for (const char* right : {"/t", "/f", "/n"}) results += value(std::string(row.left) + op + right) + ' ';
    }
    CHECK(results == std::string(row.results) + ' ');
  }
  CHECK(value("NOT /n") == "NULL");
  CHECK(value("/t AND /t AND /n AND /f") == "NULL");
  CHECK(value("/f OR /f OR 5") == "true");
}

TEST_CASE_FIXTURE(Fixture, "EXP-24: operators match any element") {
  value.message(R"({"v":[4,8,"owl",null],"w":[8,9],"one":[5],"nil":[null],"s":["ab","cd"]})");
  CHECK(value("/v = /w") == "true");
  CHECK(value("/v != 4") == "true");
  CHECK(value("/one != 5") == "false");
  CHECK(value("/v IN (1, /w)") == "true");
  CHECK(value("/v IN (1, 2, 3, 5, 6)") == "false");
  CHECK(value("/v IN (1, 2, 3, 5, 'owl')") == "true");
  CHECK(value("/v NOT IN (4)") == "false");
  CHECK(value("/s BEGINS WITH ('x', 'c')") == "true");
  CHECK(value("/s ENDS WITH /s[0]") == "true");
  CHECK(value("/s LIKE '^c'") == "true");
  CHECK(value("/v IS NULL") == "false");
  CHECK(value("/nil IS NULL") == "true");
  CHECK(value("/v[3] IS NULL") == "true");
  CHECK(value("/v[4] IS NULL") == "true");
  CHECK(value("/w BETWEEN /one AND 8") == "true");
}

TEST_CASE_FIXTURE(Fixture, "EXP-25: everything else takes the first element") {
  value.message(R"({"v":[4,8],"s":["a","b"],"z":[0,1]})");
  CHECK(value("/v") == "4");
  CHECK(value("/v * 2") == "8");
  CHECK(value("IF(TRUE, /s, /v)") == "'a'");
  CHECK(value("IF(/z, 1, 2) = 2 AND NOT /z") == "true");
  CHECK(value("COALESCE(/nope, /s)") == "'a'");
  CHECK(value("IF(TRUE, /v, 0) = 8") == "false");
  CHECK_FALSE(value.accepts("/z"));
}

TEST_CASE_FIXTURE(Fixture, "EXP-15: only the chosen branch counts, also nested and in arguments") {
  value.message(R"({"q":100,"r":"x"})");
  CHECK(value("IF(/q > 50, IF(/q > 90, 'huge', 'big'), 'small')") == "'huge'");
  CHECK(value("CONCAT(IF(/nope > 1, 'a', 'b'), IF(/q = 100, /r, 'y'), 'z')") == "'bxz'");
  CHECK(value("IF(/nope, 1, 2) + IF(NULL, 1, 2)") == "4");
}

TEST_CASE_FIXTURE(Fixture, "EXP-13, EXP-11: numbers are matched in the form they came in") {
  value.message(R"({"p":150.250,"i":42,"b":true})");
  CHECK(value("/p LIKE '250$'") == "true");
  CHECK(value("/p ENDS WITH '250'") == "true");
  CHECK(value("/i BEGINS WITH 4") == "true");
  CHECK(value("/b LIKE '^true$'") == "true");
  CHECK(value("(/i + 0.5) LIKE r'42.5'") == "true");
}

TEST_CASE_FIXTURE(Fixture, "EXP-04: expressions over literals alone") {
  CHECK(value("-9223372036854775808") == "-9223372036854775808");
  CHECK(value("18446744073709551615") == "18446744073709551615");
  CHECK(value("'a' < 'b'") == "true");
  CHECK(value("'10' < '9'") == "true");
  CHECK(value("10 < '9'") == "false");
  CHECK(value("'2.000' <> '2.0'") == "true");
  CHECK(value("'' IS NULL") == "true");
  CHECK(value("NULL") == "NULL");
  CHECK(value("+'5'") == "5");
  CHECK(value("FALSE = 0") == "true");
  CHECK(value("'a\\x00b' = 'a\\000b'") == "true");
}
