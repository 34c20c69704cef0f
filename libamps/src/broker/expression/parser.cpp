// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/parser.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker/expression/aggregate_name.h"
#include "broker/expression/function.h"
#include "broker/expression/lexer.h"

namespace amps::broker {

namespace {

using Node = std::unique_ptr<Expression>;

struct BinaryOperator {
  std::string_view symbol;
  Operator op;
};
constexpr BinaryOperator kComparisons[] = {
    {"=", Operator::kEqual},     {"==", Operator::kEqual},        {"!=", Operator::kNotEqual},
    {"<>", Operator::kNotEqual}, {"<", Operator::kLess},          {"<=", Operator::kLessEqual},
    {">", Operator::kGreater},   {">=", Operator::kGreaterEqual},
};
constexpr BinaryOperator kSums[] = {{"+", Operator::kAdd}, {"-", Operator::kSubtract}};
constexpr BinaryOperator kTerms[] = {
    {"*", Operator::kMultiply}, {"/", Operator::kDivide}, {"%", Operator::kModulo}};

std::string shown(const Token& token) {
  constexpr std::size_t kShownMax = 40;
  if (token.kind == TokenKind::kEnd) return "the end";
  std::string text(token.text.substr(0, kShownMax));
  if (token.text.size() > kShownMax) text += "…";
  if (token.kind == TokenKind::kString) return token.quote + text + token.quote;
  return '`' + text + '`';
}

class Parser {
 public:
  Parser(std::string_view text, const ParseOptions& options, ExpressionError* error)
      : text_(text), options_(options), lexer_(text), error_(*error) {}

  bool begin() {
    if (text_.size() <= kExpressionBytesMax) return advance();
    return fail(0, "text of " + std::to_string(text_.size()) + " bytes exceeds limit of " +
                       std::to_string(kExpressionBytesMax));
  }
  bool at_end() const noexcept { return token_.kind == TokenKind::kEnd; }
  bool fail(std::size_t offset, std::string text) {
    if (!failed_) error_ = {offset, std::move(text)};
    failed_ = true;
    return false;
  }
  bool expected(std::string_view what) {
    return fail(token_.offset, "expected " + std::string(what) + ", found " + shown(token_));
  }

  Node expression();
  bool field(FieldExpression* out);
  bool order_field(OrderField* out);
  bool take_comma() {
    if (!token_.is(",")) return false;
    return advance();
  }
  bool failed() const noexcept { return failed_; }

 private:
  // Refuses what would recurse too deep; lives as long as the level it counts.
  class Level {
   public:
    explicit Level(std::size_t* levels) noexcept : levels_(*levels) { ++levels_; }
    ~Level() { --levels_; }
    bool is_too_deep() const noexcept { return levels_ > kExpressionDepthMax; }

   private:
    std::size_t& levels_;
  };

  bool advance() {
    if (lexer_.next(&token_)) return true;
    return fail(lexer_.error().offset, lexer_.error().text);
  }
  bool take_word(std::string_view word) { return token_.is_word(word) && advance(); }

  Node make(Operator op, std::size_t offset) {
    if (++nodes_ <= kExpressionNodesMax) return std::make_unique<Expression>(op, offset);
    fail(offset, "more than " + std::to_string(kExpressionNodesMax) + " operators and operands");
    return nullptr;
  }
  // Adds an operand; false when there is none, because its parser failed.
  bool adopt(Expression* parent, Node operand) {
    if (operand == nullptr) return false;
    parent->depth = std::max(parent->depth, operand->depth + 1);
    parent->operands.push_back(std::move(operand));
    if (parent->depth <= kOperatorChainMax) return true;
    return fail(parent->offset,
                "more than " + std::to_string(kOperatorChainMax) + " operators in one another");
  }
  bool too_deep(std::size_t offset) {
    return fail(offset, "nested deeper than " + std::to_string(kExpressionDepthMax) + " levels");
  }

  Node chain(std::string_view word, Operator op, Node (Parser::*operand)());
  Node conjunction() { return chain("AND", Operator::kAnd, &Parser::negation); }
  Node negation();
  Node predicate();
  Node suffix(Node left);
  Node sum();
  Node term();
  Node unary();
  Node primary();
  Node word();
  Node call(Node node);
  Node aggregate(const AggregateName& name, Node node);
  Node field_reference();
  Node string_literal();
  bool arguments(Expression* node);
  bool list(Expression* node);

