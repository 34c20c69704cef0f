// SPDX-License-Identifier: Apache-2.0
#include "broker/format/document.h"

#include <vector>

namespace amps::broker {

namespace {

constexpr std::size_t kNodesKept = 4'096;  // Over clear(); a rare large message gives its memory back.

}  // namespace

void Document::clear() {
  if (nodes_.size() > kNodesKept) nodes_.resize(kNodesKept);
  used_ = 0;
  // clear() keeps the buckets, and wipes all of them each time.
  if (index_.bucket_count() > kNodesKept) index_ = decltype(index_)();
  index_.clear();
  texts_.clear();
  root_ = &make_node();
  root_->kind = NodeKind::kObject;
}

DocumentNode& Document::make_node() {
  if (used_ == nodes_.size()) {
    ++used_;
    return nodes_.emplace_back();
  }
  DocumentNode& node = nodes_[used_++];
  node = DocumentNode();
  return node;
}

const DocumentNode* Document::find(const DocumentNode& object, std::string_view name) const noexcept {
  if (object.kind != NodeKind::kObject) return nullptr;
  if (object.indexed) {
    const auto found = index_.find(Key{&object, name});
    return found == index_.end() ? nullptr : found->second;
  }
  for (const DocumentNode* child = object.first; child != nullptr; child = child->next) {
    if (child->name == name) return child;
  }
  return nullptr;
}

DocumentNode* Document::find(DocumentNode& object, std::string_view name) noexcept {
  return const_cast<DocumentNode*>(static_cast<const Document*>(this)->find(object, name));
}

const DocumentNode* Document::find(const FieldPath& path) const noexcept {
  const DocumentNode* node = root_;
  for (const std::string& step : path.steps()) {
    node = find(*node, step);
    if (node == nullptr) return nullptr;
  }
  if (!path.subscript()) return node;
  if (node->kind != NodeKind::kArray) return *path.subscript() == 0 ? node : nullptr;
  const DocumentNode* element = node->first;
  for (std::uint32_t left = *path.subscript(); element != nullptr && left != 0; --left)
    element = element->next;
  return element;
}

DocumentNode& Document::link(DocumentNode& parent, std::string_view name) {
  DocumentNode& node = make_node();
  node.name = name;
  node.parent = &parent;
  node.previous = parent.last;
  (parent.last != nullptr ? parent.last->next : parent.first) = &node;
  parent.last = &node;
  ++parent.child_count;
  if (parent.kind != NodeKind::kObject) return node;
  if (parent.indexed) {
    index_.emplace(Key{&parent, name}, &node);
  } else if (parent.child_count > kLinearMax) {
    for (DocumentNode* child = parent.first; child != nullptr; child = child->next) {
      index_.emplace(Key{&parent, child->name}, child);
    }
    parent.indexed = true;
  }
  return node;
}

DocumentNode& Document::append(DocumentNode& parent, std::string_view name, NodeKind kind) {
  DocumentNode& node = link(parent, name);
  node.kind = kind;
  return node;
}

DocumentNode& Document::append(DocumentNode& parent, std::string_view name, const Value& value) {
  DocumentNode& node = link(parent, name);
  node.value = value;
  return node;
}

DocumentNode& Document::append_copy(DocumentNode& parent, std::string_view name, const DocumentNode& source) {
  DocumentNode& node = link(parent, name);
  assign_copy(node, source);
  return node;
}

void Document::forget_children(DocumentNode& node) noexcept {
  if (node.indexed) {
    for (const DocumentNode* child = node.first; child != nullptr; child = child->next) {
      index_.erase(Key{&node, child->name});
    }
  }
  node.first = node.last = nullptr;
  node.child_count = 0;
  node.indexed = false;
}

void Document::reset(DocumentNode& node, NodeKind kind) noexcept {
  forget_children(node);
  node.kind = kind;
  node.value = Value();
  node.raw = {};
  node.raw_format = nullptr;
}

void Document::assign(DocumentNode& node, const Value& value) noexcept {
  reset(node, NodeKind::kScalar);
  node.value = value;
}

// Without recursion: what is copied is as deep as a message may be.
void Document::assign_copy(DocumentNode& node, const DocumentNode& source) {
  reset(node, source.kind);
  node.value = source.value;
  node.raw = source.raw;
  node.raw_format = source.raw_format;
  DocumentNode* to = &node;
  const DocumentNode* from = &source;
  for (const DocumentNode* child = source.first; child != nullptr;) {
    DocumentNode& copy = append(*to, child->name, child->kind);
    copy.value = child->value;
    copy.raw = child->raw;
    copy.raw_format = child->raw_format;
    if (child->first != nullptr) {
      to = &copy;
      from = child;
      child = child->first;
      continue;
    }
    while (child->next == nullptr && from != &source) {
      child = from;
      from = from->parent;
      to = to->parent;
    }
    child = child->next;
  }
}

void Document::remove(DocumentNode& node) noexcept {
  DocumentNode& parent = *node.parent;
  if (parent.indexed) {
    const auto found = index_.find(Key{&parent, node.name});  // A second child of one name is not in it.
    if (found != index_.end() && found->second == &node) index_.erase(found);
  }
  (node.previous != nullptr ? node.previous->next : parent.first) = node.next;
  (node.next != nullptr ? node.next->previous : parent.last) = node.previous;
  --parent.child_count;
  node.parent = nullptr;
}

DocumentNode& Document::set(const FieldPath& path, const Value& value) {
  DocumentNode* node = root_;
  for (const std::string& step : path.steps()) {
    if (node->kind != NodeKind::kObject) reset(*node, NodeKind::kObject);
    DocumentNode* child = find(*node, step);
    node = child != nullptr ? child : &append(*node, keep(step), NodeKind::kScalar);
  }
  assign(*node, keep(value));
  return *node;
}

void Document::remove(const FieldPath& path) noexcept {
  const DocumentNode* found = find(path.without_subscript());
  if (found != nullptr && found != root_) remove(*const_cast<DocumentNode*>(found));
}

Value Document::keep(const Value& value) {
  const std::string_view text = keep(value.text());
  switch (value.kind()) {
    case ValueKind::kInteger:
      return Value::integer(value.as_integer(), text);
    case ValueKind::kUnsigned:
      return Value::unsigned_integer(value.as_unsigned(), text);
    case ValueKind::kFloat:
      return Value::floating(value.as_float(), text);
    case ValueKind::kString:
      return Value::string(text);
    default:
      return value;
  }
}

}  // namespace amps::broker
