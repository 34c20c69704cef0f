// SPDX-License-Identifier: Apache-2.0
#include "base/status.h"

#include <doctest/doctest.h>

#include <utility>

using amps::Status;

namespace {

Status give(amps_result code) {
  return code == AMPS_E_OK ? Status() : Status(code, "text", "reason");
}

Status pass_on(amps_result code, bool* went_on) {
  AMPS_RETURN_IF_ERROR(give(code));
  *went_on = true;
  return {};
}

}  // namespace

TEST_CASE("a status is a success unless it says otherwise") {
  CHECK(Status().ok());
  CHECK(Status().code() == AMPS_E_OK);
  const Status failure = give(AMPS_E_FILTER);
  CHECK_FALSE(failure.ok());
  CHECK(failure.code() == AMPS_E_FILTER);
  CHECK(failure.text() == "text");
  CHECK(failure.reason() == "reason");
}

TEST_CASE("a failure leaves the function and a success goes on") {
  bool went_on = false;
  CHECK(pass_on(AMPS_E_TOPIC, &went_on).code() == AMPS_E_TOPIC);
  CHECK_FALSE(went_on);
  CHECK(pass_on(AMPS_E_OK, &went_on).ok());
  CHECK(went_on);
}

TEST_CASE("a copy of a failure has words of its own, and what was moved from has none") {
  Status failure = give(AMPS_E_FILTER);
  const Status copy = failure;
  const Status moved = std::move(failure);
  CHECK(failure.text().empty());  // NOLINT: reading it is what is tested.
  CHECK(copy.text() == "text");
  CHECK(&copy.text() != &moved.text());
  failure = copy;
  failure = *&failure;
  CHECK(failure.code() == AMPS_E_FILTER);
  CHECK(failure.reason() == "reason");
  failure = Status();
  CHECK(failure.ok());
  CHECK(failure.text().empty());
}
