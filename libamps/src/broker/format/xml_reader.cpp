// SPDX-License-Identifier: Apache-2.0
#include "broker/format/xml_reader.h"

#include <algorithm>
#include <cstring>

#include "broker/format/message_format.h"
#include "broker/format/utf8.h"

namespace amps::broker {

namespace {

bool is_space(char byte) noexcept {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

bool is_name_begin(char byte) noexcept {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == ':' ||
         static_cast<unsigned char>(byte) >= 0x80;
}

bool is_name_byte(char byte) noexcept {
  return is_name_begin(byte) || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
}

const char* skip_space(const char* at, const char* end) noexcept {
  while (at != end && is_space(*at)) ++at;
  return at;
}

// The number of `#65` or `#x41`; 0: none.
std::uint32_t character_number(std::string_view entity) noexcept {
  const bool is_hex = entity.size() > 1 && (entity[1] == 'x' || entity[1] == 'X');
  std::uint32_t point = 0;
  for (const char byte : entity.substr(is_hex ? 2 : 1)) {
    const char lower = static_cast<char>(byte | 0x20);
    std::uint32_t digit = 0;
    if (byte >= '0' && byte <= '9') {
      digit = static_cast<std::uint32_t>(byte - '0');
    } else if (is_hex && lower >= 'a' && lower <= 'f') {
      digit = static_cast<std::uint32_t>(lower - 'a' + 10);
    } else {
      return 0;
    }
    point = point * (is_hex ? 16 : 10) + digit;
    if (point > 0x10FFFF) return 0;
  }
  return point;
}

struct Entity {
  std::string_view name;
  char byte;
};
constexpr Entity kEntities[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};

// Appends what an entity stands for; null: it is unknown.
char* append_entity(std::string_view entity, char* to) noexcept {
  for (const Entity& one : kEntities) {
    if (one.name != entity) continue;
    *to = one.byte;
    return to + 1;
  }
  const std::uint32_t point = entity.substr(0, 1) == "#" ? character_number(entity) : 0;
  return point == 0 ? nullptr : append_utf8(to, point);
}

}  // namespace

bool is_xml_name(std::string_view name) noexcept {
  return !name.empty() && is_name_begin(name.front()) && std::all_of(name.begin(), name.end(), is_name_byte);
}

void append_xml_text(std::string_view text, Buffer* out) {
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const Entity& one : kEntities) {
      if (text[i] != one.byte) continue;
      out->append(text.substr(plain, i - plain));
      out->push_back('&');
      out->append(one.name);
      out->push_back(';');
      plain = i + 1;
    }
  }
  out->append(text.substr(plain));
}

XmlReader::Event XmlReader::fail(const char* problem) noexcept {
  if (problem_ == nullptr) problem_ = problem;
  return Event::kMalformed;
}

bool XmlReader::begins_with(std::string_view mark) const noexcept {
  return static_cast<std::size_t>(end_ - at_) >= mark.size() &&
         std::memcmp(at_, mark.data(), mark.size()) == 0;
}

bool XmlReader::skip_past(std::string_view mark) noexcept {
  const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  const std::size_t found = rest.find(mark);
  if (found == std::string_view::npos) return false;
  at_ += found + mark.size();
  return true;
}

