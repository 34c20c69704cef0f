// SPDX-License-Identifier: Apache-2.0
#include "client/bookmark_store.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "client/failure.h"
#include "wire/bookmark.h"

namespace amps::client {
namespace {

constexpr RecordFileKind kKind{"AMPSBMK1", "the file of a bookmark store", "another kind of store"};
constexpr char kAbout[] = "bookmark store";
constexpr std::uint64_t kUselessBytes = 1u << 20;  // That a file may hold beyond twice what is of use.
constexpr std::size_t kItemBytes = 1 + 4 + 2 * 8;  // Kind, subscription, publisher, sequence.

std::optional<std::pair<std::uint64_t, std::uint64_t>> position_of(std::string_view text) noexcept {
  const wire::Bookmark bookmark = wire::parse_bookmark(text);
  if (bookmark.kind != wire::BookmarkKind::kMessage) return std::nullopt;
  return std::make_pair(bookmark.publisher, bookmark.sequence);
}

// Entries of the table.

amps_result log_entry(void* self, amps_message_ref_t* message, std::uint64_t* index) {
  return entry_result(BookmarkStore::of(self)->log(*Message::from(message->body), index));
}

amps_result discard_entry(void* self, amps_message_ref_t* message) {
  return entry_result(BookmarkStore::of(self)->discard(*Message::from(message->body)));
}

amps_result discard_sequence_entry(void* self, amps_span_t sub_id, std::uint64_t index) {
  return entry_result(BookmarkStore::of(self)->discard(wire::view_of(sub_id), index));
}

amps_result most_recent_entry(void* self, amps_span_t sub_id, amps_span_t* bookmark) {
  thread_local std::string text;  // The caller copies it at once.
  text = BookmarkStore::of(self)->most_recent(wire::view_of(sub_id));
  *bookmark = wire::span_of(text);
  return AMPS_E_OK;
}

amps_result is_discarded_entry(void* self, amps_message_ref_t* message, std::int32_t* is_discarded) {
  *is_discarded = BookmarkStore::of(self)->is_discarded(*Message::from(message->body)) ? 1 : 0;
  return AMPS_E_OK;
}

amps_result purge_entry(void* self, amps_span_t sub_id) {
  return entry_result(BookmarkStore::of(self)->purge(wire::view_of(sub_id)));
}

amps_result oldest_index_entry(void* self, amps_span_t sub_id, std::uint64_t* index) {
  *index = BookmarkStore::of(self)->oldest_index(wire::view_of(sub_id));
  return AMPS_E_OK;
}

amps_result persisted_entry(void* self, amps_span_t sub_id, amps_span_t bookmark) {
  return entry_result(BookmarkStore::of(self)->persisted(wire::view_of(sub_id), wire::view_of(bookmark)));
}

amps_result begin_entry(void* self, amps_span_t sub_id, std::int32_t is_again) {
  BookmarkStore::of(self)->begin(wire::view_of(sub_id), is_again != 0);
  return AMPS_E_OK;
}

}  // namespace

const amps_bookmark_store_vt_t* BookmarkStore::table() noexcept {
  static const amps_bookmark_store_vt_t table = {sizeof(amps_bookmark_store_vt_t),
                                                 "libamps/default",
                                                 &Part::retain,
                                                 &Part::release,
                                                 log_entry,
                                                 discard_entry,
                                                 discard_sequence_entry,
                                                 most_recent_entry,
                                                 is_discarded_entry,
                                                 purge_entry,
                                                 oldest_index_entry,
                                                 persisted_entry,
                                                 nullptr,  // Nothing depends on the server's version.
                                                 begin_entry};
  return &table;
}

BookmarkStore::~BookmarkStore() {
  (void)write_noted();
}

BookmarkStore::Subscription& BookmarkStore::subscription(std::string_view sub_id) {
  const auto found = subscriptions_.find(sub_id);
  if (found != subscriptions_.end()) return found->second;
  Subscription& made = subscriptions_[std::string(sub_id)];
  made.number = ++last_number_;
  if (has_file_) append_subscription(&noted_, sub_id, made);
  return made;
}

Status BookmarkStore::log(const Message& message, std::uint64_t* index) {
  *index = 0;
  const auto position = position_of(message.get(AMPS_Bookmark));
  if (!position) return {};
  const MutexLock lock(mutex_);
  Subscription& of = subscription(message.get(AMPS_SubscriptionId));
  if (of.has_overflowed) return {};
  if (of.entries.size() >= kBookmarksMax) {
    of.has_overflowed = true;
    return Status(AMPS_E_STORE,
                  std::to_string(kBookmarksMax) + " messages of subscription '" +
                      std::string(message.get(AMPS_SubscriptionId)) +
                      "' are not discarded; the bookmark store remembers no more of it until it "
                      "is placed again");
  }
  of.entries.push_back({*position, false});
  of.publishers[position->first].had = position->second;
  *index = of.first_index + of.entries.size() - 1;
  return {};
}

bool BookmarkStore::is_discarded(const Message& message) {
  const auto position = position_of(message.get(AMPS_Bookmark));
  if (!position) return false;
  const MutexLock lock(mutex_);
  const auto found = subscriptions_.find(message.get(AMPS_SubscriptionId));
  if (found == subscriptions_.end()) return false;
  Subscription& of = found->second;
  Publisher& publisher = of.publishers[position->first];
  if (position->second <= publisher.had) return true;
  if (of.early.erase(*position) == 0) return false;
  // Processed by an earlier process: now its place in the order is known.
  of.entries.push_back({*position, true});
  publisher.had = position->second;
  advance(&of);
  return true;
}

Status BookmarkStore::discard(const Message& message) {
  const auto position = position_of(message.get(AMPS_Bookmark));
  if (!position) return {};
  {
    const MutexLock lock(mutex_);
    process(&subscription(message.get(AMPS_SubscriptionId)), *position, message.delivery.bookmark_seq);
  }
  return write_noted();
}

Status BookmarkStore::discard(std::string_view sub_id, std::uint64_t index) {
  {
    const MutexLock lock(mutex_);
    const auto found = subscriptions_.find(sub_id);
    if (found == subscriptions_.end()) return {};
    Subscription& of = found->second;
    if (index < of.first_index || index - of.first_index >= of.entries.size()) return {};
    process(&of, of.entries[index - of.first_index].position, index);
  }
  return write_noted();
}

// The index says where the message is, if it was given by this store since the subscription was placed.
void BookmarkStore::process(Subscription* of, const Position& position, std::uint64_t index) {
  if (position.second <= of->publishers[position.first].processed) return;
  Entry* entry = nullptr;
  const std::uint64_t at = index - of->first_index;
  if (index >= of->first_index && at < of->entries.size() && of->entries[at].position == position) {
    entry = &of->entries[at];
  } else {
    const auto found = std::find_if(of->entries.begin(), of->entries.end(),
                                    [&](const Entry& one) { return one.position == position; });
    if (found != of->entries.end()) entry = &*found;
  }
  if (entry == nullptr) {
    if (of->early.size() < kBookmarksMax && of->early.insert(position).second)
      note(Item::kEarly, *of, position);
    return;
  }
  if (entry->is_processed) return;
  entry->is_processed = true;
  if (entry != &of->entries.front()) note(Item::kEarly, *of, position);
  advance(of);
}

// Moves the resume point over everything that is processed.
void BookmarkStore::advance(Subscription* of) {
  while (!of->entries.empty() && of->entries.front().is_processed) {
    const Position position = of->entries.front().position;
    of->entries.pop_front();
    ++of->first_index;
    Publisher& publisher = of->publishers[position.first];
    publisher.processed = std::max(publisher.processed, position.second);
    of->recent = position;
    note(Item::kProcessed, *of, position);
  }
}

std::string BookmarkStore::most_recent(std::string_view sub_id) const {
  const MutexLock lock(mutex_);
  const auto found = subscriptions_.find(sub_id);
  if (found == subscriptions_.end() || found->second.recent.first == 0) return {};
  const Position& recent = found->second.recent;
  return std::to_string(recent.first) + "|" + std::to_string(recent.second) + "|";
}

void BookmarkStore::begin(std::string_view sub_id, bool is_again) {
  const MutexLock lock(mutex_);
  const auto found = subscriptions_.find(sub_id);
  if (found == subscriptions_.end()) return;
  Subscription& of = found->second;
  of.has_overflowed = false;
  if (is_again) return;
  for (const Entry& entry : of.entries) {
    if (entry.is_processed && of.early.size() < kBookmarksMax) of.early.insert(entry.position);
  }
  of.first_index += of.entries.size();
  of.entries.clear();
  for (auto& [id, publisher] : of.publishers) publisher.had = publisher.processed;
}

Status BookmarkStore::persisted(std::string_view sub_id, std::string_view bookmark) {
  const auto position = position_of(bookmark);
  if (!position) return {};
  {
    const MutexLock lock(mutex_);
    Subscription& of = subscription(sub_id);
    // What is not processed has to be sent again, and stands before this.
    if (!of.entries.empty() || of.has_overflowed || of.recent == *position) return {};
    of.recent = *position;
    note(Item::kRecent, of, *position);
  }
  return write_noted();
}

Status BookmarkStore::purge(std::string_view sub_id) {
  {
    const MutexLock lock(mutex_);
    if (sub_id.empty()) {
      subscriptions_.clear();
    } else if (const auto found = subscriptions_.find(sub_id); found != subscriptions_.end()) {
      subscriptions_.erase(found);
    }
  }
  return prune();
}

std::uint64_t BookmarkStore::oldest_index(std::string_view sub_id) const {
  const MutexLock lock(mutex_);
  const auto found = subscriptions_.find(sub_id);
  return found == subscriptions_.end() || found->second.entries.empty() ? 0 : found->second.first_index;
}

// ---- the file

Status BookmarkStore::open(FileIo* io, const std::string& path, bool syncs,
                           std::unique_ptr<BookmarkStore>* out) {
  *out = std::make_unique<BookmarkStore>();
  BookmarkStore& store = **out;
  const MutexLock turn(store.file_mutex_);
  return store.load(io, path, syncs);
}

Status BookmarkStore::load(FileIo* io, const std::string& path, bool syncs) {
  std::map<std::uint32_t, Subscription*> by_number;
  const auto visitor = [&](std::string_view record, std::uint64_t offset) {
    return visit(record, &by_number) ? Status()
                                     : damaged(path, offset, "the record is none of a bookmark store");
  };
  AMPS_RETURN_IF_ERROR(file_.open(io, path, kKind, kAbout, syncs, visitor));
  rewrite_bytes_ = 2 * file_.size() + kUselessBytes;
  const MutexLock lock(mutex_);
  has_file_ = true;
  return {};
}

bool BookmarkStore::visit(std::string_view record, std::map<std::uint32_t, Subscription*>* by_number) {
  const MutexLock lock(mutex_);
  while (!record.empty()) {
    if (record.size() < kItemBytes) return false;
    const auto item = static_cast<Item>(record[0]);
    const auto number = number_at<std::uint32_t>(record, 1);
    const Position position{number_at<std::uint64_t>(record, 5), number_at<std::uint64_t>(record, 13)};
    record.remove_prefix(kItemBytes);
    if (item == Item::kSubscription) {
      if (position.first > record.size() || number <= last_number_) return false;
      Subscription& made = subscriptions_[std::string(record.substr(0, position.first))];
      made = Subscription();
      made.number = last_number_ = number;
      (*by_number)[number] = &made;
      record.remove_prefix(position.first);
      continue;
    }
    const auto found = by_number->find(number);
    if (found == by_number->end() || position.first == 0 || item > Item::kRecent) return false;
    take(item, found->second, position);
  }
  return true;
}

void BookmarkStore::take(Item item, Subscription* of, const Position& position) {
  if (item == Item::kEarly) {
    of->early.insert(position);
    return;
  }
  of->recent = position;
  if (item == Item::kRecent) return;
  Publisher& publisher = of->publishers[position.first];
  publisher.had = publisher.processed = std::max(publisher.processed, position.second);
  of->early.erase(position);
}

void BookmarkStore::append(Buffer* out, Item item, const Subscription& of, const Position& position) {
  append_number(out, item);
  append_number(out, of.number);
  append_number(out, position.first);
  append_number(out, position.second);
}

void BookmarkStore::append_subscription(Buffer* out, std::string_view sub_id, const Subscription& of) {
  append(out, Item::kSubscription, of, {sub_id.size(), 0});
  out->append(sub_id);
}

void BookmarkStore::append_all(Buffer* out, std::string_view sub_id, const Subscription& of) {
  append_subscription(out, sub_id, of);
  for (const auto& [id, publisher] : of.publishers) {
    if (publisher.processed != 0) append(out, Item::kProcessed, of, {id, publisher.processed});
  }
  for (const Position& position : of.early) append(out, Item::kEarly, of, position);
  for (const Entry& entry : of.entries) {
    if (entry.is_processed) append(out, Item::kEarly, of, entry.position);
  }
  if (of.recent.first != 0) append(out, Item::kRecent, of, of.recent);
}

void BookmarkStore::note(Item item, const Subscription& of, const Position& position) {
  if (has_file_) append(&noted_, item, of, position);
}

Status BookmarkStore::write_noted() {
  const MutexLock turn(file_mutex_);
  AMPS_RETURN_IF_ERROR(file_.failure());
  if (!file_.is_open()) return {};
  if (file_.size() > rewrite_bytes_) {
    // If that fails, the old file goes on; it is tried again when that has grown once more.
    rewrite_bytes_ = file_.size() + kUselessBytes;
    (void)rewrite();
  }
  Buffer items;
  {
    const MutexLock lock(mutex_);
    items.swap(noted_);
  }
  if (items.empty()) return {};
  Status status = file_.write(items.view());
  // What is not written is only processed once more by another process; but what would follow may build on
  // it.
  if (!status.ok()) file_.fail(status);
  return status;
}

Status BookmarkStore::rewrite() {
  std::size_t noted_bytes = 0;  // Of which the new file knows.
  bool is_replaced = false;
  Status status = file_.replace(
      [&](RecordFile* fresh) -> Status {
        Buffer items;
        {
          const MutexLock lock(mutex_);
          for (const auto& [id, of] : subscriptions_) append_all(&items, id, of);
          noted_bytes = noted_.size();
        }
        return items.empty() ? Status() : fresh->write(items.view());
      },
      &is_replaced);
  if (!is_replaced) return status;
  rewrite_bytes_ = 2 * file_.size() + kUselessBytes;
  const MutexLock lock(mutex_);
  if (noted_bytes != 0) noted_.remove_prefix(noted_bytes);
  return status;
}

Status BookmarkStore::prune() {
  const MutexLock turn(file_mutex_);
  AMPS_RETURN_IF_ERROR(file_.failure());
  return file_.is_open() ? rewrite() : Status();
}

Status BookmarkStore::close() {
  (void)write_noted();
  const MutexLock turn(file_mutex_);
  return file_.close();
}

Status BookmarkStore::sync() {
  const MutexLock turn(file_mutex_);
  return file_.sync();
}

}  // namespace amps::client
