// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/key_reader.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

std::string identity(KeyReader& reader, std::string_view body) {
  std::string text;
  const amps::Status status = reader.read(body, &text);
  return status.ok() ? text : "error " + std::to_string(status.code());
}

}  // namespace

TEST_CASE("SOW-01: one key field is read in its string form as it stands in the message") {
  KeyReader reader;
  REQUIRE(KeyReader::make(find_message_format("json"), {"/o/id"}, &reader).ok());
  CHECK(identity(reader, "{\"x\":0,\"o\":{\"id\":\"a b\"}}") == "a b");
  CHECK(identity(reader, "{\"o\":{\"id\":1}}") == "1");
  CHECK(identity(reader, "{\"o\":{\"id\":\"1\"}}") == "1");
  CHECK(identity(reader, "{\"o\":{\"id\":1.0}}") == "1.0");
  CHECK(identity(reader, "{\"o\":{\"id\":[7,8]}}") == "7");
}

TEST_CASE("SOW-02 SOW-51: of several key fields some may be missing, not all") {
  KeyReader reader;
  REQUIRE(KeyReader::make(find_message_format("json"), {"/a", "/b"}, &reader).ok());
  CHECK(identity(reader, "{\"b\":2,\"a\":10}") == "2:101:2");
  CHECK(identity(reader, "{\"b\":2}") == "-1:2");
  CHECK(identity(reader, "{\"b\":null}") == "error " + std::to_string(AMPS_E_BAD_SOW_KEY));
  CHECK(identity(reader, "{}") == "error " + std::to_string(AMPS_E_BAD_SOW_KEY));
}

TEST_CASE("a message that cannot be read has no key") {
  KeyReader reader;
  REQUIRE(KeyReader::make(find_message_format("json"), {"/a"}, &reader).ok());
  CHECK(identity(reader, "{\"b\":").rfind("error", 0) == 0);
  CHECK(identity(reader, "nonsense").rfind("error", 0) == 0);
}

TEST_CASE("key fields need a message type that has fields, and well-formed paths") {
  KeyReader reader;
  CHECK(KeyReader::make(nullptr, {"/a"}, &reader).code() == AMPS_E_USAGE);
  CHECK(KeyReader::make(find_message_format("json"), {"a b"}, &reader).code() == AMPS_E_USAGE);
  CHECK(KeyReader::make(nullptr, {}, &reader).ok());
  CHECK_FALSE(reader.has_fields());
}
