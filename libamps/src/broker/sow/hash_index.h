// SPDX-License-Identifier: Apache-2.0
// Finds the records whose fields equal constants, by `=` or IN, without looking at the others (broker 3.8).
// What it finds is a superset: the filter decides, so an index never changes a result.
// Threads: under the lock of the topic space.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "broker/expression/program.h"
#include "broker/format/field_plan.h"
#include "broker/format/field_values.h"
#include "broker/format/message_format.h"
#include "broker/sow/slot_index.h"

namespace amps::broker {

class HashIndex {
 public:
  using Slot = std::uint32_t;

  // Fails with AMPS_E_USAGE. The format outlives the index.
  static Status make(const std::vector<std::string>& paths, const MessageFormat* format, HashIndex* out);

  void insert(Slot slot, std::string_view body);
  void update(Slot slot, std::string_view body);  // Requires: it was inserted.
  void remove(Slot slot);

  // Adds the slots of records that the filter may accept, each once, in order. False: the filter does not ask
  // for constants in all fields of the index, or for too many.
  bool find(const Program& filter, std::vector<Slot>* out) const;
  std::size_t memory_bytes() const noexcept;

 private:
  // Records that agree in the index's fields, as far as their hash tells. 0: they can equal nothing; 1: a
  // field has several values, so that they are always tried.
  using Hash = std::uint64_t;
  static constexpr Hash kNothing = 0;
  static constexpr Hash kAnything = 1;
  // Records of one hash are a list, whose first record is found by the hash.
  struct Place {
    Hash hash = kNothing;
    Slot next = SlotIndex::kNone;
    Slot previous = SlotIndex::kNone;
  };
  Hash hash_of(std::string_view body);
  void put(Slot slot, Hash hash);
  Slot first_of(Hash hash) const;
  void append(Hash hash, std::vector<Slot>* out) const;

  const MessageFormat* format_ = nullptr;
  std::vector<FieldPath> paths_;
  FieldPlan plan_;
  std::vector<FieldPlan::Slot> fields_;  // Of the paths.
  FieldValues values_;
  SlotIndex firsts_;
  std::vector<Place> places_;  // By slot.
};

}  // namespace amps::broker
