// SPDX-License-Identifier: Apache-2.0
#include "broker/filter.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

std::unique_ptr<Filter> compile(std::string_view text, std::string_view message_type = "json",
                                const InstanceFacts* instance = nullptr) {
  std::unique_ptr<Filter> filter;
  const amps::Status status = Filter::compile(text, find_message_format(message_type), {instance}, &filter);
  REQUIRE_MESSAGE(status.ok(), status.text());
  return filter;
}

}  // namespace

TEST_CASE("SUB-02: a filter accepts messages for which it is true, not false, NULL or unreadable") {
  const auto filter = compile("/a > 1");
  CHECK(filter->matches("t", R"({"a":2})"));
  CHECK_FALSE(filter->matches("t", R"({"a":1})"));
  CHECK_FALSE(filter->matches("t", R"({})"));
  CHECK_FALSE(filter->matches("t", R"({"a":)"));
  CHECK_FALSE(filter->matches("t", ""));
  CHECK_FALSE(compile("/b")->matches("t", R"({"a":1})"));
}

TEST_CASE("filters of every readable type, and of none other") {
  CHECK(compile("/a = 1", "nvfix")->matches("t", "a=1\x01"));
  CHECK(compile("/m/a = 1", "xml")->matches("t", "<m><a>1</a></m>"));
  std::unique_ptr<Filter> filter;
  CHECK(Filter::compile("/a = 1", find_message_format("protobuf"), {}, &filter).code() == AMPS_E_FILTER);
  CHECK(Filter::compile("/a = ", find_message_format("json"), {}, &filter).code() == AMPS_E_FILTER);
  CHECK(filter == nullptr);
}

TEST_CASE("EXP-27, EXP-29: a filter may ask about more than fields") {
  const InstanceFacts instance{"one", "group", nullptr};
  MessageFacts facts;
  facts.topic = "orders";
  facts.sow_key = "7";
  CHECK(
      compile("TOPIC_NAME() = 'orders' AND SOW_KEY() = 7 AND AMPS_INSTANCE_NAME() = 'one'", "json", &instance)
          ->matches(facts, "{}"));
  CHECK(compile("MESSAGE_SIZE() = 2 AND SOW_KEY() IS NULL")->matches("orders", "{}"));
}
