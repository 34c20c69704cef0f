// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/ast.h"

#include <string_view>

namespace amps::broker {

namespace {

std::string_view name_of(Operator op) noexcept {
  static constexpr std::string_view kNames[] = {
      "literal", "field", "call",        "aggregate", "-",       "+",      "+",   "-",   "*",
      "/",       "%",     "=",           "!=",        "<",       "<=",     ">",   ">=",  "IN",
      "BETWEEN", "LIKE",  "BEGINS WITH", "ENDS WITH", "IS NULL", "IS NAN", "NOT", "AND", "OR",
  };
  return kNames[static_cast<std::size_t>(op)];
}

std::string quoted(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text = "'";
  for (const char byte : bytes) {
    if (byte == '\'' || byte == '\\') text += '\\';
    if (static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7F) {
      text += byte;
    } else {
      text += "\\x";
      text += kHex[static_cast<unsigned char>(byte) >> 4];
      text += kHex[byte & 15];
    }
  }
  return text + '\'';
}

std::string literal_text(const Expression& node) {
  switch (node.literal.kind()) {
    case ValueKind::kNull:
      return "NULL";
    case ValueKind::kBoolean:
      return node.literal.as_boolean() ? "TRUE" : "FALSE";
    case ValueKind::kString:
      return quoted(node.text);
    default: {
      char room[kNumberTextBytesMax];
      return std::string(string_form(node.literal, room));
    }
  }
}

// What a node is called, with what belongs to it beside its operands.
std::string label_of(const Expression& node) {
  switch (node.op) {
    case Operator::kLiteral:
      return literal_text(node);
    case Operator::kField:
      return node.field.text();
    case Operator::kCall:
    case Operator::kAggregate:
      return node.text;
    case Operator::kIsNull:
      return node.negated ? "IS NOT NULL" : "IS NULL";
    case Operator::kIsNan:
      return node.negated ? "IS NOT NAN" : "IS NAN";
    case Operator::kLike:
      // Shown as it was written: escapes are the pattern's own.
      return std::string(node.negated ? "NOT " : "") + (node.is_plain_text ? "LIKE r'" : "LIKE '") +
             node.text + '\'';
    default:
      return (node.negated ? "NOT " : "") + std::string(name_of(node.op));
  }
}

void join(const Expression& node, std::size_t first, std::string_view separator, std::string* out) {
  for (std::size_t i = first; i < node.operands.size(); ++i) {
    if (i != first) *out += separator;
    *out += to_text(*node.operands[i]);
  }
}

void append_tree(const Expression& node, std::size_t indent, std::string* out) {
  out->append(2 * indent, ' ');
  *out += label_of(node);
  *out += '\n';
  for (const auto& operand : node.operands) append_tree(*operand, indent + 1, out);
}

}  // namespace

std::string to_text(const Expression& node) {
  std::string text;
  switch (node.op) {
    case Operator::kLiteral:
    case Operator::kField:
      return label_of(node);
    case Operator::kCall:
    case Operator::kAggregate:
      text = node.text + '(';
      join(node, 0, ", ", &text);
      return text + ')';
    case Operator::kNegate:
    case Operator::kPlus:
    case Operator::kNot:
      return '(' + label_of(node) + (node.op == Operator::kNot ? " " : "") + to_text(*node.operands[0]) + ')';
    case Operator::kIn:
    case Operator::kBeginsWith:
    case Operator::kEndsWith:
      text = '(' + to_text(*node.operands[0]) + ' ' + label_of(node) + " (";
      join(node, 1, ", ", &text);
      return text + "))";
    case Operator::kBetween:
      text = '(' + to_text(*node.operands[0]) + ' ' + label_of(node) + ' ';
      join(node, 1, " AND ", &text);
      return text + ')';
    case Operator::kLike:
    case Operator::kIsNull:
    case Operator::kIsNan:
      return '(' + to_text(*node.operands[0]) + ' ' + label_of(node) + ')';
    default:
      text = "(";
      join(node, 0, ' ' + label_of(node) + ' ', &text);
      return text + ')';
  }
}

std::string to_tree(const Expression& expression) {
  std::string tree;
  append_tree(expression, 0, &tree);
  return tree;
}

}  // namespace amps::broker
