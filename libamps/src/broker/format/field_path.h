// SPDX-License-Identifier: Apache-2.0
// Where a field stands in a message: /cust/addr/city, /legs[1], [/Full Name] (broker 2.1, 2.2).
// Threads: a value. Owns: its text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace amps::broker {

constexpr std::size_t kPathStepsMax = 64;  // As deep as messages are read.
constexpr std::size_t kPathBytesMax = 4'096;

class FieldPath {
 public:
  FieldPath() = default;  // The root of the message: no step.
  // Reads a whole text, as in options and configurations. Fails with AMPS_E_FILTER.
  static Status parse(std::string_view text, FieldPath* out);
  // Reads the path that `text` begins with and says how many bytes it took; 0: none begins here or it is
  // malformed, and `wanted` says what was expected at `error_offset`.
  static std::size_t parse_prefix(std::string_view text, FieldPath* out, std::string* wanted,
                                  std::size_t* error_offset);
  // Makes a path of one step more.
  FieldPath child(std::string_view step) const;

  const std::vector<std::string>& steps() const noexcept { return steps_; }
  const std::optional<std::uint32_t>& subscript() const noexcept { return subscript_; }
  FieldPath without_subscript() const;
  // As it is written, in brackets where it has to be.
  std::string text() const;
  // True for the path itself and for everything above it.
  bool is_prefix_of(const FieldPath& other) const noexcept;

  friend bool operator==(const FieldPath& left, const FieldPath& right) noexcept {
    return left.steps_ == right.steps_ && left.subscript_ == right.subscript_;
  }
  friend bool operator!=(const FieldPath& left, const FieldPath& right) noexcept { return !(left == right); }

 private:
  std::vector<std::string> steps_;
  std::optional<std::uint32_t> subscript_;
};

// A byte that a step may hold without brackets.
bool is_step_byte(char byte) noexcept;

}  // namespace amps::broker
