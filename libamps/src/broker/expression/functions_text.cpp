// SPDX-License-Identifier: Apache-2.0
// Functions of strings, which are bytes: only ASCII letters have a case.
#include <algorithm>
#include <cmath>

#include "broker/expression/function.h"

namespace amps::broker {

namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

char lower(char byte) noexcept {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
}
char upper(char byte) noexcept {
  return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 32) : byte;
}
bool is_space(char byte) noexcept {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

// A text made of pieces whose number is not known before. Too large: NULL.
class TextBuilder {
 public:
  explicit TextBuilder(TextArena& texts) noexcept : texts_(texts) {}
  void append(std::string_view piece) {
    if (piece.size() > capacity_ - size_ && !grow(piece.size())) return;
    size_ += piece.copy(at_ + size_, piece.size());
  }
  Value value() const noexcept { return is_too_large_ ? Value() : Value::string({at_, size_}); }

 private:
  bool grow(std::size_t more) {
    const std::size_t capacity = std::max(size_ + more, capacity_ * 2);
    char* const to = is_too_large_ ? nullptr : texts_.allocate(capacity);
    is_too_large_ = to == nullptr;
    if (is_too_large_) return false;
    std::copy(at_, at_ + size_, to);
    at_ = to;
    capacity_ = capacity;
    return true;
  }

  TextArena& texts_;
  char* at_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  bool is_too_large_ = false;
};

template <char (*Map)(char) noexcept>
Value mapped(const Call& call) {
  const std::string_view text = call.text(0);
  char* const to = call.texts().allocate(text.size());
  if (to == nullptr) return {};
  std::transform(text.begin(), text.end(), to, Map);
  return Value::string({to, text.size()});
}

Value reverse(const Call& call) {
  const std::string_view text = call.text(0);
  char* const to = call.texts().allocate(text.size());
  if (to == nullptr) return {};
  std::reverse_copy(text.begin(), text.end(), to);
  return Value::string({to, text.size()});
}

Value concat(const Call& call) {
  TextBuilder built(call.texts());
  for (std::size_t i = 0; i < call.count(); ++i) built.append(call.text(i));
  return built.value();
}

Value length(const Call& call) {
  return Value::unsigned_integer(call.text(0).size());
}

template <bool Left, bool Right>
Value trim(const Call& call) {
  std::string_view text = call.text(0);
  while (Left && !text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (Right && !text.empty() && is_space(text.back())) text.remove_suffix(1);
  return Value::string(text);
}

Value substr(const Call& call) {
  const std::string_view text = call.text(0);
  const double size = static_cast<double>(text.size());
  const double position = std::trunc(call.number(1));
  const double length = call.count() == 3 ? std::trunc(call.number(2)) : size;
  if (std::isnan(position) || std::isnan(length)) return {};
  const double begin = position < 0 ? size + position : std::fmax(position - 1, 0);
  if (begin < 0 || begin >= size || length <= 0) return {};
  return Value::string(
      text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(std::fmin(length, size))));
}

std::size_t find_ignoring_case(std::string_view text, std::string_view part) noexcept {
  const auto found = std::search(text.begin(), text.end(), part.begin(), part.end(),
                                 [](char left, char right) { return lower(left) == lower(right); });
  return found == text.end() ? kNowhere : static_cast<std::size_t>(found - text.begin());
}

template <bool IgnoringCase>
Value instr(const Call& call) {
  const std::string_view text = call.text(0);
  const std::string_view part = call.text(1);
  if (text.empty() || part.empty()) return Value::integer(0);
  const std::size_t at = IgnoringCase ? find_ignoring_case(text, part) : text.find(part);
  return Value::unsigned_integer(at == kNowhere ? 0 : at + 1);
}

Value strequal_i(const Call& call) {
  const std::string_view left = call.text(0);
  const std::string_view right = call.text(1);
  return Value::boolean(!left.empty() &&
                        std::equal(left.begin(), left.end(), right.begin(), right.end(),
                                   [](char one, char other) { return lower(one) == lower(other); }));
}

// The replacement may be '', which is NULL: what is found is then removed.
Value replace(const Call& call) {
  std::string_view text = call.text(0);
  const std::string_view part = call.text(1);
  const std::string_view replacement = call.text(2);
  if (text.empty() || part.empty()) return {};
  TextBuilder built(call.texts());
  for (std::size_t at = text.find(part); at != kNowhere; at = text.find(part)) {
    built.append(text.substr(0, at));
    built.append(replacement);
    text.remove_prefix(at + part.size());
  }
  built.append(text);
  return built.value();
}

// $1 and \1 stand for groups, 0 for the whole match.
void append_replacement(std::string_view subject, std::string_view replacement, const Pattern& pattern,
                        const PatternScratch& scratch, TextBuilder* built) {
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const bool is_reference = (replacement[i] == '$' || replacement[i] == '\\') &&
                              i + 1 < replacement.size() && replacement[i + 1] >= '0' &&
                              replacement[i + 1] <= '9';
    if (!is_reference) {
      built->append(replacement.substr(i, 1));
      continue;
    }
    Pattern::Span span{};
    if (pattern.group(static_cast<std::size_t>(replacement[++i] - '0'), scratch, &span)) {
      built->append(subject.substr(span.begin, span.end - span.begin));
    }
  }
}

