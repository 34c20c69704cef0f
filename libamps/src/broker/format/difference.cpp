// SPDX-License-Identifier: Apache-2.0
#include "broker/format/difference.h"

namespace amps::broker {

namespace {

bool is_equal(const DocumentNode& left, const DocumentNode& right) noexcept;

bool has_equal_children(const DocumentNode& left, const DocumentNode& right) noexcept {
  if (left.child_count != right.child_count) return false;
  const DocumentNode* other = right.first;
  for (const DocumentNode* child = left.first; child != nullptr; child = child->next, other = other->next) {
    if (child->name != other->name || !is_equal(*child, *other)) return false;
  }
  return true;
}

// As written, or the same value of the same type. Depth is bounded by that of messages.
bool is_equal(const DocumentNode& left, const DocumentNode& right) noexcept {
  if (left.kind != right.kind) return false;
  if (left.kind != NodeKind::kScalar) return has_equal_children(left, right);
  if (!left.raw.empty() && left.raw == right.raw) return true;
  return left.value.kind() == right.value.kind() && sort_order(left.value, right.value) == 0;
}

// Collects what is new or different.
class Finder {
 public:
  Finder(const Document& previous, Document* out) : previous_(previous), out_(out) {}

  bool compare(const DocumentNode& before, const DocumentNode& now, DocumentNode* to) {
    bool found = false;
    for (const DocumentNode* field = now.first; field != nullptr; field = field->next) {
      const DocumentNode* const known = previous_.find(before, field->name);
      if (known != nullptr && known->kind == NodeKind::kObject && field->kind == NodeKind::kObject) {
        found = compare_objects(*known, *field, to) || found;
      } else if (known == nullptr || !is_equal(*known, *field)) {
        DocumentNode* const there = out_->find(*to, field->name);  // A key that changed inside.
        if (there != nullptr) {
          out_->assign_copy(*there, *field);
        } else {
          out_->append_copy(*to, field->name, *field);
        }
        found = true;
      }
    }
    return found;
  }

 private:
  bool compare_objects(const DocumentNode& before, const DocumentNode& now, DocumentNode* to) {
    DocumentNode* inner = out_->find(*to, now.name);
    const bool is_made = inner == nullptr;
    if (is_made) inner = &out_->append(*to, now.name, NodeKind::kObject);
    const bool found = compare(before, now, inner);
    if (is_made && !found) out_->remove(*inner);
    return found;
  }

  const Document& previous_;
  Document* const out_;
};

}  // namespace

bool find_difference(const Document& previous, const Document& current, const std::vector<FieldPath>& keys,
                     Document* out) {
  out->clear();
  if (previous.root().kind != NodeKind::kObject || current.root().kind != NodeKind::kObject) {
    out->assign_copy(out->root(), current.root());
    return !is_equal(previous.root(), current.root());
  }
  for (const FieldPath& key : keys) {
    const DocumentNode* const field = current.find(key);
    if (field != nullptr) out->assign_copy(out->set(key.without_subscript(), Value()), *field);
  }
  return Finder(previous, out).compare(previous.root(), current.root(), &out->root());
}

}  // namespace amps::broker
