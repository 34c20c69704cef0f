// SPDX-License-Identifier: Apache-2.0
// Changes on their way to a view of another message type, in order. When too many wait, only the latest
// change of each record is kept: a view needs what a record is, not how it came to be, so what waits is
// never more than the sources have records.
// Threads: any. Lock rank: kLeaf.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/random_hash.h"
#include "base/sync.h"
#include "broker/sow/record.h"

namespace amps::broker {

class ViewInbox {
 public:
  struct Item {
    std::size_t source;
    std::string key;
    RecordRef record;  // None: it is gone.
  };
  static constexpr std::size_t kInOrderMax = 10'000;

  void set_wake(std::function<void()> wake);
  void add(std::size_t source, std::string_view key, RecordRef record);
  std::vector<Item> take();

 private:
  void merge() AMPS_REQUIRES(mutex_);
  static std::string name_of(const Item& item);

  Mutex mutex_{LockRank::kLeaf};
  std::function<void()> wake_ AMPS_GUARDED_BY(mutex_);
  std::vector<Item> items_ AMPS_GUARDED_BY(mutex_);
  std::size_t merged_ AMPS_GUARDED_BY(mutex_) = 0;  // The first so many are of different records.
};

}  // namespace amps::broker
