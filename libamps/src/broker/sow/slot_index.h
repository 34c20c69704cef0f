// SPDX-License-Identifier: Apache-2.0
// From the hash of a key to slots of a record table. Grows a little with each insertion, so that no
// publish ever pays for moving a million entries.
// Threads: under the lock of the topic space.
#pragma once

#include <cstdint>
#include <vector>

namespace amps::broker {

class SlotIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // The first slot of that hash for which `is_match(slot)` says yes.
  template <typename IsMatch>
  std::uint32_t find(std::uint32_t hash, IsMatch&& is_match) const {
    const std::uint32_t slot = new_.find(hash, is_match);
    return slot != kNone || old_.entries.empty() ? slot : old_.find(hash, is_match);
  }
  // Requires: the pair is not in it.
  void insert(std::uint32_t hash, std::uint32_t slot);
  void erase(std::uint32_t hash, std::uint32_t slot);
  std::size_t count() const noexcept { return new_.count + old_.count; }
  std::size_t memory_bytes() const noexcept {
    return (new_.entries.capacity() + old_.entries.capacity()) * sizeof(Entry);
  }

 private:
  struct Entry {
    std::uint32_t hash;
    std::uint32_t slot = kNone;
  };
  // Open addressing, linear probing; an entry stands at its hash or after it, without gaps in between.
  struct Table {
    std::vector<Entry> entries;  // A power of two, or none.
    std::size_t count = 0;

    std::size_t mask() const noexcept { return entries.size() - 1; }
    template <typename IsMatch>
    std::uint32_t find(std::uint32_t hash, IsMatch&& is_match) const {
      if (entries.empty()) return kNone;
      for (std::size_t at = hash & mask(); entries[at].slot != kNone; at = (at + 1) & mask()) {
        if (entries[at].hash == hash && is_match(entries[at].slot)) return entries[at].slot;
      }
      return kNone;
    }
    void insert(Entry entry);
    bool erase(std::uint32_t hash, std::uint32_t slot);
    void erase_at(std::size_t at);
  };
  void grow();
  void move_some();

  Table new_;
  Table old_;              // Being moved into new_.
  std::size_t moved_ = 0;  // Entries of old_ from here on are still to be looked at.
};

}  // namespace amps::broker
