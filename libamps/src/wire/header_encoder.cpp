// SPDX-License-Identifier: Apache-2.0
#include "wire/header_encoder.h"

#include <cstring>

#include "base/decimal.h"
#include "base/limits.h"
#include "wire/header_decoder.h"

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

bool is_plain_char(char c) noexcept { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; }

// A value that may stand without quotes: otherwise a reader could not tell where it ends.
bool is_bare(std::string_view value) noexcept {
  for (const char c : value) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))) return false;
  }
  return !value.empty();
}

void append_key(Buffer* out, std::string_view key) {
  if (out->data()[out->size() - 1] != '{') out->push_back(',');
  out->push_back('"');
  out->append(key);
  out->append("\":");
}

void append_field(Buffer* out, unsigned field, std::string_view value) {
  if (value.empty()) return;
  append_key(out, kRows[field].key);
  if (kRows[field].kind >= AMPS_FIELD_KIND_NUMBER && is_bare(value)) {
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
      case '\b': out->push_back('b'); break;
      case '\f': out->push_back('f'); break;
      case '\n': out->push_back('n'); break;
      case '\r': out->push_back('r'); break;
      case '\t': out->push_back('t'); break;
      case '"':
      case '\\': out->push_back(c); break;
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
  const std::string_view command = command_text(header.command);
  append_field(out, AMPS_Command, command.empty() ? header.get(AMPS_Command) : command);
  std::uint64_t rest = header.present & ~(field_bit(AMPS_Command) | field_bit(AMPS_AckType));
  while (rest != 0) {
    const auto field = static_cast<unsigned>(__builtin_ctzll(rest));
    rest &= rest - 1;
    append_field(out, field, view_of(header.fields[field]));
  }
  const std::string_view acks =
      header.ack_types != 0 ? ack_types_text(header.ack_types) : header.get(AMPS_AckType);
  append_field(out, AMPS_AckType, acks);
  out->push_back('}');
}

void append_frame(Buffer* out, const Header& header, std::string_view body) {
  const std::size_t start = out->size();
  out->extend(kPrefixBytes);
  append_header(out, header);
  out->append(body);
  store_length(out->data() + start, static_cast<std::uint32_t>(out->size() - start - kPrefixBytes));
}

bool frame_fits(const Header& header, std::string_view body) noexcept {
  std::size_t bytes = 256;  // Braces, command and ack types.
  for (std::uint64_t rest = header.present; rest != 0; rest &= rest - 1) {
    // An escape makes six bytes of one; keys and punctuation are shorter than 32.
    bytes += header.fields[__builtin_ctzll(rest)].len * 6 + 32;
  }
  return bytes <= kHeaderBytesMax + 256 && body.size() <= kFrameSentBytesMax - bytes;
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
  constexpr std::uint32_t kNoExpiration = 0xFFFFFFFFu;  // AMPS_NO_EXPIRATION of amps_client.h.
  const std::size_t start = out->size();
  out->append(head_);
  if (sequence != 0) append_number_member(out, "s", sequence);
  if (expiration_s != kNoExpiration) append_number_member(out, "e", expiration_s);
  if (sequence != 0) append_text_member(out, "a", "persisted");
  out->push_back('}');
  out->append(body);
  store_length(out->data() + start, static_cast<std::uint32_t>(out->size() - start - kPrefixBytes));
}

}  // namespace amps::wire
