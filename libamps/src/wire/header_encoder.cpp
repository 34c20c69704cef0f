// SPDX-License-Identifier: Apache-2.0
#include "wire/header_encoder.h"

#include <cstring>

#include "amps/amps_client.h"
#include "base/decimal.h"
#include "base/limits.h"
#include "wire/vocabulary.h"

namespace amps::wire {

namespace {

constexpr std::size_t kPrefixBytes = 4;

struct Row {
  std::string_view key;
  std::uint32_t kind;
};

constexpr Row kRows[] = {
#define AMPS_X(name, key, second, third, kind) {key, AMPS_FIELD_KIND_##kind},
    AMPS_FIELD_TABLE(AMPS_X)
#undef AMPS_X
};

bool is_plain_char(char c) noexcept {
  return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
}

bool is_number(std::string_view value) noexcept {
  for (const char c : value) {
    if (c < '0' || c > '9') return false;
  }
  return !value.empty();
}

// A value that stands without quotes. What a program put into a number field and is none is quoted
// like any text: bare it could end the header early.
bool is_bare(unsigned field, std::string_view value) noexcept {
  const std::uint32_t kind = kRows[field].kind;
  return (kind == AMPS_FIELD_KIND_NUMBER && is_number(value)) ||
         (kind == AMPS_FIELD_KIND_BOOL && (value == "true" || value == "false"));
}

std::size_t escaped_size(std::string_view value) noexcept {
  std::size_t size = value.size();
  for (const char c : value) {
    if (is_plain_char(c)) continue;
    const bool is_short = c == '"' || c == '\\' || (c >= '\b' && c <= '\r' && c != '\v');
    size += is_short ? 1 : 5;
  }
  return size;
}

// Calls visit(field, value) in the order in which fields are written: the command first, the ack
// types last, in between by number.
template <typename Visit>
void for_each_field(const Header& header, Visit visit) {
  const std::string_view command = command_text(header.command);
  visit(unsigned{AMPS_Command}, command.empty() ? header.get(AMPS_Command) : command);
  std::uint64_t rest = header.present & ~(field_bit(AMPS_Command) | field_bit(AMPS_AckType));
  for (; rest != 0; rest &= rest - 1) {
    const auto field = static_cast<unsigned>(__builtin_ctzll(rest));
    visit(field, view_of(header.fields[field]));
  }
  const bool has_bits = header.ack_types != 0;
  visit(unsigned{AMPS_AckType}, has_bits ? ack_types_text(header.ack_types) : header.get(AMPS_AckType));
}

void append_field(Buffer* out, bool* first, unsigned field, std::string_view value) {
  if (value.empty()) return;
  if (!*first) out->push_back(',');
  *first = false;
  const std::string_view key = kRows[field].key;
  char* at = out->extend(key.size() + 3);
  *at = '"';
  std::memcpy(at + 1, key.data(), key.size());
  at[key.size() + 1] = '"';
  at[key.size() + 2] = ':';
  if (is_bare(field, value)) {
    out->append(value);
    return;
  }
  out->push_back('"');
  append_escaped(out, value);
  out->push_back('"');
}

}  // namespace

void store_length(char* at, std::uint32_t length) noexcept {
  at[0] = static_cast<char>(length >> 24);
  at[1] = static_cast<char>(length >> 16);
  at[2] = static_cast<char>(length >> 8);
  at[3] = static_cast<char>(length);
}

std::uint32_t load_length(const char* at) noexcept {
  const auto byte = [at](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
  return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

bool needs_escape(std::string_view value) noexcept {
  for (const char c : value) {
    if (!is_plain_char(c)) return true;
  }
  return false;
}

void append_escaped(Buffer* out, std::string_view value) {
  static constexpr char kHex[] = "0123456789abcdef";
  while (!value.empty()) {
    std::size_t plain = 0;
    while (plain < value.size() && is_plain_char(value[plain])) ++plain;
    out->append(value.substr(0, plain));
    if (plain == value.size()) return;
    const char c = value[plain];
    value.remove_prefix(plain + 1);
    out->push_back('\\');
    switch (c) {
      case '\b':
        out->push_back('b');
        break;
      case '\f':
        out->push_back('f');
        break;
      case '\n':
        out->push_back('n');
        break;
      case '\r':
        out->push_back('r');
        break;
      case '\t':
        out->push_back('t');
        break;
      case '"':
      case '\\':
        out->push_back(c);
        break;
      default:
        out->append("u00");
        out->push_back(kHex[static_cast<unsigned char>(c) >> 4]);
        out->push_back(kHex[static_cast<unsigned char>(c) & 15]);
    }
  }
}

void append_text_member(Buffer* out, std::string_view key, std::string_view value) {
  out->append(",\"");
  out->append(key);
  out->append("\":\"");
  append_escaped(out, value);
  out->push_back('"');
}

void append_number_member(Buffer* out, std::string_view key, std::uint64_t value) {
  out->append(",\"");
  out->append(key);
  out->append("\":");
  out->append(DecimalText(value).view());
}

void append_header(Buffer* out, const Header& header) {
  out->push_back('{');
  bool first = true;
  for_each_field(header,
                 [&](unsigned field, std::string_view value) { append_field(out, &first, field, value); });
  out->push_back('}');
}

void append_frame(Buffer* out, const Header& header, std::string_view body) {
  const std::size_t start = out->size();
  try {
    out->extend(kPrefixBytes);
    append_header(out, header);
    out->append(body);
  } catch (...) {
    out->truncate(start);  // A part of a frame would spoil all that follow.
    throw;
  }
  store_length(out->data() + start, static_cast<std::uint32_t>(out->size() - start - kPrefixBytes));
}

bool frame_fits(const Header& header, std::string_view body) noexcept {
  std::size_t size = 2;  // Braces.
  for_each_field(header, [&](unsigned field, std::string_view value) {
    if (!value.empty()) size += kRows[field].key.size() + escaped_size(value) + 6;  // "key":"value",
  });
  return size <= kFrameSentBytesMax && body.size() <= kFrameSentBytesMax - size;
}

PublishTemplate::PublishTemplate(std::string_view topic, bool delta) : topic_(topic), delta_(delta) {
  Buffer head;
  head.extend(kPrefixBytes);
  head.append(delta ? "{\"c\":\"delta_publish\"" : "{\"c\":\"p\"");
  append_text_member(&head, "t", topic);
  head_.assign(head.data(), head.size());
}

void PublishTemplate::append(Buffer* out, std::string_view body) const {
  const std::size_t size = head_.size() + 1 + body.size();
  char* to = out->extend(size);
  std::memcpy(to, head_.data(), head_.size());
  store_length(to, static_cast<std::uint32_t>(size - kPrefixBytes));
  to[head_.size()] = '}';
  if (!body.empty()) std::memcpy(to + head_.size() + 1, body.data(), body.size());
}

void PublishTemplate::append(Buffer* out, std::string_view body, std::uint64_t sequence,
                             std::uint32_t expiration_s) const {
  constexpr std::string_view kSequence = ",\"s\":", kExpiration = ",\"e\":", kAck = ",\"a\":\"persisted\"";
  const std::size_t start = out->size();
  const std::size_t members_max = kSequence.size() + kExpiration.size() + kAck.size() + 2 * kDecimalBytesMax;
  char* const begin = out->extend(head_.size() + members_max + 1 + body.size());
  char* at = begin;
  const auto put = [&at](std::string_view bytes) {
    std::memcpy(at, bytes.data(), bytes.size());
    at += bytes.size();
  };
  put(head_);
  if (sequence != 0) {
    put(kSequence);
    at += format_decimal(at, sequence);
  }
  if (expiration_s != AMPS_NO_EXPIRATION) {
    put(kExpiration);
    at += format_decimal(at, expiration_s);
  }
  if (sequence != 0) put(kAck);
  *at++ = '}';
  if (!body.empty()) put(body);
  const auto size = static_cast<std::size_t>(at - begin);
  out->truncate(start + size);
  store_length(begin, static_cast<std::uint32_t>(size - kPrefixBytes));
}

}  // namespace amps::wire
