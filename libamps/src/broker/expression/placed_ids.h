// SPDX-License-Identifier: Apache-2.0
// A set of ids whose members know where they stand, so that one of a hundred thousand is removed as
// cheaply as the only one.
// Threads: one at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace amps::broker {

class PlacedIds {
 public:
  using Id = std::uint32_t;
  using Place = std::uint32_t;

  // Where the id stands is kept in `*at`, which outlives it here.
  void add(Id id, Place* at) {
    *at = static_cast<Place>(members_.size());
    members_.push_back({at, id});
  }
  void remove(Place place) {
    members_[place] = members_.back();
    *members_[place].at = place;
    members_.pop_back();
  }
  void clear() noexcept { members_.clear(); }

  bool empty() const noexcept { return members_.empty(); }
  std::size_t size() const noexcept { return members_.size(); }
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const Member& member : members_) visit(member.id);
  }
  template <typename Predicate>
  bool any_of(const Predicate& predicate) const {
    return std::any_of(members_.begin(), members_.end(),
                       [&](const Member& member) { return predicate(member.id); });
  }

 private:
  struct Member {
    Place* at;
    Id id;
  };
  std::vector<Member> members_;
};

}  // namespace amps::broker
