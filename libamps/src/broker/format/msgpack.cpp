// SPDX-License-Identifier: Apache-2.0
#include "broker/format/msgpack.h"

#include <cstring>
#include <string>

#include "broker/format/msgpack_reader.h"

namespace amps::broker {

namespace {

using Item = MsgpackReader::Item;
using Kind = MsgpackReader::Kind;

Status malformed(const MsgpackReader& reader, const char* problem) {
  return Status(AMPS_E_PUBLISH, "msgpack, at offset " + std::to_string(reader.offset()) + ": " + problem);
}

constexpr const char* kNoItem = "expected a value";
constexpr const char* kNoName = "expected a name";
constexpr const char* kTooDeep = "nested too deep";

// Finds the fields of a plan.
class Extractor {
 public:
  Extractor(const FieldPlan& plan, std::string_view text, FieldValues* out) noexcept
      : plan_(plan), out_(*out), reader_(text) {}

  Status run(FieldPlan::Node root) {
    if (reader_.at_end() || value(root, false, 0)) return {};
    return malformed(reader_, problem_);
  }

 private:
  bool fail(const char* problem) noexcept {
    problem_ = problem;
    return false;
  }

  bool value(FieldPlan::Node node, bool in_array, std::size_t depth) {
    const Item item = reader_.next();
    switch (item.kind) {
      case Kind::kMalformed:
        return fail(kNoItem);
      case Kind::kScalar:
        if (const FieldPlan::Slot slot = plan_.slot_of(node); slot != FieldPlan::kNone) {
          out_.append_element(slot, item.value, in_array);
        }
        return true;
      default:
        if (depth == kMessageDepthMax) return fail(kTooDeep);
        if (item.kind == Kind::kMap) return map(item.count, node, in_array, depth + 1);
    }
    for (std::uint32_t i = 0; i < item.count; ++i) {
      if (!value(node, true, depth + 1)) return false;
    }
    return true;
  }

  bool map(std::uint32_t count, FieldPlan::Node node, bool in_array, std::size_t depth) {
    const std::uint64_t number = out_.new_object();
    std::size_t left = plan_.child_count(node);
    char room[kNumberTextBytesMax];
    for (std::uint32_t i = 0; i < count; ++i) {
      if (left == 0 && depth == 1) return true;
      const Item name = reader_.next();
      if (name.kind != Kind::kScalar) return fail(kNoName);
      const FieldPlan::Node child = plan_.find_child(node, string_form(name.value, room));
      if (child == FieldPlan::kNone || !out_.first_in_object(child, number)) {
        if (!reader_.skip()) return fail(kNoItem);
        continue;
      }
      --left;
      if (!value(child, in_array, depth)) return false;
    }
    return true;
  }

  const FieldPlan& plan_;
  FieldValues& out_;
  MsgpackReader reader_;
  const char* problem_ = "";
};

class Parser {
 public:
  Parser(const MessageFormat& format, std::string_view text, Document* out) noexcept
      : format_(format), out_(*out), reader_(text) {}

  Status run(DocumentNode* root) {
    if (reader_.at_end()) return {};
    if (!value(root, 0)) return malformed(reader_, problem_);
    return reader_.at_end() ? Status() : malformed(reader_, "expected the end");
  }

 private:
  bool fail(const char* problem) noexcept {
    problem_ = problem;
    return false;
  }

  bool value(DocumentNode* node, std::size_t depth) {
    const Item item = reader_.next();
    if (item.kind == Kind::kMalformed) return fail(kNoItem);
    if (item.kind == Kind::kScalar) {
      out_.assign(*node, item.value);
      node->raw = item.raw;
      node->raw_format = &format_;
      return true;
    }
    if (depth == kMessageDepthMax) return fail(kTooDeep);
    out_.reset(*node, item.kind == Kind::kMap ? NodeKind::kObject : NodeKind::kArray);
    for (std::uint32_t i = 0; i < item.count; ++i) {
      if (item.kind == Kind::kMap ? !member(node, depth + 1)
                                  : !value(&out_.append(*node, {}, NodeKind::kScalar), depth + 1)) {
        return false;
      }
    }
    return true;
  }

