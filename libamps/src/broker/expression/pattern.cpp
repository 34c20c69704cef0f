// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/pattern.h"

#include <time.h>

#include <algorithm>
#include <utility>

#include "base/cycle_clock.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace amps::broker {

namespace {

constexpr std::uint32_t kStepsMax = 10'000;  // From one start; about 20 µs of compiled code.
constexpr std::uint32_t kHeapKibMax = 1'024;
constexpr std::size_t kPatternBytesMax = 65'536;
constexpr std::size_t kStackBytes = 32'768;
constexpr std::size_t kStackBytesMax = 524'288;
// Steps are counted from each start anew, so a pattern can take the square of the subject, and a field can
// have many elements. What goes beyond so many bytes an evaluation is searched a stretch of starts at a
// time, until the processor time below is used up.
constexpr std::size_t kUnmeasuredBytes = 2'048;
constexpr std::size_t kBytesOfMatch = 16;  // A match of nothing is work, too.
constexpr std::size_t kFirstStretch = 16;
constexpr std::int64_t kEvaluationNs = 5'000'000;
constexpr std::uint64_t kMeasureNs = 500'000;  // How often the processor time is read, which is slow.

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

// Of this thread, not of the wall: a busy machine must not change what matches.
std::int64_t processor_ns() noexcept {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// PCRE has no inline form of the option A, which anchors; it may stand among those a pattern begins with.
std::string take_anchor(std::string_view text, std::uint32_t* options) {
  const std::size_t close = text.substr(0, 2) == "(?" ? text.find(')') : std::string_view::npos;
  const std::string_view letters =
      close == std::string_view::npos ? std::string_view{} : text.substr(2, close - 2);
  if (letters.find('A') == std::string_view::npos ||
      letters.find_first_not_of("imsxUA") != std::string_view::npos) {
    return std::string(text);
  }
  *options |= PCRE2_ANCHORED;
  std::string kept(letters);
  kept.erase(std::remove(kept.begin(), kept.end(), 'A'), kept.end());
  return (kept.empty() ? "" : "(?" + kept + ')') + std::string(text.substr(close + 1));
}

}  // namespace

struct PatternScratch::State {
  std::unique_ptr<pcre2_match_data, Deleter<pcre2_match_data_free>> data;
  std::unique_ptr<pcre2_match_context, Deleter<pcre2_match_context_free>> limits;
  std::unique_ptr<pcre2_jit_stack, Deleter<pcre2_jit_stack_free>> stack;
  std::uint32_t groups = 0;  // Room of `data`.

  bool make_room(std::uint32_t needed) {
    if (needed <= groups && data != nullptr) return true;
    data.reset(pcre2_match_data_create(needed, nullptr));
    groups = data == nullptr ? 0 : needed;
    return data != nullptr;
  }
};

PatternScratch::PatternScratch() : state_(std::make_unique<State>()) {
  // Made at the first match would be cheaper for who never matches, but a match must not fail for memory.
  state_->limits.reset(pcre2_match_context_create(nullptr));
  if (state_->limits == nullptr) return;
  pcre2_set_match_limit(state_->limits.get(), kStepsMax);
  pcre2_set_heap_limit(state_->limits.get(), kHeapKibMax);
  state_->stack.reset(pcre2_jit_stack_create(kStackBytes, kStackBytesMax, nullptr));
  if (state_->stack != nullptr) pcre2_jit_stack_assign(state_->limits.get(), nullptr, state_->stack.get());
}
PatternScratch::~PatternScratch() = default;

bool PatternScratch::has_time_after(std::uint64_t ticks) noexcept {
  static const std::uint64_t measure_ticks = CycleClock::ticks_of_ns(kMeasureNs);
  spent_.ticks += ticks;
  if (spent_.ticks < measure_ticks) return true;
  spent_.ticks = 0;
  const std::int64_t now = processor_ns();
  if (spent_.processor_from_ns == 0) spent_.processor_from_ns = now;
  spent_.all = now - spent_.processor_from_ns > kEvaluationNs;
  return !spent_.all;
}

struct Pattern::Code {
  std::unique_ptr<pcre2_code, Deleter<pcre2_code_free>> code;
  std::uint32_t groups = 1;
};

Pattern::Pattern(std::unique_ptr<Code> code) noexcept : code_(std::move(code)) {}
Pattern::~Pattern() = default;

Status Pattern::compile(std::string_view text, bool is_plain_text, std::unique_ptr<Pattern>* out) {
  if (text.size() > kPatternBytesMax) {
    return Status(AMPS_E_FILTER, "pattern of " + std::to_string(text.size()) + " bytes exceeds limit of " +
                                     std::to_string(kPatternBytesMax));
  }
  std::uint32_t options = PCRE2_USE_OFFSET_LIMIT;
  options |= is_plain_text ? PCRE2_LITERAL : PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C;
  const std::string pattern = is_plain_text ? std::string(text) : take_anchor(text, &options);
  auto code = std::make_unique<Code>();
  int error = 0;
  PCRE2_SIZE offset = 0;
  code->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options,
                                 &error, &offset, nullptr));
  if (code->code == nullptr) {
    char message[160] = "";
    pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(message), sizeof message);
    return Status(AMPS_E_FILTER, "pattern, at offset " + std::to_string(offset) + ": " + message);
  }
  pcre2_jit_compile(code->code.get(), PCRE2_JIT_COMPLETE);  // Without it patterns are only slower.
  std::uint32_t captures = 0;
  pcre2_pattern_info(code->code.get(), PCRE2_INFO_CAPTURECOUNT, &captures);
  code->groups = captures + 1;
  out->reset(new Pattern(std::move(code)));
  return {};
}

