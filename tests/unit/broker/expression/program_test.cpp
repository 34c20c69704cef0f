// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/program.h"

#include <doctest/doctest.h>

#include <string>

#include "broker/format/message_format.h"

using namespace amps::broker;

namespace {

std::shared_ptr<const Program> compile(std::string_view text) {
  std::shared_ptr<const Program> program;
  CompileOptions options;
  options.previous = options.qualifiers = options.aggregates = true;
  const amps::Status status = Program::compile(text, options, &program);
  REQUIRE_MESSAGE(status.ok(), status.text());
  return program;
}

}  // namespace

TEST_CASE("programs share the fields of one plan and are evaluated over the same values") {
  const MessageFormat& json = *find_message_format("json");
  FieldPlan plan;
  BoundProgram price;
  BoundProgram both;
  REQUIRE(BoundProgram::bind(compile("/price > 100"), &plan, &price).ok());
  REQUIRE(BoundProgram::bind(compile("/symbol = 'IBM' AND /price > 100"), &plan, &both).ok());
  CHECK(plan.slot_count() == 2);
  FieldValues values;
  EvaluationScratch scratch;
  const FieldValues* const sources[] = {&values};
  EvaluationContext context;
  context.sources = sources;
  REQUIRE(json.extract(plan, R"({"price":101,"symbol":"MSFT"})", &values).ok());
  CHECK(price.accepts(context, &scratch));
  CHECK_FALSE(both.accepts(context, &scratch));
  REQUIRE(json.extract(plan, R"({"symbol":"IBM","price":100.5})", &values).ok());
  CHECK(both.accepts(context, &scratch));
  REQUIRE(json.extract(plan, R"({})", &values).ok());
  CHECK_FALSE(price.accepts(context, &scratch));
}

TEST_CASE("one program serves evaluators whose plans differ") {
  const MessageFormat& json = *find_message_format("json");
  const auto program = compile("/b = 2");
  EvaluationScratch scratch;
  for (const char* other : {"/x", "/b"}) {
    FieldPath path;
    REQUIRE(FieldPath::parse(other, &path).ok());
    FieldPlan plan;
    plan.add(path);
    BoundProgram bound;
    REQUIRE(BoundProgram::bind(program, &plan, &bound).ok());
    FieldValues values;
    REQUIRE(json.extract(plan, R"({"x":1,"b":2})", &values).ok());
    const FieldValues* const sources[] = {&values};
    EvaluationContext context;
    context.sources = sources;
    CHECK(bound.accepts(context, &scratch));
  }
}

TEST_CASE("EXP-33, EXP-34: fields are found by the source they name") {
  const MessageFormat& json = *find_message_format("json");
  FieldPlan plans[3];
  const std::vector<FieldSource> sources = {
      {&plans[0], "json", "orders"}, {&plans[1], "json", "ref"}, {&plans[2], {}, {}, true}};
  BoundProgram bound;
  REQUIRE(BoundProgram::bind(compile("CONCAT([orders].[/id], '-', [json].[ref].[/id], '-', /id OF PREVIOUS)"),
                             sources, &bound)
              .ok());
  FieldValues values[3];
  REQUIRE(json.extract(plans[0], R"({"id":1})", &values[0]).ok());
  REQUIRE(json.extract(plans[1], R"({"id":2})", &values[1]).ok());
  REQUIRE(json.extract(plans[2], R"({"id":3})", &values[2]).ok());
  const FieldValues* all[] = {&values[0], &values[1], &values[2]};
  EvaluationContext context;
  context.sources = all;
  EvaluationScratch scratch;
  CHECK(bound.evaluate(context, &scratch).text() == "1-2-3");
  all[2] = nullptr;  // There is no stored record.
  CHECK(bound.evaluate(context, &scratch).text() == "1-2-");
  CHECK_FALSE(BoundProgram::bind(compile("[nobody].[/id] = 1"), sources, &bound).ok());
  CHECK_FALSE(BoundProgram::bind(compile("[nvfix].[ref].[/id] = 1"), sources, &bound).ok());
}

TEST_CASE("results of aggregates are handed in") {
  BoundProgram bound;
  FieldPlan plan;
  REQUIRE(BoundProgram::bind(compile("SUM(/a) / COUNT(/a)"), &plan, &bound).ok());
  CHECK(plan.empty());
  const Value results[] = {Value::integer(30), Value::integer(4)};
  EvaluationContext context;
  context.aggregates = results;
  EvaluationScratch scratch;
  CHECK(bound.evaluate(context, &scratch).as_integer() == 7);
}

TEST_CASE("texts of a test are taken back, those of results stay") {
  FieldPlan plan;
  BoundProgram bound;
  REQUIRE(BoundProgram::bind(compile("CONCAT(TOPIC_NAME(), '-', '1')"), &plan, &bound).ok());
  MessageFacts facts;
  facts.topic = "orders";
  EvaluationContext context;
  context.message = &facts;
  EvaluationScratch scratch;
  const Value first = bound.evaluate(context, &scratch);
  for (int i = 0; i < 1'000; ++i) CHECK_FALSE(bound.accepts(context, &scratch));
  facts.topic = "others";
  CHECK(bound.evaluate(context, &scratch).text() == "others-1");
  CHECK(first.text() == "orders-1");
}
