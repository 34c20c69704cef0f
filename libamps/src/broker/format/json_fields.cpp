// SPDX-License-Identifier: Apache-2.0
#include "broker/format/json_fields.h"

#include <string>

#include "broker/format/json_text.h"
#include "broker/format/message_format.h"

namespace amps::broker::json {

namespace {

class Extractor {
 public:
  Extractor(const FieldPlan& plan, std::string_view text, FieldValues* out) noexcept
      : plan_(plan), out_(*out), begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  Status run(FieldPlan::Node root) {
    at_ = skip_space(at_, end_);
    if (at_ == end_) return {};
    if (value(root, false, 0)) return {};
    return Status(AMPS_E_PUBLISH, "json, at offset " + std::to_string(at_ - begin_) + ": " + problem_);
  }

 private:
  bool fail(const char* problem) noexcept {
    problem_ = problem;
    return false;
  }

  // Moves behind a value nobody asked for.
  bool skip() noexcept {
    const char* const after = skip_value(at_, end_);
    if (after == nullptr) return fail("expected a value");
    at_ = after;
    return true;
  }

  bool value(FieldPlan::Node node, bool in_array, std::size_t depth) {
    if (at_ == end_) return fail("expected a value");
    switch (*at_) {
      case '{':
        if (plan_.child_count(node) == 0) return skip();
        return depth < kMessageDepthMax ? object(node, in_array, depth + 1) : fail("nested too deep");
      case '[':
        return depth < kMessageDepthMax ? array(node, depth + 1) : fail("nested too deep");
      default:
        return plan_.slot_of(node) == FieldPlan::kNone ? skip() : scalar(plan_.slot_of(node), in_array);
    }
  }

  bool scalar(FieldPlan::Slot slot, bool in_array) {
    if (*at_ == '"') {
      std::string_view text;
      if (!string(&text)) return false;
      out_.append_element(slot, Value::string(text), in_array);
      return true;
    }
    Value read;
    const char* const after = read_literal(at_, end_, &read);
    if (after == nullptr) return fail("expected a value");
    at_ = after;
    out_.append_element(slot, read, in_array);
    return true;
  }

  // Requires: a quote.
  bool string(std::string_view* text) {
    bool escaped = false;
    const char* const begin = at_ + 1;
    const char* const close = find_string_end(begin, end_, &escaped);
    if (close == nullptr) return fail("string without end");
    *text = {begin, static_cast<std::size_t>(close - begin)};
    if (escaped && !unescape(*text, &out_.texts(), text)) return fail("malformed escape");
    at_ = close + 1;
    return true;
  }

  bool array(FieldPlan::Node node, std::size_t depth) {
    at_ = skip_space(at_ + 1, end_);
    if (at_ != end_ && *at_ == ']') return ++at_, true;
    for (;;) {
      if (!value(node, true, depth)) return false;
      at_ = skip_space(at_, end_);
      if (at_ == end_ || (*at_ != ',' && *at_ != ']')) return fail("expected `,` or `]`");
      if (*at_++ == ']') return true;
      at_ = skip_space(at_, end_);
    }
  }

  bool object(FieldPlan::Node node, bool in_array, std::size_t depth) {
    const std::uint64_t number = out_.new_object();
    std::size_t left = plan_.child_count(node);
    at_ = skip_space(at_ + 1, end_);
    if (at_ != end_ && *at_ == '}') return ++at_, true;
    for (;;) {
      if (at_ == end_ || *at_ != '"') return fail("expected a name");
      std::string_view name;
      if (!string(&name)) return false;
      at_ = skip_space(at_, end_);
      if (at_ == end_ || *at_ != ':') return fail("expected `:`");
      at_ = skip_space(at_ + 1, end_);
      const FieldPlan::Node child = plan_.find_child(node, name);
      if (child == FieldPlan::kNone || !out_.first_in_object(child, number)) {
        if (!skip()) return false;
      } else {
        if (!value(child, in_array, depth)) return false;
        if (--left == 0) return depth == 1 || leave();
      }
      at_ = skip_space(at_, end_);
      if (at_ == end_ || (*at_ != ',' && *at_ != '}')) return fail("expected `,` or `}`");
      if (*at_++ == '}') return true;
      at_ = skip_space(at_, end_);
    }
  }

  // Everything wanted of an object is found.
  bool leave() noexcept {
    const char* const after = skip_open(at_, end_, 1);
    if (after == nullptr) return fail("object without end");
    at_ = after;
    return true;
  }

  const FieldPlan& plan_;
  FieldValues& out_;
  const char* const begin_;
  const char* at_;
  const char* const end_;
  const char* problem_ = "";
};

}  // namespace

Status extract_fields(const FieldPlan& plan, FieldPlan::Node node, std::string_view text, FieldValues* out) {
  return Extractor(plan, text, out).run(node);
}

}  // namespace amps::broker::json
