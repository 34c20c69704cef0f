// SPDX-License-Identifier: Apache-2.0
#include "broker/filter_explanation.h"

#include <memory>

#include "broker/expression/parser.h"
#include "broker/expression/program.h"

namespace amps::broker {

namespace {

constexpr std::size_t kShownConstantsMax = 5;

std::string constant_text(const Value& value) {
  char room[kNumberTextBytesMax];
  const std::string text(string_form(value, room));
  if (value.is_null()) return "NULL";
  return value.is_string() ? '\'' + text + '\'' : text;
}

std::string condition_text(const Program& program, const Condition& condition) {
  std::string text = program.fields()[condition.field].text();
  if (condition.kind == Condition::Kind::kEqual) {
    text = "equality: " + text + " is ";
    for (std::size_t i = 0; i < condition.constants.size() && i < kShownConstantsMax; ++i) {
      text += (i == 0 ? "" : " or ") + constant_text(condition.constants[i]);
    }
    const std::size_t count = condition.constants.size();
    if (count > kShownConstantsMax) text += " or " + std::to_string(count - kShownConstantsMax) + " others";
    return text;
  }
  text = "range: " + text + " is";
  if (!condition.low.is_null())
    text += (condition.low_open ? " above " : " at least ") + constant_text(condition.low);
  if (!condition.low.is_null() && !condition.high.is_null()) text += " and";
  if (!condition.high.is_null())
    text += (condition.high_open ? " below " : " at most ") + constant_text(condition.high);
  return text;
}

bool is_usable(const Condition& condition) noexcept {
  return condition.kind == Condition::Kind::kEqual || !condition.low.is_null() || !condition.high.is_null();
}

void append_index(const Program& program, std::string* out) {
  std::string found;
  for (const Condition& condition : program.conditions()) {
    if (is_usable(condition)) found += "  " + condition_text(program, condition) + '\n';
  }
  if (found.empty()) {
    *out += "index: none, so it is evaluated for every message of its topic\n";
  } else {
    *out += "index: found by the one of these that fewest other filters share\n" + found;
  }
}

}  // namespace

Status explain_filter(std::string_view text, std::string* out, ExpressionError* error) {
  std::unique_ptr<Expression> tree;
  if (!parse_expression(text, {}, &tree, error)) return to_status(AMPS_E_FILTER, "filter", *error);
  std::shared_ptr<const Program> program;
  AMPS_RETURN_IF_ERROR(Program::compile(*tree, {}, &program, error));
  *out = "means: " + to_text(*tree) + "\n\n" + to_tree(*tree) + '\n';
  *out += "fields:";
  for (const QualifiedField& field : program->fields()) *out += ' ' + field.text();
  *out += program->fields().empty() ? " none\n" : "\n";
  append_index(*program, out);
  if (!program->is_deterministic()) {
    *out +=
        "changes by itself: refused where a message could enter or leave unnoticed (oof, views, queues)\n";
  }
  return {};
}

}  // namespace amps::broker
