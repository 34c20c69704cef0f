// SPDX-License-Identifier: Apache-2.0
#include "broker/filter.h"

#include <string>

namespace amps::broker {

namespace {

// Filters are asked by I/O threads that share nothing, thousands of times a batch.
struct Workspace {
  FieldValues values;
  EvaluationScratch scratch;
};

Workspace& workspace() {
  thread_local Workspace workspace;
  return workspace;
}

}  // namespace

Status Filter::compile(std::string_view text, const MessageFormat* format, const FilterOptions& options,
                       std::unique_ptr<Filter>* out) {
  if (format == nullptr || !format->traits().parsed) {
    return Status(AMPS_E_FILTER, "messages of this type have no fields to filter");
  }
  std::shared_ptr<const Program> program;
  CompileOptions compile;
  compile.deterministic_only = options.deterministic_only;
  AMPS_RETURN_IF_ERROR(Program::compile(text, compile, &program));
  std::unique_ptr<Filter> filter(new Filter(*format, options.instance));
  AMPS_RETURN_IF_ERROR(BoundProgram::bind(std::move(program), &filter->plan_, &filter->bound_));
  *out = std::move(filter);
  return {};
}

bool Filter::matches(const MessageFacts& message, std::string_view body) const noexcept {
  Workspace& own = workspace();
  if (!format_.extract(plan_, body, &own.values).ok()) return false;
  const FieldValues* const sources[] = {&own.values};
  EvaluationContext context;
  context.sources = sources;
  context.message = &message;
  context.instance = instance_;
  return bound_.accepts(context, &own.scratch);
}

std::uint64_t Filter::given_up() noexcept {
  return workspace().scratch.patterns().failures();
}

bool Filter::matches(std::string_view topic, std::string_view body) const noexcept {
  MessageFacts message;
  message.topic = topic;
  message.size_bytes = body.size();
  return matches(message, body);
}

}  // namespace amps::broker
