// SPDX-License-Identifier: Apache-2.0
#include "client/server_chooser.h"

#include <doctest/doctest.h>

#include <string>

using amps::client::ServerChooser;

namespace {
constexpr const char* kFirst = "tcp://a:1/amps/json";
constexpr const char* kSecond = "tcp://b:2/amps/json";

struct Fixture {
  ServerChooser& chooser = *new ServerChooser();
  ~Fixture() { ServerChooser::table()->release(chooser.self()); }
};
}  // namespace

TEST_CASE_FIXTURE(Fixture, "an empty chooser offers nothing and says why") {
  CHECK(chooser.current_uri().empty());
  CHECK(chooser.error().find("no URI") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "the chooser stays after success and goes round after failures") {
  REQUIRE(chooser.add(kFirst, {}).ok());
  REQUIRE(chooser.add(kSecond, {}).ok());
  CHECK(chooser.current_uri() == kFirst);
  chooser.report_success();
  CHECK(chooser.current_uri() == kFirst);
  chooser.report_failure("refused");
  CHECK(chooser.current_uri() == kSecond);
  CHECK(chooser.error() == "refused");
  chooser.report_failure("refused again");
  CHECK(chooser.current_uri() == kFirst);
}

TEST_CASE_FIXTURE(Fixture, "removing keeps the current server current") {
  REQUIRE(chooser.add(kFirst, {}).ok());
  REQUIRE(chooser.add(kSecond, {}).ok());
  chooser.next();
  chooser.remove(kFirst);
  CHECK(chooser.current_uri() == kSecond);
  chooser.remove(kSecond);
  chooser.remove("tcp://never:1/amps/json");
  CHECK(chooser.current_uri().empty());
}

TEST_CASE_FIXTURE(Fixture, "a server put first is tried next") {
  REQUIRE(chooser.add(kFirst, {}).ok());
  REQUIRE(chooser.prepend(kSecond).ok());
  CHECK(chooser.current_uri() == kSecond);
}

TEST_CASE_FIXTURE(Fixture, "what is no URI is refused without showing the password") {
  const amps::Status status = chooser.add("tcp://ann:secret@h:port/amps/json", {});
  CHECK(status.code() == AMPS_E_URI);
  CHECK(status.text().find("secret") == std::string::npos);
}
