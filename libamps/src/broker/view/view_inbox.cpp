// SPDX-License-Identifier: Apache-2.0
#include "broker/view/view_inbox.h"

#include "base/decimal.h"

namespace amps::broker {

void ViewInbox::set_wake(std::function<void()> wake) {
  MutexLock lock(mutex_);
  wake_ = std::move(wake);
}

void ViewInbox::add(std::size_t source, std::string_view key, RecordRef record) {
  std::function<void()> wake;
  {
    MutexLock lock(mutex_);
    if (items_.empty()) wake = wake_;
    items_.push_back({source, std::string(key), std::move(record)});
    if (items_.size() >= 2 * merged_ + kInOrderMax) merge();
  }
  if (wake) wake();
}

std::string ViewInbox::name_of(const Item& item) {
  return std::string(DecimalText(item.source).view()) + "/" + item.key;
}

// Each record keeps the place of its first change and becomes what its last one says.
void ViewInbox::merge() {
  std::unordered_map<std::string, std::size_t, RandomHash> places;
  std::vector<Item> merged;
  for (Item& item : items_) {
    const auto [place, is_new] = places.try_emplace(name_of(item), merged.size());
    if (is_new) {
      merged.push_back(std::move(item));
    } else {
      merged[place->second].record = std::move(item.record);
    }
  }
  items_ = std::move(merged);
  merged_ = items_.size();
}

std::vector<ViewInbox::Item> ViewInbox::take() {
  MutexLock lock(mutex_);
  merged_ = 0;
  return std::exchange(items_, {});
}

}  // namespace amps::broker
