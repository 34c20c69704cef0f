// SPDX-License-Identifier: Apache-2.0
// Filters without a broker: compiled, asked and explained through the C interface.
#include <memory>
#include <string>

#include "amps/amps_broker.h"
#include "broker/expression/evaluation.h"
#include "broker/expression/program.h"
#include "broker/filter_explanation.h"
#include "broker/format/message_format.h"
#include "broker_abi/call.h"

using namespace amps::broker;
using amps::Status;
using amps::broker_abi::guarded;
using amps::broker_abi::returned;
using amps::broker_abi::span_of;
using amps::broker_abi::view_of;

struct amps_broker_filter {
  std::string text;
  const MessageFormat* format = nullptr;
  FieldPlan plan;
  BoundProgram program;
  FieldValues values;
  EvaluationScratch scratch;
};

namespace {

Status compile(amps_broker_filter* filter, const char* message_type, ExpressionError* error) {
  filter->format = find_message_format(message_type == nullptr ? "json" : message_type);
  if (filter->format == nullptr || !filter->format->traits().parsed) {
    return Status(AMPS_E_FILTER,
                  "messages of type `" + std::string(message_type) + "` have no fields to filter");
  }
  std::shared_ptr<const Program> program;
  AMPS_RETURN_IF_ERROR(Program::compile(filter->text, {}, &program, error));
  return BoundProgram::bind(std::move(program), &filter->plan, &filter->program);
}

Status evaluate(amps_broker_filter* filter, amps_span_t body, Value* out) {
  if (filter == nullptr) return Status(AMPS_E_USAGE, "the filter is NULL");
  const std::string_view text = view_of(body);
  AMPS_RETURN_IF_ERROR(filter->format->extract(filter->plan, text, &filter->values));
  const FieldValues* const sources[] = {&filter->values};
  MessageFacts message;
  message.size_bytes = text.size();
  EvaluationContext context;
  context.sources = sources;
  context.message = &message;
  filter->scratch.texts().clear();
  *out = filter->program.evaluate(context, &filter->scratch);
  return {};
}

amps_broker_value_kind_t kind_of(ValueKind kind) noexcept {
  switch (kind) {
    case ValueKind::kNull:
      return AMPS_BROKER_VALUE_NULL;
    case ValueKind::kBoolean:
      return AMPS_BROKER_VALUE_BOOLEAN;
    case ValueKind::kInteger:
      return AMPS_BROKER_VALUE_INTEGER;
    case ValueKind::kUnsigned:
      return AMPS_BROKER_VALUE_UNSIGNED;
    case ValueKind::kFloat:
      return AMPS_BROKER_VALUE_FLOAT;
    default:
      return AMPS_BROKER_VALUE_STRING;
  }
}

}  // namespace

amps_result amps_broker_filter_new(amps_span_t text, const char* message_type, amps_broker_filter_t** out,
                                   size_t* error_offset) {
  return guarded([&]() -> Status {
    if (out == nullptr) return Status(AMPS_E_USAGE, "out is NULL");
    auto filter = std::make_unique<amps_broker_filter>();
    filter->text = view_of(text);
    ExpressionError error;
    const Status status = compile(filter.get(), message_type, &error);
    if (error_offset != nullptr) *error_offset = error.text.empty() ? SIZE_MAX : error.offset;
    if (!status.ok()) return error.text.empty() ? status : Status(AMPS_E_FILTER, error.text);
    *out = filter.release();
    return {};
  });
}

void amps_broker_filter_free(amps_broker_filter_t* filter) {
  delete filter;
}

amps_result amps_broker_filter_matches(amps_broker_filter_t* filter, amps_span_t body, int32_t* out) {
  return guarded([&]() -> Status {
    if (out == nullptr) return Status(AMPS_E_USAGE, "out is NULL");
    Value value;
    AMPS_RETURN_IF_ERROR(evaluate(filter, body, &value));
    *out = truth_of(value) == Truth::kTrue ? 1 : 0;
    return {};
  });
}

amps_result amps_broker_filter_evaluate(amps_broker_filter_t* filter, amps_span_t body,
                                        amps_broker_value_t* out) {
  return guarded([&]() -> Status {
    if (out == nullptr || out->struct_size < sizeof *out) {
      return Status(AMPS_E_USAGE, "out is NULL or its struct_size is not set");
    }
    Value value;
    AMPS_RETURN_IF_ERROR(evaluate(filter, body, &value));
    out->kind = kind_of(value.kind());
    out->bits = value.kind() == ValueKind::kFloat || value.is_string() ? 0 : value.as_unsigned();
    out->number = to_double(value);
    char room[kNumberTextBytesMax];
    returned = string_form(value, room);
    out->text = span_of(returned);
    return {};
  });
}

amps_result amps_broker_filter_explain(const amps_broker_filter_t* filter, amps_span_t* text) {
  return guarded([&]() -> Status {
    if (filter == nullptr || text == nullptr) return Status(AMPS_E_USAGE, "filter or text is NULL");
    ExpressionError error;
    AMPS_RETURN_IF_ERROR(explain_filter(filter->text, &returned, &error));
    *text = span_of(returned);
    return {};
  });
}
