// SPDX-License-Identifier: Apache-2.0
#include "client/settings.h"

#include <doctest/doctest.h>

#include "base/limits.h"

using amps::client::Settings;

TEST_CASE("numbers begin with the defaults the public table promises") {
  const Settings settings("me");
#define AMPS_X(name, value, text) CHECK(settings.number(AMPS_CLIENT_##name) == value);
  AMPS_CLIENT_NUMBER_TABLE(AMPS_X)
#undef AMPS_X
}

TEST_CASE("a program sets what is a setting, and nothing that is a report") {
  Settings settings("me");
  CHECK(settings.set_number(AMPS_CLIENT_TIMEOUT_MS, 1234).ok());
  CHECK(settings.number(AMPS_CLIENT_TIMEOUT_MS) == 1234);
  for (const auto which : {AMPS_CLIENT_SERVER_VERSION, AMPS_CLIENT_NAME_HASH, AMPS_CLIENT_DISCONNECTED,
                           AMPS_CLIENT_UNPERSISTED_COUNT, AMPS_CLIENT_UNKNOWN_ACK_COUNT,
                           AMPS_CLIENT_UNKNOWN_SUBSCRIPTION_COUNT, AMPS_CLIENT_NUMBER_COUNT}) {
    CHECK(settings.set_number(which, 1).code() == AMPS_E_USAGE);
  }
}

TEST_CASE("CPP: a batch of no acknowledgements is a batch of one") {
  Settings settings("me");
  CHECK(settings.set_number(AMPS_CLIENT_ACK_BATCH_SIZE, 0).ok());
  CHECK(settings.number(AMPS_CLIENT_ACK_BATCH_SIZE) == 1);
}

TEST_CASE("counters count") {
  Settings settings("me");
  settings.count(AMPS_CLIENT_UNKNOWN_ACK_COUNT);
  settings.count(AMPS_CLIENT_UNKNOWN_ACK_COUNT);
  CHECK(settings.number(AMPS_CLIENT_UNKNOWN_ACK_COUNT) == 2);
}

TEST_CASE("names have a limit, correlation data an alphabet, reports no setter") {
  Settings settings("me");
  CHECK(settings.text(AMPS_CLIENT_NAME) == "me");
  CHECK(settings.set_text(AMPS_CLIENT_NAME, std::string(amps::kIdBytesMax, 'n')).ok());
  CHECK(settings.set_text(AMPS_CLIENT_NAME, std::string(amps::kIdBytesMax + 1, 'n')).code() == AMPS_E_USAGE);
  CHECK(settings.text(AMPS_CLIENT_NAME).size() == amps::kIdBytesMax);
  CHECK(settings.set_text(AMPS_CLIENT_LOGON_CORRELATION, "QUJD+/=-_09az").ok());
  CHECK(settings.set_text(AMPS_CLIENT_LOGON_CORRELATION, "a\"b").code() == AMPS_E_USAGE);
  CHECK(settings.text(AMPS_CLIENT_LOGON_CORRELATION) == "QUJD+/=-_09az");
  CHECK(settings.set_text(AMPS_CLIENT_LOGON_OPTIONS, "pretty=true").ok());
  CHECK(settings.set_text(AMPS_CLIENT_URI, "tcp://x").code() == AMPS_E_USAGE);
  CHECK(settings.text(static_cast<amps_client_text_t>(99)).empty());
}
