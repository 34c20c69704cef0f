// SPDX-License-Identifier: Apache-2.0
// A parsed message: an ordered tree of named values that keep their original text and type. What deltas,
// select lists, enrichment and projections work on, whatever the message type.
// Threads: one at a time. Owns: nodes and made texts; other texts are views of what was parsed, which has
// to outlive the document. clear() keeps the memory for the next message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>

#include "base/random_hash.h"
#include "broker/expression/value.h"
#include "broker/format/field_path.h"
#include "broker/format/text_arena.h"

namespace amps::broker {

class MessageFormat;

// kArray: the children are elements and their names are empty. kObject in xml may have a child with an
// empty name, which is the element's own text.
enum class NodeKind : std::uint8_t { kScalar, kObject, kArray };

struct DocumentNode {
  std::string_view name;
  Value value;           // Of a scalar.
  std::string_view raw;  // A scalar as its format wrote it; empty when it was made or changed.
  const MessageFormat* raw_format = nullptr;  // Whose writing `raw` is.
  DocumentNode* parent = nullptr;
  DocumentNode* first = nullptr;  // Children, in order.
  DocumentNode* last = nullptr;
  DocumentNode* next = nullptr;  // Siblings.
  DocumentNode* previous = nullptr;
  std::size_t child_count = 0;
  NodeKind kind = NodeKind::kScalar;
  bool indexed = false;  // Its children are found by hash.

  // An explicit null, an empty string, an object or array without children.
  bool is_empty() const noexcept { return kind == NodeKind::kScalar ? value.is_null() : first == nullptr; }
};

class Document {
 public:
  Document() { clear(); }
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  void clear();
  DocumentNode& root() noexcept { return *root_; }
  const DocumentNode& root() const noexcept { return *root_; }

  // The child of that name, of an object. None: null.
  const DocumentNode* find(const DocumentNode& object, std::string_view name) const noexcept;
  DocumentNode* find(DocumentNode& object, std::string_view name) noexcept;
  // By a whole path; a subscript selects an element. Elements of arrays are not searched.
  const DocumentNode* find(const FieldPath& path) const noexcept;

  // Adds a child at the end. `name` and texts of values must outlive the document: keep() them if need be.
  DocumentNode& append(DocumentNode& parent, std::string_view name, NodeKind kind);
  DocumentNode& append(DocumentNode& parent, std::string_view name, const Value& value);
  // Copies a node of another document, with all below it, as the last child of `parent`. Texts are shared.
  DocumentNode& append_copy(DocumentNode& parent, std::string_view name, const DocumentNode& source);
  // Makes a node an empty scalar, object or array, whatever it was.
  void reset(DocumentNode& node, NodeKind kind) noexcept;
  void assign(DocumentNode& node, const Value& value) noexcept;
  void assign_copy(DocumentNode& node, const DocumentNode& source);
  void remove(DocumentNode& node) noexcept;  // Requires: not the root.

  // Writes a value at a path, making what is missing on the way; what stands in the way is replaced.
  DocumentNode& set(const FieldPath& path, const Value& value);
  // Removes a path; what it leaves empty stays.
  void remove(const FieldPath& path) noexcept;

  // A copy of a text that lives as long as the document.
  std::string_view keep(std::string_view text) { return texts_.keep(text); }
  Value keep(const Value& value);
  TextArena& texts() noexcept { return texts_; }

 private:
  static constexpr std::size_t kLinearMax = 16;  // More children than this are found by hash.
  struct Key {
    const DocumentNode* parent;
    std::string_view name;
    bool operator==(const Key& other) const noexcept { return parent == other.parent && name == other.name; }
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      return RandomHash()(key.name) ^ (reinterpret_cast<std::size_t>(key.parent) * 0x9E3779B97F4A7C15u);
    }
  };
  DocumentNode& make_node();
  DocumentNode& link(DocumentNode& parent, std::string_view name);
  void forget_children(DocumentNode& node) noexcept;

  std::deque<DocumentNode> nodes_;  // A deque, because nodes point at each other.
  std::size_t used_ = 0;
  DocumentNode* root_ = nullptr;
  std::unordered_map<Key, DocumentNode*, KeyHash> index_;
  TextArena texts_;
};

}  // namespace amps::broker
