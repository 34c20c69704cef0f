// SPDX-License-Identifier: Apache-2.0
// The library's bookmark store: what each subscription has had and what of it is processed, in memory and,
// when it was given a path, in a file that survives the process.
//
// The server sends in the order of its log, in which the messages of one publisher ascend. So "had" is one
// number a publisher, and where to resume is the last message before which everything is processed. What is
// processed ahead of that is remembered one by one. The file holds only what was processed: what was had and
// not processed is sent again to the next process, which is what the program wants.
// Threads: any. Blocks: discard() and persisted(), for the file.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/buffer.h"
#include "base/file_io.h"
#include "base/record_file.h"
#include "base/status.h"
#include "base/sync.h"
#include "client/message.h"
#include "client/part.h"
#include "client/plugin.h"
#include "client/store_file.h"

namespace amps::client {

class BookmarkStore final : public Part {
 public:
  BookmarkStore() = default;
  // With what the file holds; a file that is not there is made. Fails with AMPS_E_STORE when another store
  // has it or it is damaged. @param syncs  discard() returns when the disk knows of it
  static Status open(FileIo* io, const std::string& path, bool syncs, std::unique_ptr<BookmarkStore>* out);
  ~BookmarkStore() override;

  static const amps_bookmark_store_vt_t* table() noexcept;
  // Requires: the pair of table and self came from the library.
  static BookmarkStore* of(void* self) noexcept {
    return static_cast<BookmarkStore*>(static_cast<Part*>(self));
  }
  void* self() noexcept { return static_cast<Part*>(this); }

  // The message is about to be delivered. *index is 0 for a bookmark that is not publisher|sequence|, which
  // is not remembered. Fails once when a subscription has kBookmarksMax messages that are not processed: from
  // then on nothing is remembered until it is placed again, so it resumes before all that was forgotten.
  Status log(const Message& message, std::uint64_t* index) AMPS_EXCLUDES(mutex_);
  // True for what was had: since the subscription was placed by the program, or processed before.
  bool is_discarded(const Message& message) AMPS_EXCLUDES(mutex_);
  Status discard(const Message& message) AMPS_EXCLUDES(file_mutex_, mutex_);
  Status discard(std::string_view sub_id, std::uint64_t index) AMPS_EXCLUDES(file_mutex_, mutex_);
  // Where to resume; empty when nothing is known.
  std::string most_recent(std::string_view sub_id) const AMPS_EXCLUDES(mutex_);
  // A subscription is placed: by the program, which gets again what was delivered and not processed, or,
  // after a reconnect, once more.
  void begin(std::string_view sub_id, bool is_again) AMPS_EXCLUDES(mutex_);
  // The server's log is safe up to there, and all of it that concerns the subscription was sent.
  Status persisted(std::string_view sub_id, std::string_view bookmark) AMPS_EXCLUDES(file_mutex_, mutex_);
  // Forgets a subscription; an empty id means all.
  Status purge(std::string_view sub_id) AMPS_EXCLUDES(file_mutex_, mutex_);
  std::uint64_t oldest_index(std::string_view sub_id) const AMPS_EXCLUDES(mutex_);  // 0: none.
  // Writes what is of use into a file of its own, which takes the place of the old one.
  Status prune() AMPS_EXCLUDES(file_mutex_, mutex_);
  Status sync() AMPS_EXCLUDES(file_mutex_);
  // Gives the file up; what would change it fails from now on. Nothing to do without a file.
  Status close() AMPS_EXCLUDES(file_mutex_, mutex_);

 private:
  using Position = std::pair<std::uint64_t, std::uint64_t>;  // Publisher and sequence.
  struct Entry {
    Position position;
    bool is_processed = false;
  };
  struct Publisher {
    std::uint64_t processed = 0;  // Everything up to here.
    std::uint64_t had = 0;
  };
  struct Subscription {
    std::uint32_t number = 0;   // Stands for its id in the file.
    std::deque<Entry> entries;  // Had, and something at or before it is not processed; in log order.
    std::uint64_t first_index = 1;
    std::unordered_map<std::uint64_t, Publisher> publishers;
    std::set<Position> early;  // Processed, but where they stand in the order is not known any more.
    Position recent{0, 0};     // Where to resume; publisher 0: not known.
    bool has_overflowed = false;
  };
  enum class Item : std::uint8_t { kSubscription, kProcessed, kEarly, kRecent };

  Subscription& subscription(std::string_view sub_id) AMPS_REQUIRES(mutex_);
  void process(Subscription* of, const Position& position, std::uint64_t index) AMPS_REQUIRES(mutex_);
  void advance(Subscription* of) AMPS_REQUIRES(mutex_);
  void note(Item item, const Subscription& of, const Position& position) AMPS_REQUIRES(mutex_);
  static void append(Buffer* out, Item item, const Subscription& of, const Position& position);
  static void append_subscription(Buffer* out, std::string_view sub_id, const Subscription& of);
  static void append_all(Buffer* out, std::string_view sub_id, const Subscription& of);
  Status load(FileIo* io, const std::string& path, bool syncs) AMPS_REQUIRES(file_mutex_);
  // False: it is none of ours.
  bool visit(std::string_view record, std::map<std::uint32_t, Subscription*>* by_number)
      AMPS_EXCLUDES(mutex_);
  void take(Item item, Subscription* of, const Position& position) AMPS_REQUIRES(mutex_);
  // Writes what was noted.
  Status write_noted() AMPS_EXCLUDES(file_mutex_, mutex_);
  Status rewrite() AMPS_REQUIRES(file_mutex_) AMPS_EXCLUDES(mutex_);

  Mutex file_mutex_{LockRank::kStoreFile};  // Held while the file is written.
  StoreFile file_ AMPS_GUARDED_BY(file_mutex_);
  std::uint64_t rewrite_bytes_ AMPS_GUARDED_BY(file_mutex_) = 0;  // The size at which a new file is made.

  mutable Mutex mutex_{LockRank::kLeaf};
  std::map<std::string, Subscription, std::less<>> subscriptions_ AMPS_GUARDED_BY(mutex_);
  std::uint32_t last_number_ AMPS_GUARDED_BY(mutex_) = 0;
  bool has_file_ AMPS_GUARDED_BY(mutex_) = false;
  Buffer noted_ AMPS_GUARDED_BY(mutex_);  // Items the file does not have yet.
};

}  // namespace amps::client