Value regexp_replace(const Call& call) {
  const std::string_view text = call.text(0);
  const Pattern* const pattern = call.scratch().pattern(call.text(1));
  if (text.empty() || pattern == nullptr) return {};
  const std::string_view replacement = call.text(2);
  PatternScratch& scratch = call.scratch().patterns();
  TextBuilder built(call.texts());
  std::size_t at = 0;
  Pattern::Span match{};
  while (at <= text.size() && pattern->find(text, at, &scratch, &match)) {
    built.append(text.substr(at, match.begin - at));
    append_replacement(text, replacement, *pattern, scratch, &built);
    at = match.end;
    if (match.begin != match.end) continue;
    built.append(text.substr(at, 1));  // An empty match: step on.
    ++at;
  }
  if (at < text.size()) built.append(text.substr(at));
  return built.value();
}

Value regexp_match(const Call& call) {
  const std::string_view text = call.text(0);
  const Pattern* const pattern = call.scratch().pattern(call.text(1));
  Pattern::Span match{};
  if (pattern == nullptr || !pattern->find(text, 0, &call.scratch().patterns(), &match)) return {};
  return Value::string(text.substr(match.begin, match.end - match.begin));
}

Value char_value(const Call& call) {
  const double code = std::trunc(call.number(0));
  if (!(code >= 0 && code <= 255)) return {};
  char* const to = call.texts().allocate(1);
  if (to == nullptr) return {};
  *to = static_cast<char>(static_cast<unsigned char>(code));
  return Value::string({to, 1});
}

// CRC-32C without the final inversion (broker 2.9).
Value crc32(const Call& call) {
  struct Table {
    Table() {
      for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t rest = i;
        for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ (0x82F63B78u & (0 - (rest & 1)));
        rests[i] = rest;
      }
    }
    std::uint32_t rests[256];
  };
  static const Table table;
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char byte : call.text(0))
    crc = (crc >> 8) ^ table.rests[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  return Value::unsigned_integer(crc);
}

constexpr NullRule kNull = NullRule::kNull;
constexpr NullRule kPassed = NullRule::kPassed;
constexpr Function kFunctions[] = {
    {"CHAR_VALUE", 1, 1, kNull, true, char_value},
    {"CONCAT", 1, kManyArguments, kPassed, true, concat},
    {"CRC32", 1, 1, kNull, true, crc32},
    {"INSTR", 2, 2, kPassed, true, instr<false>},
    {"INSTR_I", 2, 2, kPassed, true, instr<true>},
    {"LENGTH", 1, 1, kNull, true, length},
    {"LOWER", 1, 1, kNull, true, mapped<lower>},
    {"LTRIM", 1, 1, kNull, true, trim<true, false>},
    {"REGEXP_MATCH", 2, 2, kNull, true, regexp_match},
    {"REGEXP_REPLACE", 3, 3, kPassed, true, regexp_replace},
    {"REPLACE", 3, 3, kPassed, true, replace},
    {"REVERSE", 1, 1, kNull, true, reverse},
    {"RTRIM", 1, 1, kNull, true, trim<false, true>},
    {"STREQUAL_I", 2, 2, kPassed, true, strequal_i},
    {"SUBSTR", 2, 3, kNull, true, substr},
    {"TRIM", 1, 1, kNull, true, trim<true, true>},
    {"UPPER", 1, 1, kNull, true, mapped<upper>},
};

}  // namespace

FunctionFamily text_functions() noexcept {
  return {kFunctions, std::size(kFunctions)};
}

}  // namespace amps::broker
