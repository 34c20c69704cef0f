// SPDX-License-Identifier: Apache-2.0
#include "wire/header_decoder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "base/limits.h"

namespace amps::wire {

namespace {

// ---- Keys: a hash table made from the field table at compile time ------------------------------

struct KeySlot {
  std::string_view key;
  int field = -1;
};

constexpr std::size_t kKeySlots = 256;

constexpr std::size_t key_hash(std::string_view key) noexcept {
  const auto first = static_cast<unsigned char>(key.front());
  const auto last = static_cast<unsigned char>(key.back());
  return (key.size() * 31u + first * 7u + last * 59u) % kKeySlots;
}

constexpr void insert_key(std::array<KeySlot, kKeySlots>& slots, std::string_view key, int field) {
  if (key.empty()) return;
  std::size_t at = key_hash(key);
  while (slots[at].field >= 0) at = (at + 1) % kKeySlots;
  slots[at].key = key;
  slots[at].field = field;
}

constexpr std::array<KeySlot, kKeySlots> make_key_slots() {
  std::array<KeySlot, kKeySlots> slots{};
#define AMPS_X(name, key, second, third, kind) \
  insert_key(slots, key, AMPS_##name);         \
  insert_key(slots, second, AMPS_##name);      \
  insert_key(slots, third, AMPS_##name);
  AMPS_FIELD_TABLE(AMPS_X)
#undef AMPS_X
  return slots;
}

constexpr std::array<KeySlot, kKeySlots> kKeys = make_key_slots();

int find_field(std::string_view key) noexcept {
  for (std::size_t at = key_hash(key); kKeys[at].field >= 0; at = (at + 1) % kKeySlots) {
    if (kKeys[at].key == key) return kKeys[at].field;
  }
  return -1;
}

// ---- Characters ---------------------------------------------------------------------------------

constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_key_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// First byte that ends or complicates a string: quote, backslash or a control character.
const char* find_string_stop(const char* at, const char* end) noexcept {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  constexpr std::uint64_t kOnes = 0x0101010101010101u, kHighs = 0x8080808080808080u;
  while (end - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    const std::uint64_t quote = word ^ (kOnes * '"'), slash = word ^ (kOnes * '\\');
    // The lowest marked byte of each term is exact; bytes above it may be marked by a borrow.
    const std::uint64_t found = (((quote - kOnes) & ~quote) | ((slash - kOnes) & ~slash) |
                                 ((word - kOnes * 0x20) & ~word)) & kHighs;
    if (found != 0) return at + (__builtin_ctzll(found) >> 3);
    at += 8;
  }
#endif
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
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
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (code >> 18)));
    out->push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

// ---- The scan -----------------------------------------------------------------------------------

// One pass over a header's text. Every step returns false after setting `expected_`.
class Scan {
 public:
  Scan(std::string_view text, Buffer* scratch) noexcept
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()), scratch_(scratch) {}

  bool header(Header* out);
  std::size_t offset() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
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
  bool key(std::string_view* out) noexcept;
  bool string(std::string_view* out);
  bool escaped_string(const char* begin, std::string_view* out);
  bool escape();
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
    if (!member(out)) return false;
    skip_space();
    if (at_ != end_ && *at_ == '}') {
      ++at_;
      return true;
    }
    if (!take(',', "',' or '}'")) return false;
    skip_space();
  }
  return fail("at most 1024 members");
}

bool Scan::member(Header* out) {
  std::string_view name, value;
  if (!key(&name)) return false;
  skip_space();
  if (!take(':', "':'")) return false;
  skip_space();
  if (at_ == end_) return fail("a value");
  const int field = find_field(name);
  if (*at_ == '{' || *at_ == '[') return field < 0 ? skip_nested() : fail("a string or a bare word");
  if (*at_ == '"') {
    ++at_;
    if (!string(&value)) return false;
  } else {
    if (!bare(&value)) return false;
    if (value == "null") return true;  // Absent.
  }
  if (field >= 0) out->set(static_cast<FieldId>(field), value);
  return true;
}

bool Scan::key(std::string_view* out) noexcept {
  if (!take('"', "'\"' before a key")) return false;
  const char* const begin = at_;
  while (at_ != end_ && is_key_char(*at_)) ++at_;
  if (at_ == begin) return fail("a key");
  *out = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
  return take('"', "'\"' after a key");
}

bool Scan::string(std::string_view* out) {
  const char* const begin = at_;
  at_ = find_string_stop(at_, end_);
  if (at_ != end_ && *at_ == '\\') return escaped_string(begin, out);
  *out = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
  return take('"', "'\"' at the end of a string without control characters");
}

bool Scan::escaped_string(const char* begin, std::string_view* out) {
  // Decoding never lengthens text, so this room is enough for all values of the header: views stay valid.
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
  if (at_ == end_) return fail("an escape");
  const char c = *at_++;
  switch (c) {
    case 'b': scratch_->push_back('\b'); return true;
    case 'f': scratch_->push_back('\f'); return true;
    case 'n': scratch_->push_back('\n'); return true;
    case 'r': scratch_->push_back('\r'); return true;
    case 't': scratch_->push_back('\t'); return true;
    case 'u': break;
    default:  // `"`, `\`, `/`; an unknown escape stands for itself (protocol 2.1).
      if (static_cast<unsigned char>(c) < 0x20) return fail("an escape");
      scratch_->push_back(c);
      return true;
  }
  const int first = read_hex4(at_, end_);
  if (first < 0) return fail("four hexadecimal digits");
  at_ += 4;
  std::uint32_t code = static_cast<std::uint32_t>(first);
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

bool Scan::bare(std::string_view* out) noexcept {
  const char* const begin = at_;
  while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != '"' && !is_space(*at_)) ++at_;
  if (at_ == begin) return fail("a value");
  *out = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
  return true;
}

bool Scan::skip_nested() noexcept {
  std::uint32_t depth = 1;  // The header itself.
  do {
    if (at_ == end_) return fail("the end of a nested value");
    const char c = *at_++;
    if (c == '{' || c == '[') {
      if (++depth > kHeaderDepthMax) return fail("nesting of at most 8 levels");
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == '"') {
      while (at_ != end_ && *at_ != '"') at_ += (*at_ == '\\' && end_ - at_ > 1) ? 2 : 1;
      if (at_ == end_) return fail("the end of a string");
      ++at_;
    }
  } while (depth > 1);
  return true;
}

}  // namespace

Status HeaderDecoder::decode(std::string_view frame, Header* out) {
  out->clear();
  scratch_.clear();
  Scan scan(frame.substr(0, kHeaderBytesMax), &scratch_);
  if (!scan.header(out)) {
    if (scan.offset() >= kHeaderBytesMax) {
      return Status(AMPS_E_STREAM, "header exceeds limit of " + std::to_string(kHeaderBytesMax) + " bytes");
    }
    return Status(AMPS_E_STREAM, "malformed header at byte " + std::to_string(scan.offset()) + ": expected " +
                                     scan.expected());
  }
  out->size_bytes = static_cast<std::uint32_t>(scan.offset());
  out->command = command_of(out->get(AMPS_Command));
  if (out->has(AMPS_AckType)) out->ack_types = ack_types_of(out->get(AMPS_AckType));
  return {};
}

}  // namespace amps::wire
