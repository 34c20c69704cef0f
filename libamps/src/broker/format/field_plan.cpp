// SPDX-License-Identifier: Apache-2.0
#include "broker/format/field_plan.h"

namespace amps::broker {

FieldPlan::Node FieldPlan::find_indexed(const Step& step, std::string_view name) noexcept {
  const auto found = step.index->find(name);
  return found == step.index->end() ? kNone : found->second;
}

FieldPlan::Node FieldPlan::add_child(Node node, const std::string& name) {
  const Node child = static_cast<Node>(nodes_.size());
  nodes_.emplace_back();
  Step& step = nodes_[node];
  // Names move when the edges grow, so the index is made anew then; growth doubles, so that is rare.
  const bool moves = step.edges.size() == step.edges.capacity();
  step.edges.push_back({name, child});
  if (step.edges.size() <= kLinearMax) return child;
  if (moves || step.index == nullptr) {
    step.index = std::make_unique<Index>();
    for (const Edge& edge : step.edges) step.index->emplace(edge.name, edge.to);
  } else {
    step.index->emplace(step.edges.back().name, child);
  }
  return child;
}

FieldPlan::Slot FieldPlan::add(const FieldPath& path) {
  Node node = 0;
  for (const std::string& name : path.steps()) {
    const Node child = find_child(node, name);
    node = child == kNone ? add_child(node, name) : child;
  }
  Step& step = nodes_[node];
  if (step.slot == kNone) step.slot = static_cast<Slot>(slot_count_++);
  return step.slot;
}

FieldPlan::Slot FieldPlan::find(const FieldPath& path) const noexcept {
  Node node = 0;
  for (const std::string& name : path.steps()) {
    node = find_child(node, name);
    if (node == kNone) return kNone;
  }
  return nodes_[node].slot;
}

void FieldPlan::clear() {
  nodes_.clear();
  nodes_.resize(1);
  slot_count_ = 0;
}

}  // namespace amps::broker
