// SPDX-License-Identifier: Apache-2.0
// The words of the expression language.
// Threads: values. Views are of the text that is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/expression/value.h"
#include "broker/format/field_path.h"

namespace amps::broker {

// A field of a message: of which source, and where in it.
struct QualifiedField {
  std::string message_type;  // Qualifiers, for views and joins; empty when not given.
  std::string topic;
  FieldPath path;
  bool previous = false;  // OF PREVIOUS: the stored record, not the incoming message.

  std::string text() const;
  friend bool operator==(const QualifiedField& left, const QualifiedField& right) noexcept {
    return left.path == right.path && left.previous == right.previous && left.topic == right.topic &&
           left.message_type == right.message_type;
  }
};

enum class TokenKind : std::uint8_t {
  kEnd,
  kNumber,
  kString,
  kField,
  kWord,    // A keyword or the name of a function.
  kSymbol,  // Operators and punctuation.
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t offset = 0;
  std::string_view text;  // As written; of a string, what stands between the quotes.
  Value number;           // Of kNumber.
  QualifiedField field;   // Of kField.
  char quote = 0;         // Of kString.
  bool is_raw = false;    // Of kString: r'…'.

  bool is(std::string_view symbol) const noexcept { return kind == TokenKind::kSymbol && text == symbol; }
  bool is_word(std::string_view upper_case) const noexcept;
};

// What is wrong with an expression, and where.
struct ExpressionError {
  std::size_t offset = 0;
  std::string text;  // `expected …, found …`.
};

bool equal_ignoring_case(std::string_view text, std::string_view upper_case) noexcept;

}  // namespace amps::broker
