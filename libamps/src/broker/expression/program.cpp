// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/program.h"

#include <algorithm>
#include <utility>

#include "broker/expression/compiler.h"
#include "broker/expression/function.h"
#include "broker/expression/machine.h"
#include "broker/expression/parser.h"

namespace amps::broker {

Status Program::compile(std::string_view text, const CompileOptions& options,
                        std::shared_ptr<const Program>* out, ExpressionError* error) {
  ExpressionError found;
  std::unique_ptr<Expression> tree;
  ParseOptions parse;
  parse.aggregates = options.aggregates;
  if (parse_expression(text, parse, &tree, &found)) {
    auto program = std::make_shared<Program>();
    if (Compiler(options, program.get(), &found).compile(*tree)) {
      program->text_ = text;
      *out = std::move(program);
      return {};
    }
  }
  if (error != nullptr) *error = found;
  return to_status(AMPS_E_FILTER, "expression", found);
}

Status Program::compile(const Expression& expression, const CompileOptions& options,
                        std::shared_ptr<const Program>* out, ExpressionError* error) {
  ExpressionError found;
  auto program = std::make_shared<Program>();
  if (Compiler(options, program.get(), &found).compile(expression)) {
    *out = std::move(program);
    return {};
  }
  if (error != nullptr) *error = found;
  return to_status(AMPS_E_FILTER, "expression", found);
}

bool Program::calls(std::string_view function) const noexcept {
  return std::any_of(functions_.begin(), functions_.end(),
                     [&](const Function* one) { return one->name == function; });
}

Status BoundProgram::bind(std::shared_ptr<const Program> program, const std::vector<FieldSource>& sources,
                          BoundProgram* out) {
  std::vector<SlotReference> slots;
  for (const QualifiedField& field : program->fields()) {
    std::uint32_t at = 0;
    for (const FieldSource& source : sources) {
      const bool named =
          field.topic.empty() || (field.topic == source.topic &&
                                  (field.message_type.empty() || field.message_type == source.message_type));
      if (named && field.previous == source.is_previous) break;
      ++at;
    }
    if (at == sources.size()) return Status(AMPS_E_FILTER, "field " + field.text() + " belongs to no source");
    slots.push_back({at, sources[at].plan->add(field.path)});
  }
  out->program_ = std::move(program);
  out->slots_ = std::move(slots);
  return {};
}

Status BoundProgram::bind(std::shared_ptr<const Program> program, FieldPlan* plan, BoundProgram* out) {
  return bind(std::move(program), {FieldSource{plan}}, out);
}

Truth BoundProgram::test(const EvaluationContext& context, EvaluationScratch* scratch) const {
  const TextArena::Mark mark = scratch->texts().mark();
  const Truth truth = truth_of(Machine(*this, context, scratch).run());
  scratch->texts().rewind(mark);
  return truth;
}

Value BoundProgram::evaluate(const EvaluationContext& context, EvaluationScratch* scratch) const {
  return Machine(*this, context, scratch).run();
}

}  // namespace amps::broker
