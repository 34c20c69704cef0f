// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "unit/broker/expression/evaluator.h"

namespace {

struct Fixture {
  Evaluator value;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "EXP-22: STRFTIME writes UTC, with fractions") {
  CHECK(value("STRFTIME('%Y-%m-%dT%H:%M:%S', 1420202100.5)") == "'2015-01-02T12:35:00'");
  CHECK(value("STRFTIME('%S.%f', 1.5)") == "'01.500000'");
  CHECK(value("STRFTIME('%S.%03f|%%f', 1.0004)") == "'01.000|%f'");
  CHECK(value("STRFTIME('%H:%M:%S.%f', 59.9999999)") == "'00:01:00.000000'");
  CHECK(value("STRFTIME('%Y', -1)") == "'1969'");
  CHECK(value("STRFTIME('%Y', 1e18)") == "NULL");
  CHECK(value("STRFTIME('%Y', 'x')") == "NULL");
  CHECK(value("LENGTH(STRFTIME('" + std::string(128, 'x') + "', 0))") == "128");
  CHECK(value("STRFTIME('" + std::string(129, 'x') + "', 0)") == "NULL");
}

TEST_CASE_FIXTURE(Fixture, "EXP-22: STRPTIME is its inverse") {
  CHECK(value("STRPTIME('2015-01-02 12:35:00', '%Y-%m-%d %H:%M:%S')") == "1420202100.0");
  CHECK(value("STRPTIME('2015-01-02 12:35:00.250', '%Y-%m-%d %H:%M:%S.%f')") == "1420202100.25");
  CHECK(value("STRPTIME('2015-01-02 12:35:00 +0100', '%Y-%m-%d %H:%M:%S %z')") == "1420198500.0");
  CHECK(value("STRPTIME('2015', '%Y-%m')") == "NULL");
  CHECK(value("STRPTIME('2015-01x', '%Y-%m')") == "NULL");
  CHECK(value("STRPTIME('1.x', '%S.%f')") == "NULL");
}

TEST_CASE_FIXTURE(Fixture, "EXP-22: UNIX_TIMESTAMP is the time of the broker's clock") {
  amps::ManualClock clock;
  clock.advance_ms(250);
  value.instance().clock = &clock;
  CHECK(value("UNIX_TIMESTAMP()") == "1700000000.25");
}
