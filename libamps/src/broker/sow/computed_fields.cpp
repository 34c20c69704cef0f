// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/computed_fields.h"

#include <utility>

#include "broker/expression/parser.h"

namespace amps::broker {

Status ComputedFields::make(const std::vector<std::string>& texts, const MessageFormat* format,
                            bool sees_previous, std::unique_ptr<ComputedFields>* out) {
  out->reset();
  if (texts.empty()) return {};
  if (format == nullptr || !format->traits().constructed) {
    return Status(AMPS_E_USAGE, "messages of this type cannot be made, so there are no computed fields");
  }
  std::unique_ptr<ComputedFields> fields(new ComputedFields(*format));
  for (const std::string& text : texts) {
    if (const Status status = fields->add(text, sees_previous); !status.ok()) {
      return Status(AMPS_E_USAGE, "field `" + text + "`: " + status.text());
    }
  }
  *out = std::move(fields);
  return {};
}

Status ComputedFields::add(const std::string& text, bool sees_previous) {
  std::vector<FieldExpression> parsed;
  ExpressionError error;
  if (!parse_fields(text, {}, &parsed, &error)) return to_status(AMPS_E_FILTER, "field", error);
  CompileOptions options;
  options.previous = sees_previous;
  std::vector<FieldSource> sources(2);
  sources[0].plan = &plan_;
  sources[1].plan = &previous_plan_;
  sources[1].is_previous = true;
  for (const FieldExpression& one : parsed) {
    std::shared_ptr<const Program> program;
    AMPS_RETURN_IF_ERROR(Program::compile(*one.expression, options, &program));
    Field& field = fields_.emplace_back();
    AMPS_RETURN_IF_ERROR(BoundProgram::bind(std::move(program), sources, &field.program));
    field.destination = one.destination;
    field.is_optional = one.is_optional;
    field.sets_current = one.sets_current;
  }
  return {};
}

// Lets the fields that follow read the result.
Status ComputedFields::show(const FieldPath& destination, const Value& value) {
  if (value.is_null()) {
    seen_.remove(destination);
  } else {
    seen_.set(destination, seen_.keep(value));
  }
  seen_body_.clear();
  AMPS_RETURN_IF_ERROR(format_.write(seen_, &seen_body_));
  return format_.extract(plan_, seen_body_.view(), &values_);
}

Status ComputedFields::apply(std::string_view body, std::string_view previous, const Facts& facts,
                             Buffer* out) {
  AMPS_RETURN_IF_ERROR(format_.parse(body, &document_));
  AMPS_RETURN_IF_ERROR(format_.extract(plan_, body, &values_));
  // A record that cannot be read has no fields.
  static_cast<void>(format_.extract(previous_plan_, previous, &previous_values_));
  const FieldValues* const sources[] = {&values_, &previous_values_};
  EvaluationContext context;
  context.sources = sources;
  context.message = &facts.message;
  context.connection = &facts.connection;
  context.instance = facts.instance;
  bool is_shown = false;
  for (const Field& field : fields_) {
    scratch_.texts().clear();
    const Value value = field.program.evaluate(context, &scratch_);
    if (value.is_null() && field.is_optional) {
      document_.remove(field.destination);
    } else {
      document_.set(field.destination, document_.keep(value));
    }
    if (!field.sets_current) continue;
    if (!std::exchange(is_shown, true)) AMPS_RETURN_IF_ERROR(format_.parse(body, &seen_));
    AMPS_RETURN_IF_ERROR(show(field.destination, value));
  }
  out->clear();
  return format_.write(document_, out);
}

}  // namespace amps::broker
