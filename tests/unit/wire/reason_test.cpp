// SPDX-License-Identifier: Apache-2.0
#include "wire/reason.h"

#include <doctest/doctest.h>

using namespace amps::wire;

TEST_CASE("what the broker sends is what the client understands") {
  for (const amps_result code :
       {AMPS_E_AUTHENTICATION, AMPS_E_NOT_ENTITLED, AMPS_E_NAME_IN_USE, AMPS_E_FILTER, AMPS_E_BAD_REGEX_TOPIC,
        AMPS_E_INVALID_TOPIC, AMPS_E_SUBSCRIPTION_EXISTS, AMPS_E_INVALID_OPTIONS, AMPS_E_DUPLICATE_LOGON,
        AMPS_E_COMMAND_TYPE}) {
    CHECK(reason_code(reason_text(code)) == code);
  }
}

TEST_CASE("other spellings, capitals and detail are accepted") {
  CHECK(reason_code("authentication failed") == AMPS_E_AUTHENTICATION);
  CHECK(reason_code("BAD FILTER: at 3") == AMPS_E_FILTER);
  CHECK(reason_code("bad regex") == AMPS_E_BAD_REGEX_TOPIC);
  CHECK(reason_code("already exists") == AMPS_E_SUBSCRIPTION_EXISTS);
  CHECK(reason_code("no topic or filter") == AMPS_E_MISSING_FIELDS);
  CHECK(reason_code("invalid topics") == AMPS_E_COMMAND);
  CHECK(reason_code("") == AMPS_E_COMMAND);
}
