// SPDX-License-Identifier: Apache-2.0
#include "client/failure.h"

#include <doctest/doctest.h>

#include <thread>

using namespace amps::client;
using amps::Status;

TEST_CASE("each thread has a latest failure of its own") {
  set_last_failure(Status(AMPS_E_USAGE, "mine"));
  std::thread other([] {
    CHECK(last_failure().ok());
    set_last_failure(Status(AMPS_E_STREAM, "the other's"));
  });
  other.join();
  CHECK(last_failure().code() == AMPS_E_USAGE);
  CHECK(last_failure().text() == "mine");
}

TEST_CASE("a plug-in's failure has the text it left, once") {
  set_callback_failure(AMPS_E_STORE, "the disk is full");
  const Status status = callback_status(AMPS_E_STORE, "storing");
  CHECK(status.code() == AMPS_E_STORE);
  CHECK(status.text() == "the disk is full");
  CHECK(callback_status(AMPS_E_STORE, "storing").text() ==
        "storing failed with code " + std::to_string(AMPS_E_STORE));
}

TEST_CASE("text left by a call that succeeded is not taken for a later failure") {
  set_callback_failure(AMPS_E_STORE, "stale");
  CHECK(callback_status(AMPS_E_OK, "storing").ok());
  CHECK(callback_status(AMPS_E_STORE, "storing").text() != "stale");
}

TEST_CASE("the code that was returned counts, not the one that was left") {
  set_callback_failure(AMPS_E_STORE, "why");
  const Status status = callback_status(AMPS_E_USAGE, "storing");
  CHECK(status.code() == AMPS_E_USAGE);
  CHECK(status.text() == "why");
}

TEST_CASE("a failure of one of the library's own tables is told to its client and to a program") {
  CHECK(amps::client::entry_result(amps::Status()) == AMPS_E_OK);
  CHECK(amps::client::entry_result(amps::Status(AMPS_E_STORE, "the file is closed")) == AMPS_E_STORE);
  CHECK(amps::client::last_failure().text() == "the file is closed");
  CHECK(amps::client::callback_status(AMPS_E_STORE, "storing").text() == "the file is closed");
}
