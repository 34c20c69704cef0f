// SPDX-License-Identifier: Apache-2.0
// A topic given as a regular expression: PCRE, unanchored, on bytes (protocol 3.0.4).
// Threads: any; patterns never change. matches() uses memory of the calling thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace amps::broker {

enum class PatternMatch { kNo, kYes, kFailed };  // kFailed: beyond the limits on steps or memory.

class TopicPattern {
 public:
  // Fails with AMPS_E_BAD_REGEX_TOPIC; the text says where.
  static Status compile(std::string_view text, std::unique_ptr<TopicPattern>* out);
  ~TopicPattern();
  PatternMatch matches(std::string_view topic) const noexcept;

 private:
  struct Code;
  explicit TopicPattern(std::unique_ptr<Code> code) noexcept;
  std::unique_ptr<Code> code_;
  bool names_reserved_;  // The text speaks of /AMPS topics; without that none is matched (broker 1.2).
};

}  // namespace amps::broker
