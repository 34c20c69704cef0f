// SPDX-License-Identifier: Apache-2.0
#include "wire/header_decoder.h"

#include <string>

#include "base/limits.h"
#include "wire/field_keys.h"
#include "wire/string_stop.h"

namespace amps::wire {
namespace {

constexpr bool is_space(char c) noexcept {
  return c <= ' ' && (c == ' ' || c == '\t' || c == '\n' || c == '\r');
}
// Bytes of a value without quotes: also `:`, `|`, `/` and brackets, as in bookmarks and timestamps.
constexpr bool is_bare_char(char c) noexcept {
  return static_cast<unsigned char>(c) > ' ' && c != ',' && c != '}' && c != '"';
}
int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// -1 unless four hexadecimal digits follow.
int read_hex4(const char* at, const char* end) noexcept {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// A lone surrogate becomes three bytes that are no UTF-8, so that whoever checks the text refuses it.
void append_utf8(Buffer* out, std::uint32_t code) {
  const auto tail = [&](int shift) { out->push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3F))); };
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    out->push_back(static_cast<char>(0xF0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

// The last of several values wins. An empty value is an absent one (protocol 2.1, writers).
void store(Header* out, int field, std::string_view value) noexcept {
  if (field < 0) return;
  const auto id = static_cast<FieldId>(field);
  out->set(id, value);
  if (value.empty()) out->present &= ~field_bit(id);
}

// Decodes one member of the form real peers write: a known key of up to eight bytes, no white space,
// a plain string or digits. Returns where it ends; nullptr, and nothing stored, for any other form.
// The end of the key is looked for byte by byte on purpose: branches that the processor foresees let
// it go on to the value at once, while arithmetic on the position would make it wait.
const char* quick_member(const char* at, const char* end, Header* out) noexcept {
  if (end - at < 12 || *at != '"') return nullptr;  // Key, two quotes, colon, one byte of the value.
  const char* const key = at + 1;
  int size = 1;
  while (size < 8 && key[size] != '"') ++size;
  if (key[size] != '"' || key[size + 1] != ':') return nullptr;
  const std::uint64_t word = load_word(key);
  const KeyWords words =
      size == 8 ? KeyWords{word, word} : KeyWords{word & ((std::uint64_t{1} << (8 * size)) - 1), 0};
  const int field = find_field(words, {key, static_cast<std::size_t>(size)});
  if (field < 0) return nullptr;
  at = key + size + 2;
  const bool is_quoted = *at == '"';
  const char* const value = is_quoted ? ++at : at;
  if (is_quoted) {
    at = find_string_stop(at, end);
    if (at == end || *at != '"') return nullptr;
  } else {
    while (at != end && *at >= '0' && *at <= '9') ++at;
    if (at == value || at == end || (*at != ',' && *at != '}')) return nullptr;
  }
  store(out, field, {value, static_cast<std::size_t>(at - value)});
  return is_quoted ? at + 1 : at;
}

// One pass over a header's text. Every step returns false after noting what it expected.
class Scan {
 public:
  Scan(std::string_view text, Buffer* scratch) noexcept
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()), scratch_(scratch) {}

  bool header(Header* out);
  std::size_t offset() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
  bool at_end() const noexcept { return at_ == end_; }
  const char* expected() const noexcept { return expected_; }

 private:
  bool fail(const char* expected) noexcept {
    expected_ = expected;
    return false;
  }
  void skip_space() noexcept {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }
  bool take(char c, const char* expected) noexcept {
    if (at_ == end_ || *at_ != c) return fail(expected);
    ++at_;
    return true;
  }
  bool member(Header* out);
  bool key(int* field) noexcept;
  bool string(std::string_view* out);
  bool escaped_string(const char* begin, std::string_view* out);
  bool escape();
  bool unicode_escape();
  bool skip_string() noexcept;
  bool bare(std::string_view* out) noexcept;
  bool skip_nested() noexcept;

  const char* const begin_;
  const char* at_;
  const char* const end_;
  Buffer* const scratch_;
  const char* expected_ = "";
};

bool Scan::header(Header* out) {
  skip_space();
  if (!take('{', "'{'")) return false;
  skip_space();
  if (at_ != end_ && *at_ == '}') {
    ++at_;
    return true;
  }
  for (std::uint32_t count = 0; count < kHeaderFieldCountMax; ++count) {
    if (const char* after = quick_member(at_, end_, out)) {
      at_ = after;
    } else if (!member(out)) {
      return false;
    }
    skip_space();
    if (at_ != end_ && *at_ == '}') {
      ++at_;
      return true;
    }
    if (!take(',', "',' or '}'")) return false;
    skip_space();
  }
  static_assert(kHeaderFieldCountMax == 1024, "the text below names the limit");
  return fail("no more than 1024 members");
}

bool Scan::member(Header* out) {
  int field = -1;
  if (!key(&field)) return false;
  skip_space();
  if (!take(':', "':'")) return false;
  skip_space();
  if (at_ == end_) return fail("a value");
  std::string_view value;
  if (*at_ == '"') {
    ++at_;
    if (!string(&value)) return false;
  } else if (*at_ == '{' || *at_ == '[') {
    return field < 0 ? skip_nested() : fail("a string or a bare word");
  } else {
    if (!bare(&value)) return false;
    if (value == "null") value = {};
  }
  store(out, field, value);
  return true;
}

// No known key has escapes, so one with escapes is skipped as unknown.
bool Scan::key(int* field) noexcept {
  if (!take('"', "'\"' before a key")) return false;
  const char* const begin = at_;
  if (!skip_string()) return false;
  const std::string_view key(begin, static_cast<std::size_t>(at_ - 1 - begin));
  if (key.empty()) return fail("a key that is not empty");
  *field = find_field(key);
  return true;
}

bool Scan::string(std::string_view* out) {
  const char* const begin = at_;
  at_ = find_string_stop(at_, end_);
  if (at_ != end_ && *at_ == '\\') return escaped_string(begin, out);
  *out = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
  return take('"', "'\"' at the end of a string without control characters");
}

bool Scan::escaped_string(const char* begin, std::string_view* out) {
  // Decoding never lengthens text, so this room is enough for all values of the header: earlier
  // views into it stay valid.
  scratch_->reserve(static_cast<std::size_t>(end_ - begin_));
  const std::size_t start = scratch_->size();
  scratch_->append({begin, static_cast<std::size_t>(at_ - begin)});
  while (at_ != end_ && *at_ == '\\') {
    ++at_;
    if (!escape()) return false;
    const char* const plain = at_;
    at_ = find_string_stop(at_, end_);
    scratch_->append({plain, static_cast<std::size_t>(at_ - plain)});
  }
  *out = scratch_->view().substr(start);
  return take('"', "'\"' at the end of a string without control characters");
}

bool Scan::escape() {
  if (at_ == end_ || is_control(*at_)) return fail("a character after '\\'");
  char c = *at_++;
  switch (c) {
    case 'b':
      c = '\b';
      break;
    case 'f':
      c = '\f';
      break;
    case 'n':
      c = '\n';
      break;
    case 'r':
      c = '\r';
      break;
    case 't':
      c = '\t';
      break;
    case 'u':
      return unicode_escape();
    default:  // A quote, a backslash, a slash; an unknown escape stands for itself (protocol 2.1).
      break;
  }
  scratch_->push_back(c);
  return true;
}

bool Scan::unicode_escape() {
  const int first = read_hex4(at_, end_);
  if (first < 0) return fail("four hexadecimal digits");
  at_ += 4;
  auto code = static_cast<std::uint32_t>(first);
  if (code >= 0xD800 && code < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
    const int second = read_hex4(at_ + 2, end_);
    if (second >= 0xDC00 && second < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(second) - 0xDC00);
      at_ += 6;
    }
  }
  append_utf8(scratch_, code);
  return true;
}

// Passes over the rest of a string nobody reads, and its closing quote.
bool Scan::skip_string() noexcept {
  for (;;) {
    at_ = find_string_stop(at_, end_);
    if (at_ == end_ || *at_ != '\\')
      return take('"', "'\"' at the end of a string without control characters");
    ++at_;
    if (at_ == end_ || is_control(*at_)) return fail("a character after '\\'");
    ++at_;
  }
}

// A word without quotes. It cannot begin with an apostrophe: that is somebody's idea of a string.
bool Scan::bare(std::string_view* out) noexcept {
  const char* const begin = at_;
  if (*at_ == '\'') return fail("a value");
  while (at_ != end_ && is_bare_char(*at_)) ++at_;
  if (at_ == begin) return fail("a value");
  *out = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
  return true;
}

// Values of unknown keys may be objects and arrays; their brackets must match, outside strings.
bool Scan::skip_nested() noexcept {
  char closers[kHeaderDepthMax];
  std::uint32_t depth = 1;  // The header itself.
  do {
    if (at_ == end_) return fail("the end of a nested value");
    const char c = *at_++;
    if (c == '"') {
      if (!skip_string()) return false;
    } else if (c == '{' || c == '[') {
      static_assert(kHeaderDepthMax == 8, "the text below names the limit");
      if (depth == kHeaderDepthMax) return fail("no more than 8 levels of nesting");
      closers[depth++] = c == '{' ? '}' : ']';
    } else if (c == '}' || c == ']') {
      if (closers[--depth] != c) return fail("a bracket that matches");
    }
  } while (depth > 1);
  return true;
}

Status malformed(const Scan& scan, std::string_view frame) {
  if (scan.at_end() && frame.size() > kHeaderBytesMax) {
    return {AMPS_E_STREAM, "header exceeds limit of " + std::to_string(kHeaderBytesMax) + " bytes"};
  }
  return {AMPS_E_STREAM,
          "malformed header at byte " + std::to_string(scan.offset()) + ": expected " + scan.expected()};
}

}  // namespace

Status HeaderDecoder::decode(std::string_view frame, Header* out) {
  out->clear();
  scratch_.clear();
  Scan scan(frame.substr(0, kHeaderBytesMax), &scratch_);
  const bool complete = scan.header(out);
  out->size_bytes = static_cast<std::uint32_t>(scan.offset());
  out->command = command_of(out->get(AMPS_Command));
  if (out->has(AMPS_AckType)) out->ack_types = ack_types_of(out->get(AMPS_AckType));
  return complete ? Status() : malformed(scan, frame);
}

}  // namespace amps::wire
