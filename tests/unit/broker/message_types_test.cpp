// SPDX-License-Identifier: Apache-2.0
#include "broker/message_types.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace amps::broker;

namespace {

MessageTypeConfiguration type(const std::string& name, const std::string& module,
                              std::vector<std::string> parts = {}) {
  MessageTypeConfiguration made;
  made.name = name;
  made.module = module;
  made.parts = std::move(parts);
  return made;
}

}  // namespace

TEST_CASE("CFG-11: configured types are served beside those every broker has") {
  MessageTypeConfiguration pipes = type("pipes", "fix");
  pipes.field_separator = '|';
  const MessageTypes types({pipes, type("order", "json"),
                            type("pair", "composite-local", {"pipes", "binary"}), type("fix", "fix")});
  CHECK(types.find("pipes")->name() == "pipes");
  CHECK(types.find("order") == find_message_format("json"));
  CHECK(types.find("pair")->traits().deltas);
  CHECK(types.find("fix") != find_message_format("fix"));  // It has other settings now.
  CHECK(types.find("binary") == nullptr);
  CHECK(types.find("yaml") == nullptr);
  CHECK(types.names().size() == 11);
  CHECK(std::count(types.names().begin(), types.names().end(), "fix") == 1);
}

TEST_CASE("without a configuration the types are those every broker has") {
  const MessageTypes types;
  CHECK(types.names().size() == 8);
  CHECK(types.find("msgpack") == find_message_format("msgpack"));
  CHECK(is_message_type("bflat"));
  CHECK_FALSE(is_message_type("yaml"));
}
