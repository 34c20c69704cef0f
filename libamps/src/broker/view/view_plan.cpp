// SPDX-License-Identifier: Apache-2.0
#include "broker/view/view_plan.h"

#include <utility>

#include "base/buffer.h"
#include "broker/expression/parser.h"
#include "broker/format/document.h"

namespace amps::broker {

namespace {

CompileOptions view_options() {
  CompileOptions options;
  options.aggregates = true;
  options.qualifiers = true;
  return options;
}

}  // namespace

Status ViewPlan::make(const std::vector<SourceName>& sources, const std::string& message_type,
                      const ViewTexts& texts, std::unique_ptr<ViewPlan>* out, const MessageTypes& types) {
  auto plan = std::make_unique<ViewPlan>();
  plan->format_ = types.find(message_type);
  if (plan->format_ == nullptr || !plan->format_->traits().constructed) {
    return Status(AMPS_E_USAGE, "messages of type " + message_type + " cannot be made");
  }
  for (const SourceName& name : sources) {
    const MessageFormat* const format = types.find(name.message_type);
    if (format == nullptr || !format->traits().parsed) {
      return Status(AMPS_E_USAGE,
                    "topic " + name.topic + ": messages of type " + name.message_type + " have no fields");
    }
    plan->sources_.push_back({name.message_type, name.topic, format, {}});
  }
  for (const std::string& text : texts.grouping) AMPS_RETURN_IF_ERROR(plan->add_grouping(text));
  for (const std::string& text : texts.projection) AMPS_RETURN_IF_ERROR(plan->add_projection(text));
  if (plan->fields_.empty() || plan->grouping_.empty()) {
    return Status(AMPS_E_FILTER, "projection and grouping have at least one field each");
  }
  if (!texts.filter.empty()) {
    std::shared_ptr<const Program> program;
    CompileOptions options;
    options.deterministic_only = true;
    AMPS_RETURN_IF_ERROR(Program::compile(texts.filter, options, &program));
    AMPS_RETURN_IF_ERROR(BoundProgram::bind(std::move(program), plan->field_sources(), &plan->filter_));
  }
  AMPS_RETURN_IF_ERROR(plan->check_shape());
  *out = std::move(plan);
  return {};
}

// Whether the message type can say what the projection asks for is known by writing it once.
Status ViewPlan::check_shape() const {
  Document document;
  Buffer body;
  for (const Field& field : fields_) document.set(field.destination, Value());
  const Status status = format_->write(document, &body);
  return status.ok() ? status : Status(AMPS_E_FILTER, "projection: " + status.text());
}

std::vector<FieldSource> ViewPlan::field_sources() {
  std::vector<FieldSource> sources;
  for (ViewSource& source : sources_) {
    FieldSource& one = sources.emplace_back();
    one.plan = &source.plan;
    one.message_type = source.message_type;
    one.topic = source.topic;
  }
  return sources;
}

Status ViewPlan::compile(const Expression& expression, BoundProgram* out,
                         std::vector<BoundProgram>* arguments) {
  std::shared_ptr<const Program> program;
  AMPS_RETURN_IF_ERROR(Program::compile(expression, view_options(), &program));
  for (const AggregateCall& call : program->aggregates()) {
    AMPS_RETURN_IF_ERROR(BoundProgram::bind(call.argument, field_sources(), &arguments->emplace_back()));
  }
  return BoundProgram::bind(std::move(program), field_sources(), out);
}

Status ViewPlan::add_projection(const std::string& text) {
  std::vector<FieldExpression> parsed;
  ExpressionError error;
  ParseOptions options;
  options.aggregates = true;
  if (!parse_fields(text, options, &parsed, &error)) return to_status(AMPS_E_FILTER, "projection", error);
  for (const FieldExpression& one : parsed) {
    Field& field = fields_.emplace_back();
    field.destination = one.destination;
    field.is_optional = one.is_optional;
    AMPS_RETURN_IF_ERROR(compile(*one.expression, &field.program, &field.arguments));
    if (one.expression->op != Operator::kField) continue;
    for (const BoundProgram& grouping : grouping_) {
      if (grouping.program().fields().front() == one.expression->field) key_paths_.push_back(one.destination);
    }
  }
  return {};
}

Status ViewPlan::add_grouping(const std::string& text) {
  std::unique_ptr<Expression> parsed;
  ExpressionError error;
  if (!parse_expression(text, {}, &parsed, &error)) return to_status(AMPS_E_FILTER, "grouping", error);
  if (parsed->op != Operator::kField) return Status(AMPS_E_FILTER, "grouping: " + text + " is not a field");
  std::vector<BoundProgram> none;
  return compile(*parsed, &grouping_.emplace_back(), &none);
}

Status ViewPlan::add_field(std::size_t source, const std::string& path, FieldPlan::Slot* slot) {
  FieldPath parsed;
  AMPS_RETURN_IF_ERROR(FieldPath::parse(path, &parsed));
  *slot = sources_[source].plan.add(parsed);
  return {};
}

}  // namespace amps::broker