std::string_view XmlReader::take_name() noexcept {
  const char* const begin = at_;
  if (at_ != end_ && is_name_begin(*at_)) {
    while (at_ != end_ && is_name_byte(*at_)) ++at_;
  }
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

// Steps over one thing that is no content. False: it has no end.
bool XmlReader::skip_markup(bool* skipped) {
  *skipped = true;
  if (begins_with("<!--")) {
    at_ += 4;
    return skip_past("-->");
  }
  if (begins_with("<?")) return skip_past("?>");
  if (begins_with("<!DOCTYPE")) {
    // An internal subset would define entities; nobody needs it in a message.
    const char* const close =
        static_cast<const char*>(std::memchr(at_, '>', static_cast<std::size_t>(end_ - at_)));
    if (close == nullptr || std::memchr(at_, '[', static_cast<std::size_t>(close - at_)) != nullptr)
      return false;
    at_ = close + 1;
    return true;
  }
  *skipped = false;
  return true;
}

XmlReader::Event XmlReader::next() {
  if (problem_ != nullptr) return Event::kMalformed;
  if (in_tag_) {
    at_ = skip_space(at_, end_);
    if (at_ == end_) return fail("tag without end");
    if (*at_ == '/') {
      if (!begins_with("/>")) return fail("expected `/>`");
      at_ += 2;
      in_tag_ = false;
      name_ = open_.back();
      open_.pop_back();
      return Event::kEnd;
    }
    if (*at_ != '>') return read_attribute();
    ++at_;
    in_tag_ = false;
  }
  for (bool skipped = true; skipped;) {
    if (open_.empty()) at_ = skip_space(at_, end_);
    if (!skip_markup(&skipped)) return fail("comment or declaration without end");
  }
  if (at_ == end_) return open_.empty() ? Event::kDone : fail("element without end");
  if (begins_with("<![CDATA[")) {
    if (open_.empty()) return fail("text outside of an element");
    const char* const begin = at_ += 9;
    if (!skip_past("]]>")) return fail("character data without end");
    text_ = {begin, static_cast<std::size_t>(at_ - 3 - begin)};
    return Event::kText;
  }
  if (*at_ == '<') return begins_with("</") ? read_end() : read_tag();
  const char* const begin = at_;
  at_ = static_cast<const char*>(std::memchr(at_, '<', static_cast<std::size_t>(end_ - at_)));
  if (at_ == nullptr) at_ = end_;
  if (open_.empty()) return fail("text outside of an element");
  return read_text({begin, static_cast<std::size_t>(at_ - begin)});
}

XmlReader::Event XmlReader::read_tag() {
  ++at_;
  name_ = take_name();
  if (name_.empty()) return fail("expected a name");
  if (open_.size() == kMessageDepthMax) return fail("nested too deep");
  open_.push_back(name_);
  in_tag_ = true;
  return Event::kStart;
}

XmlReader::Event XmlReader::read_end() {
  at_ += 2;
  name_ = take_name();
  if (open_.empty() || name_ != open_.back()) return fail("end of another element");
  at_ = skip_space(at_, end_);
  if (at_ == end_ || *at_ != '>') return fail("expected `>`");
  ++at_;
  open_.pop_back();
  return Event::kEnd;
}

XmlReader::Event XmlReader::read_attribute() {
  name_ = take_name();
  if (name_.empty()) return fail("expected an attribute");
  at_ = skip_space(at_, end_);
  if (at_ == end_ || *at_ != '=') return fail("expected `=`");
  at_ = skip_space(at_ + 1, end_);
  if (at_ == end_ || (*at_ != '"' && *at_ != '\'')) return fail("expected a quote");
  const char quote = *at_++;
  const char* const begin = at_;
  at_ = static_cast<const char*>(std::memchr(begin, quote, static_cast<std::size_t>(end_ - begin)));
  if (at_ == nullptr) {
    at_ = end_;
    return fail("attribute without end");
  }
  const Event event = read_text({begin, static_cast<std::size_t>(at_ - begin)});
  ++at_;
  return event == Event::kText ? Event::kAttribute : event;
}

XmlReader::Event XmlReader::read_text(std::string_view raw) {
  text_ = raw;
  if (raw.find('&') == std::string_view::npos) return Event::kText;
  char* const begin = texts_.allocate(raw.size());
  if (begin == nullptr) return fail("no memory left");
  char* to = begin;
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('&'), raw.size());
    to += raw.copy(to, plain);
    raw.remove_prefix(plain);
    if (raw.empty()) break;
    const std::size_t end = raw.find(';');
    to = end == std::string_view::npos ? nullptr : append_entity(raw.substr(1, end - 1), to);
    if (to == nullptr) return fail("unknown entity");
    raw.remove_prefix(end + 1);
  }
  text_ = {begin, static_cast<std::size_t>(to - begin)};
  return Event::kText;
}

}  // namespace amps::broker
