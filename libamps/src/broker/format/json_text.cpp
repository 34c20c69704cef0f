// SPDX-License-Identifier: Apache-2.0
#include "broker/format/json_text.h"

#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "broker/format/utf8.h"

namespace amps::broker::json {

namespace {

bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}

int hex_digit(char byte) noexcept {
  if (is_digit(byte)) return byte - '0';
  const char lower = static_cast<char>(byte | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The four digits of \uXXXX; -1 when there are none.
int read_code_unit(const char* at, const char* end) noexcept {
  if (end - at < 4) return -1;
  int unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

// `*at` stands behind \u. Reads the second half of a pair too.
bool read_code_point(const char** at, const char* end, std::uint32_t* point) noexcept {
  const int unit = read_code_unit(*at, end);
  if (unit < 0) return false;
  *at += 4;
  *point = static_cast<std::uint32_t>(unit);
  if (unit < 0xD800 || unit > 0xDFFF) return true;
  *point = 0xFFFD;
  if (unit > 0xDBFF || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u') return true;
  const int low = read_code_unit(*at + 2, end);
  if (low < 0xDC00 || low > 0xDFFF) return true;
  *at += 6;
  *point =
      0x10000u + (static_cast<std::uint32_t>(unit - 0xD800) << 10) + static_cast<std::uint32_t>(low - 0xDC00);
  return true;
}

char simple_escape(char byte) noexcept {
  switch (byte) {
    case '"':
    case '\\':
    case '/':
      return byte;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

bool begins_with(const char* at, const char* end, std::string_view word) noexcept {
  return static_cast<std::size_t>(end - at) >= word.size() && std::memcmp(at, word.data(), word.size()) == 0;
}

// The first of either, or `end`. Most strings are short: one step settles them.
const char* find_quote_or_backslash(const char* at, const char* end) noexcept {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const int found =
        _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    if (found != 0) return at + __builtin_ctz(static_cast<unsigned>(found));
  }
#endif
  while (at != end && *at != '"' && *at != '\\') ++at;
  return at;
}

constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

}  // namespace

const char* find_string_end(const char* at, const char* end, bool* escaped) noexcept {
  *escaped = false;
  for (;; ++at) {
    at = find_quote_or_backslash(at, end);
    if (at == end) return nullptr;
    if (*at == '"') return at;
    *escaped = true;
    if (++at == end) return nullptr;
  }
}

bool unescape(std::string_view raw, TextArena* texts, std::string_view* out) {
  char* const begin = texts->allocate(raw.size());  // Text never grows: \u0800 is six bytes for three.
  if (begin == nullptr) return false;
  char* to = begin;
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at != end) {
    if (*at != '\\') {
      *to++ = *at++;
      continue;
    }
    if (++at == end) return false;
    const char byte = *at++;
    if (byte == 'u') {
      std::uint32_t point = 0;
      if (!read_code_point(&at, end, &point)) return false;
      to = append_utf8(to, point);
      continue;
    }
    *to = simple_escape(byte);
    if (*to == 0) return false;
    ++to;
  }
  const std::size_t size = static_cast<std::size_t>(to - begin);
  texts->shrink(raw.size() - size);
  *out = {begin, size};
  return true;
}

const char* read_number(const char* at, const char* end, Value* out) noexcept {
  const char* const begin = at;
  const bool negative = *at == '-';
  if (negative) ++at;
  const char* const whole = at;
  std::uint64_t digits = 0;
  while (at != end && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  std::size_t count = static_cast<std::size_t>(at - whole);
  if (count == 0 || (count > 1 && *whole == '0')) return nullptr;
  std::size_t fraction = 0;
  bool floating = false;
  bool simple = true;
  if (at != end && *at == '.') {
    floating = true;
    const char* const point = ++at;
    while (at != end && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    fraction = static_cast<std::size_t>(at - point);
    if (fraction == 0) return nullptr;
    count += fraction;
  }
  if (at != end && (*at | 0x20) == 'e') {
    floating = true;
    simple = false;
    if (++at != end && (*at == '+' || *at == '-')) ++at;
    const char* const exponent = at;
    while (at != end && is_digit(*at)) ++at;
    if (at == exponent) return nullptr;
  }
  const std::string_view text(begin, static_cast<std::size_t>(at - begin));
  if (!simple || count > 15) {
    *out = parse_plain_number(text);
  } else if (floating) {
    // At most 15 digits and an exact power of ten: the quotient is correctly rounded.
    const double value = static_cast<double>(digits) / kPowersOfTen[fraction];
    *out = Value::floating(negative ? -value : value, text);
  } else {
    const auto value = static_cast<std::int64_t>(digits);
    *out = Value::integer(negative ? -value : value, text);
  }
  return at;
}

const char* read_literal(const char* at, const char* end, Value* out) noexcept {
  if (at == end) return nullptr;
  switch (*at) {
    case 't':
      *out = Value::boolean(true);
      return begins_with(at, end, "true") ? at + 4 : nullptr;
    case 'f':
      *out = Value::boolean(false);
      return begins_with(at, end, "false") ? at + 5 : nullptr;
    case 'n':
      *out = Value();
      return begins_with(at, end, "null") ? at + 4 : nullptr;
    default:
      return *at == '-' || is_digit(*at) ? read_number(at, end, out) : nullptr;
  }
}

const char* skip_open(const char* at, const char* end, std::size_t depth) noexcept {
  for (; at != end; ++at) {
    switch (*at) {
      case '"': {
        bool escaped = false;
        at = find_string_end(at + 1, end, &escaped);
        if (at == nullptr) return nullptr;
        break;
      }
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (--depth == 0) return at + 1;
        break;
      default:
        break;
    }
  }
  return nullptr;
}

const char* skip_value(const char* at, const char* end) noexcept {
  if (at == end) return nullptr;
  if (*at == '"') {
    bool escaped = false;
    at = find_string_end(at + 1, end, &escaped);
    return at == nullptr ? nullptr : at + 1;
  }
  if (*at == '{' || *at == '[') return skip_open(at + 1, end, 1);
  const char* const begin = at;
  while (at != end && *at != ',' && *at != '}' && *at != ']' && !is_space(*at)) ++at;
  return at == begin ? nullptr : at;
}

void append_string(std::string_view text, Buffer* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  std::size_t plain = 0;  // Where the bytes that need no escape begin.
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out->append(text.substr(plain, i - plain));
    plain = i + 1;
    const std::size_t known = std::string_view("\"\\\n\r\t\b\f").find(static_cast<char>(byte));
    if (known != std::string_view::npos) {
      out->push_back('\\');
      out->push_back("\"\\nrtbf"[known]);
    } else {
      const char escape[] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
      out->append({escape, sizeof escape});
    }
  }
  out->append(text.substr(plain));
  out->push_back('"');
}

}  // namespace amps::broker::json
