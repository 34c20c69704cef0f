// SPDX-License-Identifier: Apache-2.0
// A doubly linked list through members of its items: an item is in several lists at once, leaves any of
// them in constant time, and joining one allocates nothing.
// Threads: one at a time. Owns: nothing; an item leaves its chains before it dies.
#pragma once

#include <cassert>

namespace amps::broker {

template <typename T>
struct ChainLink {
  T* older = nullptr;
  T* newer = nullptr;
  bool linked = false;
};

template <typename T, ChainLink<T> T::*kLink>
class Chain {
 public:
  T* front() const noexcept { return front_; }  // The item that joined first. None: empty.
  T* back() const noexcept { return back_; }    // The one that joined last.
  T* after(const T* item) const noexcept { return (item->*kLink).newer; }
  bool contains(const T* item) const noexcept { return (item->*kLink).linked; }

  void push_back(T* item) noexcept {
    assert(!contains(item));
    item->*kLink = {back_, nullptr, true};
    (back_ == nullptr ? front_ : (back_->*kLink).newer) = item;
    back_ = item;
  }
  // Does nothing to an item that is not in a chain of this kind.
  void erase(T* item) noexcept {
    ChainLink<T>& link = item->*kLink;
    if (!link.linked) return;
    (link.older == nullptr ? front_ : (link.older->*kLink).newer) = link.newer;
    (link.newer == nullptr ? back_ : (link.newer->*kLink).older) = link.older;
    link = {};
  }

 private:
  T* front_ = nullptr;
  T* back_ = nullptr;
};

}  // namespace amps::broker