  // Of equal names the first counts, as in json.
  bool member(DocumentNode* node, std::size_t depth) {
    const Item item = reader_.next();
    if (item.kind != Kind::kScalar) return fail(kNoName);
    char room[kNumberTextBytesMax];
    const std::string_view text = string_form(item.value, room);
    const std::string_view name = text.data() == room ? out_.keep(text) : text;
    const bool repeated = out_.find(*node, name) != nullptr;
    DocumentNode& child = out_.append(*node, name, NodeKind::kScalar);
    if (!value(&child, depth)) return false;
    if (repeated) out_.remove(child);
    return true;
  }

  const MessageFormat& format_;
  Document& out_;
  MsgpackReader reader_;
  const char* problem_ = "";
};

void append_number(std::uint64_t number, std::size_t size, Buffer* out) {
  while (size-- != 0) out->push_back(static_cast<char>(number >> (8 * size)));
}

// The smallest of the codes for 8, 16, 32 and 64 bits that follow one another from `first`.
void append_sized(unsigned char first, std::uint64_t number, unsigned smallest, Buffer* out) {
  out->push_back(static_cast<char>(first + smallest));
  append_number(number, std::size_t{1} << smallest, out);
}

unsigned size_class(std::uint64_t number) noexcept {
  return number <= UINT8_MAX ? 0 : number <= UINT16_MAX ? 1 : number <= UINT32_MAX ? 2 : 3;
}

void append_unsigned(std::uint64_t number, Buffer* out) {
  if (number < 0x80) return out->push_back(static_cast<char>(number));
  append_sized(0xcc, number, size_class(number), out);
}

void append_negative(std::int64_t number, Buffer* out) {
  if (number >= -32) return out->push_back(static_cast<char>(number));
  const unsigned smallest = number >= INT8_MIN ? 0 : number >= INT16_MIN ? 1 : number >= INT32_MIN ? 2 : 3;
  append_sized(0xd0, static_cast<std::uint64_t>(number), smallest, out);
}

void append_string(std::string_view text, Buffer* out) {
  if (text.size() < 32) {
    out->push_back(static_cast<char>(0xa0 | text.size()));
  } else {
    append_sized(0xd9, text.size(), size_class(text.size()), out);
  }
  out->append(text);
}

void append_scalar(const Value& value, Buffer* out) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return out->push_back(static_cast<char>(0xc0));
    case ValueKind::kBoolean:
      return out->push_back(static_cast<char>(value.as_boolean() ? 0xc3 : 0xc2));
    case ValueKind::kInteger:
      if (value.as_integer() < 0) return append_negative(value.as_integer(), out);
      return append_unsigned(value.as_unsigned(), out);
    case ValueKind::kUnsigned:
      return append_unsigned(value.as_unsigned(), out);
    case ValueKind::kFloat: {
      const double number = value.as_float();
      std::uint64_t bits = 0;
      std::memcpy(&bits, &number, sizeof bits);
      out->push_back(static_cast<char>(0xcb));
      return append_number(bits, 8, out);
    }
    case ValueKind::kString:
      return append_string(value.text(), out);
  }
}

// `codes`: up to 15 in one byte, 16 and 32 bits.
void append_container(unsigned char small, unsigned char large, std::size_t count, Buffer* out) {
  if (count < 16) return out->push_back(static_cast<char>(small | count));
  const bool fits = count <= UINT16_MAX;
  out->push_back(static_cast<char>(fits ? large : large + 1));
  append_number(count, fits ? 2 : 4, out);
}

}  // namespace

Status MsgpackFormat::extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view part,
                              FieldValues* out) const {
  return Extractor(plan, part, out).run(node);
}

Status MsgpackFormat::parse(std::string_view part, Document* document, DocumentNode* node) const {
  return Parser(*this, part, document).run(node);
}

Status MsgpackFormat::write(const DocumentNode& node, Buffer* out) const {
  if (node.kind == NodeKind::kScalar) {
    if (node.raw_format == this) {
      out->append(node.raw);
    } else {
      append_scalar(node.value, out);
    }
    return {};
  }
  const bool is_object = node.kind == NodeKind::kObject;
  if (is_object) {
    append_container(0x80, 0xde, node.child_count, out);
  } else {
    append_container(0x90, 0xdc, node.child_count, out);
  }
  for (const DocumentNode* child = node.first; child != nullptr; child = child->next) {
    if (is_object) append_string(child->name, out);
    AMPS_RETURN_IF_ERROR(write(*child, out));
  }
  return {};
}

}  // namespace amps::broker
