// SPDX-License-Identifier: Apache-2.0
#include "broker/format/select_list.h"

#include "broker/format/bracket_list.h"

namespace amps::broker {

Status SelectList::parse(std::string_view text, const MessageFormat* format, SelectList* out) {
  *out = SelectList();
  if (format == nullptr || !format->traits().select_lists) {
    return Status(AMPS_E_INVALID_OPTIONS, "messages of this type have no fields to select");
  }
  out->format_ = format;
  Status status;
  for_each_item(inside_brackets(text), [&](std::string_view item) {
    status = out->add(item);
    return status.ok();
  });
  return status;
}

Status SelectList::add(std::string_view directive) {
  const auto malformed = [&](const std::string& why) {
    return Status(AMPS_E_FILTER, "select " + std::string(directive) + ": " + why);
  };
  if (directive.empty() || (directive[0] != '+' && directive[0] != '-')) return malformed("expected + or -");
  const std::string_view text = without_spaces(directive.substr(1));
  FieldPath path;
  if (text != "/") {
    if (const Status status = FieldPath::parse(text, &path); !status.ok()) return malformed(status.text());
    if (path.subscript()) return malformed("elements of arrays cannot be selected");
  }
  Index at = 0;
  for (const std::string& name : path.steps()) {
    const auto [found, is_new] = steps_[at].children.try_emplace(name, static_cast<Index>(steps_.size()));
    at = found->second;
    if (is_new) steps_.emplace_back();
  }
  if (!steps_[at].keeps) steps_[at].keeps = directive[0] == '+';
  return {};
}

// False: the node has to go. Depth is bounded by that of messages.
bool SelectList::prune(Document* document, DocumentNode* node, Index step, bool keeps) const {
  keeps = steps_[step].keeps.value_or(keeps);
  if (steps_[step].children.empty() || node->kind == NodeKind::kScalar) return keeps;
  if (node->first == nullptr) return keeps;
  return prune_children(document, node, step, keeps);
}

bool SelectList::prune_children(Document* document, DocumentNode* node, Index step, bool keeps) const {
  const auto& children = steps_[step].children;
  for (DocumentNode *child = node->first, *next = nullptr; child != nullptr; child = next) {
    next = child->next;
    bool stays = keeps;
    if (node->kind == NodeKind::kArray) {  // Paths go through arrays: each element is looked into.
      stays = child->kind == NodeKind::kScalar || child->first == nullptr
                  ? keeps
                  : prune_children(document, child, step, keeps);
    } else if (const auto found = children.find(child->name); found != children.end()) {
      stays = prune(document, child, found->second, keeps);
    }
    if (!stays) document->remove(*child);
  }
  return node->first != nullptr;
}

void SelectList::apply(Document* document) const {
  DocumentNode& root = document->root();
  const bool keeps = steps_[0].keeps.value_or(true);
  if (root.kind == NodeKind::kScalar) {
    if (!keeps) document->reset(root, NodeKind::kObject);
  } else {
    prune_children(document, &root, 0, keeps);
  }
}

namespace {

// Whether there is a value anywhere but at the paths.
bool has_other_field(const DocumentNode& node, const FieldPath& at, const std::vector<FieldPath>& keys) {
  for (const DocumentNode* child = node.first; child != nullptr; child = child->next) {
    const FieldPath path = at.child(child->name);
    bool is_key = false;
    bool leads_to_key = false;
    for (const FieldPath& key : keys) {
      is_key = is_key || key.steps() == path.steps();
      leads_to_key = leads_to_key || path.is_prefix_of(key);
    }
    if (is_key) continue;
    if (!leads_to_key || child->kind != NodeKind::kObject) return true;
    if (has_other_field(*child, path, keys)) return true;
  }
  return false;
}

}  // namespace

bool SelectList::select(std::string_view body, const std::vector<FieldPath>& keys, Document* scratch,
                        Buffer* out) const {
  out->clear();
  if (body.empty() || !format_->parse(body, scratch).ok()) return false;
  apply(scratch);
  if (!format_->write(*scratch, out).ok()) out->clear();
  const DocumentNode& root = scratch->root();
  return keys.empty() ? root.first != nullptr : has_other_field(root, {}, keys);
}

}  // namespace amps::broker
