// SPDX-License-Identifier: Apache-2.0
// Cuts an expression into tokens. A slash begins a path where an operand may stand and divides elsewhere
// (broker 2.1), so the lexer remembers what came before.
// Threads: one at a time. Views are of the text it reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "broker/expression/token.h"

namespace amps::broker {

class Lexer {
 public:
  explicit Lexer(std::string_view text) noexcept : text_(text) {}

  // False: what follows is no token; error() says why. After the last token comes kEnd, for ever.
  bool next(Token* token);
  const ExpressionError& error() const noexcept { return error_; }
  // Goes back to where a copy taken earlier stood.
  void rewind(const Lexer& earlier) noexcept { at_ = earlier.at_, after_operand_ = earlier.after_operand_; }

 private:
  bool fail(std::size_t offset, std::string text);
  bool read_number(Token* token);
  bool read_string(Token* token, bool is_raw);
  bool read_word(Token* token);
  bool read_field(Token* token);
  bool read_qualifiers(QualifiedField* field);
  bool read_symbol(Token* token);

  const std::string_view text_;
  std::size_t at_ = 0;
  bool after_operand_ = false;
  ExpressionError error_;
};

// What a string literal means: escapes as in C, any other byte after a backslash stands for itself.
std::string unescape_literal(const Token& token);
// What is handed to the pattern compiler: escapes belong to the pattern, only the quote is unescaped.
std::string pattern_of(const Token& token);

}  // namespace amps::broker
