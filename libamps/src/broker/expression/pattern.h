// SPDX-License-Identifier: Apache-2.0
// A regular expression of LIKE and the REGEXP functions: PCRE on bytes, searched anywhere in the subject
// (broker 2.8). Compiled patterns are shared; what a match needs stands in PatternScratch. Steps, memory
// and the time of an evaluation are bounded: a hostile pattern fails to match, it does not stop the broker.
// Threads: patterns any; a scratch one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace amps::broker {

class PatternScratch {
 public:
  PatternScratch();
  ~PatternScratch();
  PatternScratch(const PatternScratch&) = delete;
  PatternScratch& operator=(const PatternScratch&) = delete;

  // An evaluation begins: all its matches together have a bounded time.
  void begin() noexcept { spent_ = {}; }
  // Matches that were given up because of a limit.
  std::uint64_t failures() const noexcept { return failures_; }

 private:
  friend class Pattern;
  struct State;
  // By one evaluation. Most look at a few bytes, which nobody measures.
  struct Spent {
    std::size_t bytes = 0;
    std::uint64_t ticks = 0;             // Of the cycle clock, since the processor time was last read.
    std::int64_t processor_from_ns = 0;  // 0: never read.
    bool all = false;
  };
  bool has_time_after(std::uint64_t ticks) noexcept;

  std::unique_ptr<State> state_;
  Spent spent_;
  std::uint64_t failures_ = 0;
};

class Pattern {
 public:
  // Fails with AMPS_E_FILTER; the text says where in the pattern.
  static Status compile(std::string_view text, bool is_plain_text, std::unique_ptr<Pattern>* out);
  ~Pattern();

  struct Span {
    std::size_t begin;
    std::size_t end;
  };
  bool matches(std::string_view subject, PatternScratch* scratch) const noexcept;
  // The first match at or after `from`. group() then tells where its groups are.
  bool find(std::string_view subject, std::size_t from, PatternScratch* scratch, Span* out) const noexcept;
  // Of the latest find(). False: there is no such group, or it took no part.
  bool group(std::size_t number, const PatternScratch& scratch, Span* out) const noexcept;

 private:
  struct Code;
  explicit Pattern(std::unique_ptr<Code> code) noexcept;
  int run(std::string_view subject, std::size_t from, PatternScratch* scratch) const noexcept;

  std::unique_ptr<Code> code_;
};

}  // namespace amps::broker
