// SPDX-License-Identifier: Apache-2.0
#include "broker/format/json.h"

#include <cmath>
#include <string>

#include "broker/format/json_fields.h"
#include "broker/format/json_text.h"

namespace amps::broker {

namespace {

class Parser {
 public:
  Parser(const MessageFormat& format, std::string_view text, Document* out) noexcept
      : format_(format), out_(*out), begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  Status run(DocumentNode* root) {
    at_ = json::skip_space(at_, end_);
    if (at_ == end_) return {};
    if (value(root, 0)) {
      at_ = json::skip_space(at_, end_);
      if (at_ == end_) return {};
      problem_ = "expected the end";
    }
    return Status(AMPS_E_PUBLISH, "json, at offset " + std::to_string(at_ - begin_) + ": " + problem_);
  }

 private:
  bool fail(const char* problem) noexcept {
    problem_ = problem;
    return false;
  }

  bool value(DocumentNode* node, std::size_t depth) {
    if (at_ == end_) return fail("expected a value");
    if (*at_ == '{' || *at_ == '[') {
      if (depth == kMessageDepthMax) return fail("nested too deep");
      return *at_ == '{' ? object(node, depth + 1) : array(node, depth + 1);
    }
    const char* const begin = at_;
    Value read;
    if (*at_ == '"') {
      std::string_view text;
      if (!string(&text)) return false;
      read = Value::string(text);
    } else {
      const char* const after = json::read_literal(at_, end_, &read);
      if (after == nullptr) return fail("expected a value");
      at_ = after;
    }
    out_.assign(*node, read);
    node->raw = {begin, static_cast<std::size_t>(at_ - begin)};
    node->raw_format = &format_;
    return true;
  }

  bool string(std::string_view* text) {
    bool escaped = false;
    const char* const begin = at_ + 1;
    const char* const close = json::find_string_end(begin, end_, &escaped);
    if (close == nullptr) return fail("string without end");
    *text = {begin, static_cast<std::size_t>(close - begin)};
    if (escaped && !json::unescape(*text, &out_.texts(), text)) return fail("malformed escape");
    at_ = close + 1;
    return true;
  }

  bool array(DocumentNode* node, std::size_t depth) {
    out_.reset(*node, NodeKind::kArray);
    at_ = json::skip_space(at_ + 1, end_);
    if (at_ != end_ && *at_ == ']') return ++at_, true;
    for (;;) {
      if (!value(&out_.append(*node, {}, NodeKind::kScalar), depth)) return false;
      at_ = json::skip_space(at_, end_);
      if (at_ == end_ || (*at_ != ',' && *at_ != ']')) return fail("expected `,` or `]`");
      if (*at_++ == ']') return true;
      at_ = json::skip_space(at_, end_);
    }
  }

  bool object(DocumentNode* node, std::size_t depth) {
    out_.reset(*node, NodeKind::kObject);
    at_ = json::skip_space(at_ + 1, end_);
    if (at_ != end_ && *at_ == '}') return ++at_, true;
    for (;;) {
      if (at_ == end_ || *at_ != '"') return fail("expected a name");
      std::string_view name;
      if (!string(&name)) return false;
      at_ = json::skip_space(at_, end_);
      if (at_ == end_ || *at_ != ':') return fail("expected `:`");
      at_ = json::skip_space(at_ + 1, end_);
      const bool repeated = out_.find(*node, name) != nullptr;
      DocumentNode& child = out_.append(*node, name, NodeKind::kScalar);
      if (!value(&child, depth)) return false;
      if (repeated) out_.remove(child);
      at_ = json::skip_space(at_, end_);
      if (at_ == end_ || (*at_ != ',' && *at_ != '}')) return fail("expected `,` or `}`");
      if (*at_++ == '}') return true;
      at_ = json::skip_space(at_, end_);
    }
  }

  const MessageFormat& format_;
  Document& out_;
  const char* const begin_;
  const char* at_;
  const char* const end_;
  const char* problem_ = "";
};

void append_scalar(const Value& value, Buffer* out) {
  switch (value.kind()) {
    case ValueKind::kNull:
      out->append("null");
      return;
    case ValueKind::kString:
      json::append_string(value.text(), out);
      return;
    case ValueKind::kFloat:
      if (!std::isfinite(value.as_float())) {  // Json has no word for it.
        out->append("0");
        return;
      }
      break;
    default:
      break;
  }
  // The text of a number may come from a format with looser rules, such as `+.5`.
  Value read;
  const std::string_view text = value.text();
  const char* const end = text.data() + text.size();
  if (!text.empty() && json::read_literal(text.data(), end, &read) != end) {
    append_scalar(value.kind() == ValueKind::kFloat      ? Value::floating(value.as_float())
                  : value.kind() == ValueKind::kUnsigned ? Value::unsigned_integer(value.as_unsigned())
                                                         : Value::integer(value.as_integer()),
                  out);
    return;
  }
  append_string_form(value, out);
}

}  // namespace

Status JsonFormat::extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view part,
                           FieldValues* out) const {
  return json::extract_fields(plan, node, part, out);
}

Status JsonFormat::parse(std::string_view part, Document* document, DocumentNode* node) const {
  return Parser(*this, part, document).run(node);
}

Status JsonFormat::write(const DocumentNode& node, Buffer* out) const {
  if (node.kind == NodeKind::kScalar) {
    if (node.raw_format == this) {
      out->append(node.raw);
    } else {
      append_scalar(node.value, out);
    }
    return {};
  }
  const bool is_object = node.kind == NodeKind::kObject;
  out->push_back(is_object ? '{' : '[');
  for (const DocumentNode* child = node.first; child != nullptr; child = child->next) {
    if (child != node.first) out->push_back(',');
    if (is_object) {
      json::append_string(child->name, out);
      out->push_back(':');
    }
    AMPS_RETURN_IF_ERROR(write(*child, out));
  }
  out->push_back(is_object ? '}' : ']');
  return {};
}

}  // namespace amps::broker
