// SPDX-License-Identifier: Apache-2.0
#include "broker/view/view_plan.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

struct Fixture {
  std::vector<ViewPlan::SourceName> sources = {{"json", "orders"}};
  std::string message_type = "json";
  ViewTexts texts{{"/cust", "SUM(/qty) AS /tot/qty"}, {"/cust"}, {}};
  std::unique_ptr<ViewPlan> plan;

  amps::Status make() { return ViewPlan::make(sources, message_type, texts, &plan); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "AGG-07: a field without AS keeps its path, others go where they are told") {
  REQUIRE(make().ok());
  REQUIRE(plan->fields().size() == 2);
  CHECK(plan->fields()[0].destination.text() == "/cust");
  CHECK(plan->fields()[1].destination.text() == "/tot/qty");
  CHECK(plan->fields()[1].arguments.size() == 1);
  REQUIRE(plan->key_paths().size() == 1);
  CHECK(plan->key_paths()[0].text() == "/cust");
}

TEST_CASE_FIXTURE(Fixture, "VEW-03: with several sources every field says whose it is") {
  sources.push_back({"json", "ref"});
  texts.projection = {"[orders].[/id] AS /id", "[ref].[/name] AS /name"};
  texts.grouping = {"[orders].[/id]"};
  REQUIRE(make().ok());
  texts.projection.push_back("[nowhere].[/x] AS /x");
  CHECK_FALSE(make().ok());
}

TEST_CASE_FIXTURE(Fixture, "AGG-03: what cannot be is refused, with the place") {
  texts.projection = {"SUM(/qty"};
  CHECK(make().code() == AMPS_E_FILTER);
  texts.projection = {"/cust"};
  texts.grouping = {"/a + 1"};
  CHECK(make().code() == AMPS_E_FILTER);
  texts.grouping = {};
  CHECK(make().code() == AMPS_E_FILTER);
  texts.grouping = {"/cust"};
  texts.filter = "COUNT(/a) > 1";
  CHECK(make().code() == AMPS_E_FILTER);
  texts.filter.clear();
  message_type = "binary";
  CHECK(make().code() == AMPS_E_USAGE);
  message_type = "json";
  sources[0].message_type = "binary";
  CHECK(make().code() == AMPS_E_USAGE);
}

TEST_CASE_FIXTURE(Fixture, "VEW-05: what the result's type cannot say is refused at once") {
  message_type = "fix";
  texts.projection = {"/cust AS /20001", "SUM(/qty) AS /20002"};
  CHECK(make().ok());
  texts.projection = {"/cust AS /a/b"};
  CHECK_FALSE(make().ok());
}
