// SPDX-License-Identifier: Apache-2.0
#include "broker/security/rights.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

RightsContext context(const char* format = "json") {
  return {find_message_format(format), nullptr, "user ann"};
}

std::shared_ptr<const Rights> rights(const std::string& topics) {
  std::shared_ptr<const Rights> made;
  const std::string json = "{\"logon\":true,\"user_name\":\"ann\",\"topic\":[" + topics + "]}";
  REQUIRE(Rights::parse(json, context(), &made).ok());
  return made;
}

std::string why(const std::string& json, const char* format = "json") {
  std::shared_ptr<const Rights> made;
  const amps::Status status = Rights::parse(json, context(format), &made);
  CHECK(status.ok() == (made != nullptr));
  return status.ok() ? "" : std::string(status.text());
}

}  // namespace

TEST_CASE("SEC-18 the first entry that matches decides, and what none matches is denied") {
  const auto made = rights(
      "{\"topic\":\"orders\",\"read\":true},"
      "{\"topic\":\"^ord\",\"write\":true},"
      "{\"topic\":\"secret$\",\"read\":false},"
      "{\"topic\":\".*\",\"read\":\"/public = 1\"}");
  CHECK(made->may_log_on);
  CHECK(made->read("orders").is_given);
  CHECK_FALSE(made->write("orders").is_given);
  CHECK_FALSE(made->read("order").is_given);
  CHECK(made->write("order").is_given);
  CHECK_FALSE(made->read("top-secret").is_given);
  CHECK(made->read("other").is_given);
  CHECK(made->read("other").allows("other", "{\"public\":1}"));
  CHECK_FALSE(made->read("other").allows("other", "{\"public\":2}"));
  CHECK_FALSE(made->write("other").allows("other", "{\"public\":1}"));
  CHECK_FALSE(rights("")->read("orders").is_given);
}

TEST_CASE("REL-17 topics of the broker itself have to be named") {
  CHECK_FALSE(rights("{\"topic\":\".*\",\"read\":true}")->read("/AMPS/ClientStatus").is_given);
  CHECK(rights("{\"topic\":\"/AMPS/ClientStatus\",\"read\":true}")->read("/AMPS/ClientStatus").is_given);
}

TEST_CASE("REL-17 a pattern that gives up allows nothing, whatever comes after it") {
  const auto made = rights("{\"topic\":\"(a+)+$\",\"read\":false},{\"topic\":\".*\",\"read\":true}");
  CHECK(made->read("b").is_given);
  CHECK_FALSE(made->read(std::string(40, 'a') + "b").is_given);
}

TEST_CASE("REL-17 SEC-18 what is not understood in a document refuses all of it") {
  CHECK(why("{}").empty());
  for (const std::string json :
       {"", "x", "[]", "{\"logon\":1}", "{\"logon\":\"true\"}", "{\"topics\":[]}", "{\"topic\":\"orders\"}",
        "{\"topic\":[1]}", "{\"topic\":[{\"read\":true}]}", "{\"topic\":[{\"topic\":\"a\",\"read\":1}]}",
        "{\"topic\":[{\"topic\":\"a\",\"read\":\"/a >\"}]}", "{\"topic\":[{\"topic\":\"(\",\"read\":true}]}",
        "{\"topic\":[{\"topic\":\"a\",\"rights\":true}]}",
        "{\"topic\":[{\"topic\":\"a\",\"select\":\"-/a\"}]}", "{\"logon\":true"}) {
    CAPTURE(json);
    CHECK_FALSE(why(json).empty());
  }
  CHECK(why("{\"topic\":[{\"topic\":\"a\",\"read\":\"/a = 1\"}]}", "binary").find("user ann") !=
        std::string::npos);
}

TEST_CASE("SEC-10 REL-17 a client's filter cannot reach out of its brackets") {
  const auto made = rights("{\"topic\":\"t\",\"read\":\"/desk = 1\"}");
  const MessageFormat* const json = find_message_format("json");
  EffectiveFilter filter;
  REQUIRE(EffectiveFilter::make(&made->read("t"), "/a = 1 OR /a = 2", json, {}, &filter).ok());
  CHECK(filter.text == "(/desk = 1) AND (/a = 1 OR /a = 2)");
  CHECK(filter.filter->matches("t", "{\"desk\":1,\"a\":2}"));
  CHECK_FALSE(filter.filter->matches("t", "{\"desk\":2,\"a\":2}"));
  for (const std::string attack : {"1=1) OR (1=1", ") OR (", "1=1)", "(1=1", "1=1) OR (/a = ')'"}) {
    CAPTURE(attack);
    CHECK(EffectiveFilter::make(&made->read("t"), attack, json, {}, &filter).code() == AMPS_E_FILTER);
  }
}

TEST_CASE("SEC-09 without a grant there is no filter, and without limits the client's own") {
  const auto made = rights("{\"topic\":\"t\",\"read\":true}");
  const MessageFormat* const json = find_message_format("json");
  EffectiveFilter filter;
  CHECK(EffectiveFilter::make(&made->read("u"), "", json, {}, &filter).code() == AMPS_E_NOT_ENTITLED);
  REQUIRE(EffectiveFilter::make(&made->read("t"), "", json, {}, &filter).ok());
  CHECK_FALSE(filter.filter);
  REQUIRE(EffectiveFilter::make(nullptr, "/a = 1", json, {}, &filter).ok());
  CHECK(filter.text == "/a = 1");
}
