// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/statistics_node.h"

#include "base/buffer.h"
#include "wire/header_encoder.h"

namespace amps::broker {

namespace {

void append_quoted(std::string_view text, std::string* out) {
  Buffer escaped;
  wire::append_escaped(&escaped, text);
  *out += '"';
  *out += escaped.view();
  *out += '"';
}

}  // namespace

const StatisticsNode* StatisticsNode::find(std::string_view path) const noexcept {
  const StatisticsNode* node = this;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    if (name.empty()) continue;
    const StatisticsNode* next = nullptr;
    for (const StatisticsNode& child : node->children_) {
      if (child.name_ == name) next = &child;
    }
    if (next == nullptr) return nullptr;
    node = next;
  }
  return node;
}

void StatisticsNode::write(std::string* out) const {
  if (kind_ == Kind::kValue) return append_quoted(value_, out);
  const bool is_collection = kind_ == Kind::kCollection;
  *out += is_collection ? '[' : '{';
  bool is_first = true;
  for (const StatisticsNode& child : children_) {
    if (!is_first) *out += ',';
    is_first = false;
    if (!is_collection) {
      append_quoted(child.name_, out);
      *out += ':';
      child.write(out);
      continue;
    }
    std::string members;
    child.write(&members);
    *out += "{\"id\":";
    append_quoted(child.name_, out);
    if (members.size() > 2) *out += ',';
    out->append(members, 1, std::string::npos);
  }
  *out += is_collection ? ']' : '}';
}

std::string StatisticsNode::json(std::string_view path) const {
  std::string out, closing;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    if (name.empty()) continue;
    out += '{';
    append_quoted(name, &out);
    out += ':';
    closing += '}';
  }
  write(&out);
  return out + closing;
}

}  // namespace amps::broker
