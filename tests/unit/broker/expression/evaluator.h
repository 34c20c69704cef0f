// SPDX-License-Identifier: Apache-2.0
// The vocabulary of expression tests: one message, one expression, one result.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

#include "broker/expression/program.h"
#include "broker/format/message_format.h"

class Evaluator {
 public:
  explicit Evaluator(std::string_view message_type = "json")
      : format_(*amps::broker::find_message_format(message_type)) {}

  void message(std::string_view body) { body_ = body; }
  amps::broker::MessageFacts& facts() { return facts_; }
  amps::broker::ConnectionFacts& connection() { return connection_; }
  amps::broker::InstanceFacts& instance() { return instance_; }

  // What is wrong with the text; empty when it compiles.
  std::string error(std::string_view text, amps::broker::ExpressionError* error = nullptr) {
    std::shared_ptr<const amps::broker::Program> program;
    return amps::broker::Program::compile(text, {}, &program, error).text();
  }
  amps::broker::Value evaluate(std::string_view text) {
    prepare(text);
    scratch_.texts().clear();
    return bound_.evaluate(context(), &scratch_);
  }
  // The result as text: `true`, `NULL`, `'text'`, `1.5`.
  std::string operator()(std::string_view text) {
    const amps::broker::Value value = evaluate(text);
    char room[amps::broker::kNumberTextBytesMax];
    if (value.is_null()) return "NULL";
    const std::string form(string_form(value, room));
    return value.is_string() ? '\'' + form + '\'' : form;
  }
  bool accepts(std::string_view text) {
    prepare(text);
    return bound_.accepts(context(), &scratch_);
  }
  amps::broker::EvaluationScratch& scratch() { return scratch_; }

 private:
  void prepare(std::string_view text) {
    std::shared_ptr<const amps::broker::Program> program;
    const amps::Status status = amps::broker::Program::compile(text, {}, &program);
    REQUIRE_MESSAGE(status.ok(), text, ": ", status.text());
    plan_.clear();
    REQUIRE(amps::broker::BoundProgram::bind(program, &plan_, &bound_).ok());
    const amps::Status read = format_.extract(plan_, body_, &values_);
    REQUIRE_MESSAGE(read.ok(), read.text());
  }
  amps::broker::EvaluationContext context() {
    amps::broker::EvaluationContext made;
    made.sources = sources_;
    made.message = &facts_;
    made.connection = &connection_;
    made.instance = &instance_;
    return made;
  }

  const amps::broker::MessageFormat& format_;
  std::string body_;
  amps::broker::FieldPlan plan_;
  amps::broker::BoundProgram bound_;
  amps::broker::FieldValues values_;
  const amps::broker::FieldValues* sources_[1] = {&values_};
  amps::broker::MessageFacts facts_;
  amps::broker::ConnectionFacts connection_;
  amps::broker::InstanceFacts instance_;
  amps::broker::EvaluationScratch scratch_;
};