int Pattern::run(std::string_view subject, std::size_t from, PatternScratch* scratch) const noexcept {
  PatternScratch::State& state = *scratch->state_;
  pcre2_match_context* const limits = state.limits.get();
  if (limits == nullptr || !state.make_room(code_->groups)) return PCRE2_ERROR_NOMEMORY;
  const auto match = [&](std::size_t first, std::size_t last) {
    pcre2_set_offset_limit(limits, last);
    return pcre2_match(code_->code.get(), reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), first,
                       0, state.data.get(), limits);
  };
  const std::size_t size = subject.size() - from;
  scratch->spent_.bytes += std::min(size, kUnmeasuredBytes) + kBytesOfMatch;
  if (scratch->spent_.bytes <= kUnmeasuredBytes) return match(from, PCRE2_UNSET);
  if (scratch->spent_.all) return PCRE2_ERROR_MATCHLIMIT;
  static const std::uint64_t quick_ticks = CycleClock::ticks_of_ns(kMeasureNs);
  std::size_t stretch = size <= kUnmeasuredBytes ? size : kFirstStretch;
  for (std::size_t first = from; first <= subject.size();) {
    const std::size_t last = first + stretch;
    const std::uint64_t began = CycleClock::now();
    const int result = match(first, last);
    const std::uint64_t took = CycleClock::now() - began;
    const bool has_time = scratch->has_time_after(took);
    if (result != PCRE2_ERROR_NOMATCH) return result;
    if (!has_time) return PCRE2_ERROR_MATCHLIMIT;
    if (took < quick_ticks) stretch *= 4;
    first = last + 1;
  }
  return PCRE2_ERROR_NOMATCH;
}

bool Pattern::matches(std::string_view subject, PatternScratch* scratch) const noexcept {
  Span span;
  return find(subject, 0, scratch, &span);
}

bool Pattern::find(std::string_view subject, std::size_t from, PatternScratch* scratch,
                   Span* out) const noexcept {
  const int result = run(subject, from, scratch);
  if (result < 0) {
    if (result != PCRE2_ERROR_NOMATCH) ++scratch->failures_;
    return false;
  }
  const PCRE2_SIZE* const offsets = pcre2_get_ovector_pointer(scratch->state_->data.get());
  *out = {std::min(offsets[0], offsets[1]), offsets[1]};  // \K in a lookahead can put the end first.
  return true;
}

bool Pattern::group(std::size_t number, const PatternScratch& scratch, Span* out) const noexcept {
  if (number >= code_->groups) return false;
  const PCRE2_SIZE* const offsets = pcre2_get_ovector_pointer(scratch.state_->data.get());
  *out = {offsets[2 * number], offsets[2 * number + 1]};
  return out->begin != PCRE2_UNSET && out->begin <= out->end;
}

}  // namespace amps::broker
