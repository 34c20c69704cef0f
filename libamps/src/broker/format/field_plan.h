// SPDX-License-Identifier: Apache-2.0
// The fields somebody wants of each message, as a tree that readers of message formats walk beside the
// message: one pass over the bytes finds them all, and stops when there is nothing left to find.
// Threads: one at a time, or any number while nobody adds. Owns: its names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random_hash.h"
#include "broker/format/field_path.h"

namespace amps::broker {

class FieldPlan {
 public:
  using Slot = std::uint32_t;  // Where the values of a field are found in FieldValues.
  using Node = std::uint32_t;  // A step; 0 is the message itself.
  static constexpr std::uint32_t kNone = UINT32_MAX;

  FieldPlan() : nodes_(1) {}

  // The slot of a path, the same for equal paths. A subscript plays no part: the slot holds the array.
  Slot add(const FieldPath& path);
  // None: kNone.
  Slot find(const FieldPath& path) const noexcept;
  void clear();

  bool empty() const noexcept { return slot_count_ == 0; }
  std::size_t slot_count() const noexcept { return slot_count_; }
  std::size_t node_count() const noexcept { return nodes_.size(); }

  Slot slot_of(Node node) const noexcept { return nodes_[node].slot; }
  std::size_t child_count(Node node) const noexcept { return nodes_[node].edges.size(); }
  Node find_child(Node node, std::string_view name) const noexcept {
    const Step& step = nodes_[node];
    if (step.index != nullptr) return find_indexed(step, name);
    for (const Edge& edge : step.edges) {
      if (edge.name == name) return edge.to;
    }
    return kNone;
  }

 private:
  static constexpr std::size_t kLinearMax = 8;  // More children than this are found by hash.
  using Index = std::unordered_map<std::string_view, Node, RandomHash>;
  struct Edge {
    std::string name;
    Node to;
  };
  struct Step {
    Slot slot = kNone;
    std::vector<Edge> edges;
    std::unique_ptr<Index> index;  // Its keys are the edges' names.
  };
  static Node find_indexed(const Step& step, std::string_view name) noexcept;
  Node add_child(Node node, const std::string& name);

  std::vector<Step> nodes_;
  std::size_t slot_count_ = 0;
};

}  // namespace amps::broker