  const std::string_view text_;
  const ParseOptions options_;
  Lexer lexer_;
  ExpressionError& error_;
  Token token_;
  std::size_t levels_ = 0;
  std::size_t nodes_ = 0;
  bool failed_ = false;
  bool in_aggregate_ = false;
};

// One node for a whole chain, so that ten thousand alternatives are wide and not deep.
Node Parser::chain(std::string_view word, Operator op, Node (Parser::*operand)()) {
  Node left = (this->*operand)();
  if (left == nullptr || !token_.is_word(word)) return left;
  Node node = make(op, token_.offset);
  if (node == nullptr || !adopt(node.get(), std::move(left))) return nullptr;
  while (token_.is_word(word)) {
    if (!advance() || !adopt(node.get(), (this->*operand)())) return nullptr;
  }
  return failed_ ? nullptr : std::move(node);
}

Node Parser::expression() {
  const Level level(&levels_);
  if (level.is_too_deep()) return too_deep(token_.offset), nullptr;
  return chain("OR", Operator::kOr, &Parser::conjunction);
}

Node Parser::negation() {
  if (!token_.is_word("NOT")) return predicate();
  const Level level(&levels_);
  if (level.is_too_deep()) return too_deep(token_.offset), nullptr;
  Node node = make(Operator::kNot, token_.offset);
  if (node == nullptr || !advance() || !adopt(node.get(), negation())) return nullptr;
  return node;
}

Node Parser::predicate() {
  Node left = sum();
  if (left == nullptr) return nullptr;
  for (const BinaryOperator& comparison : kComparisons) {
    if (!token_.is(comparison.symbol)) continue;
    Node node = make(comparison.op, token_.offset);
    if (node == nullptr || !adopt(node.get(), std::move(left)) || !advance() || !adopt(node.get(), sum())) {
      return nullptr;
    }
    return node;
  }
  return token_.kind == TokenKind::kWord ? suffix(std::move(left)) : std::move(left);
}

// flat: the predicates written as words, one branch each.
Node Parser::suffix(Node left) {
  const std::size_t offset = token_.offset;
  const bool negated = token_.is_word("NOT");
  if (negated && !advance()) return nullptr;
  Operator op = Operator::kIn;
  if (token_.is_word("IN")) {
    op = Operator::kIn;
  } else if (token_.is_word("BETWEEN")) {
    op = Operator::kBetween;
  } else if (token_.is_word("LIKE")) {
    op = Operator::kLike;
  } else if (token_.is_word("BEGINS")) {
    op = Operator::kBeginsWith;
  } else if (token_.is_word("ENDS")) {
    op = Operator::kEndsWith;
  } else if (!negated && token_.is_word("IS")) {
    op = Operator::kIsNull;
  } else if (negated) {
    expected("IN, BETWEEN, LIKE, BEGINS WITH or ENDS WITH after NOT");
    return nullptr;
  } else {
    return left;
  }
  Node node = make(op, offset);
  if (node == nullptr || !adopt(node.get(), std::move(left)) || !advance()) return nullptr;
  node->negated = negated;
  switch (op) {
    case Operator::kIn:
      return list(node.get()) ? std::move(node) : nullptr;
    case Operator::kBetween:
      if (!adopt(node.get(), sum())) return nullptr;
      if (!token_.is_word("AND")) return expected("AND between the bounds"), nullptr;
      return advance() && adopt(node.get(), sum()) ? std::move(node) : nullptr;
    case Operator::kLike:
      if (token_.kind != TokenKind::kString) return expected("a pattern in quotes after LIKE"), nullptr;
      node->is_plain_text = token_.is_raw;
      node->text = pattern_of(token_);
      return advance() ? std::move(node) : nullptr;
    case Operator::kIsNull:
      node->negated = token_.is_word("NOT");
      if (node->negated && !advance()) return nullptr;
      if (token_.is_word("NAN")) {
        node->op = Operator::kIsNan;
      } else if (!token_.is_word("NULL")) {
        return expected("NULL or NAN"), nullptr;
      }
      return advance() ? std::move(node) : nullptr;
    default:
      if (!token_.is_word("WITH")) return expected("WITH"), nullptr;
      if (!advance()) return nullptr;
      if (token_.is("(")) return list(node.get()) ? std::move(node) : nullptr;
      return adopt(node.get(), sum()) ? std::move(node) : nullptr;
  }
}

bool Parser::list(Expression* node) {
  if (!token_.is("(")) return expected("`(` before a list");
  do {
    if (!advance() || !adopt(node, sum())) return false;
  } while (token_.is(","));
  if (!token_.is(")")) return expected("`,` or `)`");
  return advance();
}

Node Parser::sum() {
  Node left = term();
  while (left != nullptr) {
    const auto* const found = std::find_if(std::begin(kSums), std::end(kSums),
                                           [&](const BinaryOperator& one) { return token_.is(one.symbol); });
    if (found == std::end(kSums)) return left;
    Node node = make(found->op, token_.offset);
    if (node == nullptr || !adopt(node.get(), std::move(left)) || !advance() || !adopt(node.get(), term())) {
      return nullptr;
    }
    left = std::move(node);
  }
  return nullptr;
}

Node Parser::term() {
  Node left = unary();
  while (left != nullptr) {
    const auto* const found = std::find_if(std::begin(kTerms), std::end(kTerms),
                                           [&](const BinaryOperator& one) { return token_.is(one.symbol); });
    const bool is_modulo = token_.is_word("MOD");
    if (found == std::end(kTerms) && !is_modulo) return left;
    Node node = make(is_modulo ? Operator::kModulo : found->op, token_.offset);
    if (node == nullptr || !adopt(node.get(), std::move(left)) || !advance() || !adopt(node.get(), unary())) {
      return nullptr;
    }
    left = std::move(node);
  }
  return nullptr;
}

Node Parser::unary() {
  if (!token_.is("-") && !token_.is("+")) return primary();
  const Level level(&levels_);
  if (level.is_too_deep()) return too_deep(token_.offset), nullptr;
  Node node = make(token_.is("-") ? Operator::kNegate : Operator::kPlus, token_.offset);
  if (node == nullptr || !advance() || !adopt(node.get(), unary())) return nullptr;
  return node;
}

Node Parser::primary() {
  switch (token_.kind) {
    case TokenKind::kNumber: {
      Node node = make(Operator::kLiteral, token_.offset);
      if (node == nullptr) return nullptr;
      node->text = token_.text;
      node->literal = token_.number;
      return advance() ? std::move(node) : nullptr;
    }
    case TokenKind::kString:
      return string_literal();
    case TokenKind::kField:
      return field_reference();
    case TokenKind::kWord:
      return word();
    case TokenKind::kSymbol:
      if (token_.is("(")) {
        if (!advance()) return nullptr;
        Node node = expression();
        if (node == nullptr) return nullptr;
        if (!token_.is(")")) return expected("an operator or `)`"), nullptr;
        return advance() ? std::move(node) : nullptr;
      }
      [[fallthrough]];
    default:
      return expected("a value"), nullptr;
  }
}

Node Parser::string_literal() {
  Node node = make(Operator::kLiteral, token_.offset);
  if (node == nullptr) return nullptr;
  node->text = unescape_literal(token_);
  node->literal = Value::string(node->text);
  return advance() ? std::move(node) : nullptr;
}

Node Parser::field_reference() {
  Node node = make(Operator::kField, token_.offset);
  if (node == nullptr) return nullptr;
  node->field = std::move(token_.field);
  if (!advance()) return nullptr;
  if (!token_.is_word("OF")) return node;
  if (!advance()) return nullptr;
  node->field.previous = token_.is_word("PREVIOUS");
  if (!node->field.previous && !token_.is_word("CURRENT")) return expected("CURRENT or PREVIOUS"), nullptr;
  return advance() ? std::move(node) : nullptr;
}

Node Parser::word() {
  Node node = make(Operator::kLiteral, token_.offset);
  if (node == nullptr) return nullptr;
  if (token_.is_word("NULL")) return advance() ? std::move(node) : nullptr;
  if (token_.is_word("TRUE") || token_.is_word("FALSE")) {
    node->literal = Value::boolean(token_.is_word("TRUE"));
    return advance() ? std::move(node) : nullptr;
  }
  return call(std::move(node));
}

Node Parser::call(Node node) {
  const Token name = token_;
  if (!advance()) return nullptr;
  if (!token_.is("(")) {
    fail(name.offset, "expected a value, found " + shown(name) + "; names of fields begin with `/`");
    return nullptr;
  }
  node->text = name.text;
  for (char& byte : node->text)
    byte = byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
  if (const AggregateName* one = find_aggregate(node->text)) return aggregate(*one, std::move(node));
  node->op = Operator::kCall;
  node->function = find_function(node->text);
  if (node->function == nullptr) return fail(name.offset, "no function is called " + shown(name)), nullptr;
  if (!arguments(node.get())) return nullptr;
  const std::size_t count = node->operands.size();
  if (count < node->function->arguments_min || count > node->function->arguments_max) {
    fail(name.offset,
         node->text + " takes " + argument_count_text(*node->function) + ", found " + std::to_string(count));
    return nullptr;
  }
  return node;
}

Node Parser::aggregate(const AggregateName& name, Node node) {
  if (!options_.aggregates || in_aggregate_) {
    fail(node->offset, std::string(name.name) + (in_aggregate_ ? " cannot be the argument of an aggregate"
                                                               : " can only be used in a projection"));
    return nullptr;
  }
  node->op = Operator::kAggregate;
  node->aggregate = name.kind;
  in_aggregate_ = true;
  if (!arguments(node.get())) return nullptr;
  in_aggregate_ = false;
  const std::size_t count = node->operands.size();
  if (count == 0 || count > name.arguments_max) {
    fail(node->offset, node->text + " takes " + std::to_string(name.arguments_max) + " argument" +
                           (name.arguments_max == 1 ? "" : "s at most") + ", found " + std::to_string(count));
    return nullptr;
  }
  if (count == 2 && (node->operands[1]->op != Operator::kLiteral)) {
    fail(node->operands[1]->offset, "expected a literal delimiter");
    return nullptr;
  }
  return node;
}

bool Parser::arguments(Expression* node) {
  if (!advance()) return false;  // The opening bracket.
  if (token_.is(")")) return advance();
  for (;;) {
    if (!adopt(node, expression())) return false;
    if (!token_.is(",")) break;
    if (!advance()) return false;
  }
  if (!token_.is(")")) return expected("`,` or `)`");
  return advance();
}

bool Parser::field(FieldExpression* out) {
  out->expression = expression();
  if (out->expression == nullptr) return false;
  if (take_word("AS")) {
    if (token_.kind != TokenKind::kField || !token_.field.topic.empty() || token_.field.path.subscript()) {
      return expected("a path after AS");
    }
    out->destination = token_.field.path;
    if (!advance()) return false;
  } else if (out->expression->op == Operator::kField) {
    out->destination = out->expression->field.path.without_subscript();
  } else {
    return expected("AS and a path");
  }
  if (!take_word("HINT")) return !failed_;
  for (;;) {
    if (token_.is_word("OPTIONAL")) {
      out->is_optional = true;
    } else if (token_.is_word("SET_CURRENT")) {
      out->sets_current = true;
    } else {
      return expected("OPTIONAL or SET_CURRENT");
    }
    if (!advance()) return false;
    // A comma may also begin the next field, so only a hint after it continues the list.
    if (!token_.is(",")) return true;
    const Lexer before = lexer_;
    const Token comma = token_;
    if (!advance()) return false;
    if (token_.is_word("OPTIONAL") || token_.is_word("SET_CURRENT")) continue;
    lexer_.rewind(before);
    token_ = comma;
    return true;
  }
}

bool Parser::order_field(OrderField* out) {
  if (token_.kind != TokenKind::kField || !token_.field.topic.empty()) return expected("a path");
  out->path = token_.field.path;
  if (!advance()) return false;
  out->descending = token_.is_word("DESC");
  if (out->descending || token_.is_word("ASC")) return advance();
  return true;
}

}  // namespace

bool parse_expression(std::string_view text, const ParseOptions& options, std::unique_ptr<Expression>* out,
                      ExpressionError* error) {
  Parser parser(text, options, error);
  if (!parser.begin()) return false;
  Node node = parser.expression();
  if (node == nullptr) return false;
  if (!parser.at_end()) return parser.expected("an operator or the end");
  *out = std::move(node);
  return true;
}

bool parse_fields(std::string_view text, const ParseOptions& options, std::vector<FieldExpression>* out,
                  ExpressionError* error) {
  Parser parser(text, options, error);
  if (!parser.begin()) return false;
  do {
    FieldExpression field;
    if (!parser.field(&field)) return false;
    out->push_back(std::move(field));
  } while (parser.take_comma());
  if (parser.failed()) return false;
  return parser.at_end() || parser.expected("`,` or the end");
}

bool parse_order(std::string_view text, std::vector<OrderField>* out, ExpressionError* error) {
  Parser parser(text, {}, error);
  if (!parser.begin()) return false;
  do {
    OrderField field;
    if (!parser.order_field(&field)) return false;
    out->push_back(std::move(field));
  } while (parser.take_comma());
  if (parser.failed()) return false;
  return parser.at_end() || parser.expected("`,` or the end");
}

Status to_status(amps_result code, std::string_view what, const ExpressionError& error) {
  return Status(code, std::string(what) + ", at offset " + std::to_string(error.offset) + ": " + error.text);
}

}  // namespace amps::broker
