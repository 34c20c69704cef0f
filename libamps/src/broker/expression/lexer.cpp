// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/lexer.h"

#include <utility>

namespace amps::broker {

namespace {

bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}
bool is_octal(char byte) noexcept {
  return byte >= '0' && byte <= '7';
}
bool is_space(char byte) noexcept {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}
bool is_word_begin(char byte) noexcept {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

int hex_digit(char byte) noexcept {
  if (is_digit(byte)) return byte - '0';
  const char lower = static_cast<char>(byte | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char simple_escape(char byte) noexcept {
  switch (byte) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'f':
      return '\f';
    case 'r':
      return '\r';
    default:
      return byte;
  }
}

// Words after which an operator stands; after all others an operand does.
bool is_operand_word(const Token& token) noexcept {
  for (const std::string_view word : {"NULL", "NAN", "TRUE", "FALSE", "CURRENT", "PREVIOUS", "ASC", "DESC"}) {
    if (token.is_word(word)) return true;
  }
  return false;
}

}  // namespace

bool Lexer::fail(std::size_t offset, std::string text) {
  error_ = {offset, std::move(text)};
  return false;
}

bool Lexer::next(Token* token) {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  *token = Token();
  token->offset = at_;
  if (at_ == text_.size()) return true;
  const char first = text_[at_];
  const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  bool done = false;
  if (is_digit(first) || (first == '.' && is_digit(second))) {
    done = read_number(token);
  } else if (first == '\'' || first == '"') {
    done = read_string(token, false);
  } else if ((first == 'r' || first == 'R') && (second == '\'' || second == '"')) {
    ++at_;
    done = read_string(token, true);
  } else if (is_word_begin(first)) {
    done = read_word(token);
  } else if ((first == '/' || first == '[') && !after_operand_) {
    done = read_field(token);
  } else {
    done = read_symbol(token);
  }
  after_operand_ = token->kind == TokenKind::kNumber || token->kind == TokenKind::kString ||
                   token->kind == TokenKind::kField || token->is(")") || is_operand_word(*token);
  return done;
}

bool Lexer::read_number(Token* token) {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  }
  if (at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
    std::size_t end = at_ + 1;
    if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
    if (end == text_.size() || !is_digit(text_[end])) return fail(end, "expected digits of an exponent");
    while (end < text_.size() && is_digit(text_[end])) ++end;
    at_ = end;
  }
  if (at_ < text_.size() && (is_word_begin(text_[at_]) || text_[at_] == '.')) {
    return fail(at_, "expected the end of a number");
  }
  token->kind = TokenKind::kNumber;
  token->text = text_.substr(begin, at_ - begin);
  token->number = parse_number(token->text);
  return true;
}

bool Lexer::read_string(Token* token, bool is_raw) {
  token->quote = text_[at_];
  token->is_raw = is_raw;
  const std::size_t begin = ++at_;
  for (; at_ < text_.size(); ++at_) {
    if (text_[at_] == token->quote) {
      token->kind = TokenKind::kString;
      token->text = text_.substr(begin, at_ - begin);
      ++at_;
      return true;
    }
    if (text_[at_] == '\\' && !is_raw) ++at_;
  }
  at_ = text_.size();
  return fail(token->offset, std::string("expected a closing ") + token->quote);
}

bool Lexer::read_word(Token* token) {
  const std::size_t begin = at_;
  while (at_ < text_.size() && (is_word_begin(text_[at_]) || is_digit(text_[at_]))) ++at_;
  token->kind = TokenKind::kWord;
  token->text = text_.substr(begin, at_ - begin);
  return true;
}

// [type].[topic]. or [topic]. before a path. Brackets without a dot behind them are a path.
bool Lexer::read_qualifiers(QualifiedField* field) {
  std::string parts[2];
  std::size_t count = 0;
  while (at_ < text_.size() && text_[at_] == '[') {
    const std::size_t close = text_.find(']', at_);
    if (close == std::string_view::npos) return fail(at_, "expected a closing ]");
    if (close + 1 == text_.size() || text_[close + 1] != '.') break;
    if (count == 2) return fail(at_, "expected a path after two qualifiers");
    if (close == at_ + 1) return fail(close, "expected a name in brackets");
    parts[count++] = text_.substr(at_ + 1, close - at_ - 1);
    at_ = close + 2;
  }
  if (count == 2) field->message_type = std::move(parts[0]);
  if (count != 0) field->topic = std::move(parts[count - 1]);
  return true;
}

bool Lexer::read_field(Token* token) {
  const std::size_t begin = at_;
  if (!read_qualifiers(&token->field)) return false;
  std::string wanted;
  std::size_t offset = 0;
  const std::size_t size = FieldPath::parse_prefix(text_.substr(at_), &token->field.path, &wanted, &offset);
  if (size == 0) return fail(at_ + offset, "expected " + wanted);
  at_ += size;
  token->kind = TokenKind::kField;
  token->text = text_.substr(begin, at_ - begin);
  return true;
}

bool Lexer::read_symbol(Token* token) {
  const std::string_view rest = text_.substr(at_);
  for (const std::string_view symbol :
       {"==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%"}) {
    if (rest.substr(0, symbol.size()) != symbol) continue;
    token->kind = TokenKind::kSymbol;
    token->text = rest.substr(0, symbol.size());
    at_ += symbol.size();
    return true;
  }
  return fail(at_, "expected an operator or an operand");
}

std::string unescape_literal(const Token& token) {
  const std::string_view raw = token.text;
  if (token.is_raw) return std::string(raw);
  std::string bytes;
  bytes.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      bytes += raw[i];
      continue;
    }
    const std::string_view rest = raw.substr(++i);
    if (rest[0] == 'x' && rest.size() >= 3 && hex_digit(rest[1]) >= 0 && hex_digit(rest[2]) >= 0) {
      bytes += static_cast<char>(hex_digit(rest[1]) * 16 + hex_digit(rest[2]));
      i += 2;
    } else if (rest.size() >= 3 && rest[0] >= '0' && rest[0] <= '3' && is_octal(rest[1]) &&
               is_octal(rest[2])) {
      bytes += static_cast<char>((rest[0] - '0') * 64 + (rest[1] - '0') * 8 + (rest[2] - '0'));
      i += 2;
    } else {
      bytes += simple_escape(rest[0]);
    }
  }
  return bytes;
}

std::string pattern_of(const Token& token) {
  if (token.is_raw) return std::string(token.text);
  std::string pattern;
  for (std::size_t i = 0; i < token.text.size(); ++i) {
    if (token.text[i] == '\\' && i + 1 < token.text.size()) {
      if (token.text[++i] != token.quote) pattern += '\\';
    }
    pattern += token.text[i];
  }
  return pattern;
}

}  // namespace amps::broker
