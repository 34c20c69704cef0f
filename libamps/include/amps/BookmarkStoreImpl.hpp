/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file BookmarkStoreImpl.hpp
 * The interface of bookmark stores, for programs that write their own.
 */
#ifndef AMPS_BOOKMARKSTOREIMPL_HPP
#define AMPS_BOOKMARKSTOREIMPL_HPP

#include <cstddef>

#include "Message.hpp"
#include "amps_plugins.h"
#include "detail/Part.hpp"
#include "detail/guarded.hpp"

namespace AMPS {

/**
 * Remembers which messages were processed. The base class remembers nothing.
 * Threads: log, isDiscarded and persisted the receive thread; discard and purge any.
 */
class AMPS_TYPE BookmarkStoreImpl {
 public:
  virtual ~BookmarkStoreImpl() {}
  /** Records an arriving bookmark. @return its index, which the client stores in the message */
  virtual size_t log(Message&) { return 0; }
  virtual void discard(const Message&) {}
  virtual void discard(const Message::Field&, size_t) {}
  /** Where to resume. The result belongs to the store until the next call. */
  virtual Message::Field getMostRecent(const Message::Field&) { return Message::Field(); }
  /** @param useList false: the newest only, not the list of what is missing before it */
  virtual Message::Field getMostRecent(const Message::Field& subId, bool useList) {
    (void)useList;
    return getMostRecent(subId);
  }
  /** True for a message that was processed before: it goes to the duplicate handler. */
  virtual bool isDiscarded(Message&) { return false; }
  virtual void purge() {}
  virtual void purge(const Message::Field&) {}
  virtual size_t getOldestBookmarkSeq(const Message::Field&) { return 0; }
  /** Everything up to the bookmark is stored on all replicas. */
  virtual void persisted(const Message::Field&, const Message::Field&) {}
  virtual void persisted(const Message::Field&, size_t) {}
  virtual void setServerVersion(size_t) {}
  /** Never called; old programs override it. */
  virtual void noPersistedAcks(const Message::Field&) {}
};

namespace detail {

class AMPS_TYPE ForwardingBookmarkStore : public BookmarkStoreImpl,
                                          protected Foreign<amps_bookmark_store_vt_t> {
 public:
  AMPS_FN ForwardingBookmarkStore(const amps_bookmark_store_vt_t* table, void* self, bool take_over = false)
      : Foreign<amps_bookmark_store_vt_t>(table, self, take_over) {}
  virtual size_t log(Message& message) {
    uint64_t sequence = 0;
    if (AMPS_TABLE_HAS(table(), log)) check(table()->log(self(), ref(message), &sequence));
    return static_cast<size_t>(sequence);
  }
  virtual void discard(const Message& message) {
    Message handle(message);
    if (AMPS_TABLE_HAS(table(), discard)) check(table()->discard(self(), ref(handle)));
  }
  virtual void discard(const Message::Field& subId, size_t sequence) {
    if (AMPS_TABLE_HAS(table(), discard_sequence))
      check(table()->discard_sequence(self(), span(subId), sequence));
  }
  virtual Message::Field getMostRecent(const Message::Field& subId) {
    amps_span_t bookmark = {NULL, 0};
    if (AMPS_TABLE_HAS(table(), most_recent)) check(table()->most_recent(self(), span(subId), &bookmark));
    return field(bookmark);
  }
  virtual Message::Field getMostRecent(const Message::Field& subId, bool) { return getMostRecent(subId); }
  virtual bool isDiscarded(Message& message) {
    int32_t discarded = 0;
    if (AMPS_TABLE_HAS(table(), is_discarded)) check(table()->is_discarded(self(), ref(message), &discarded));
    return discarded != 0;
  }
  virtual void purge() { purge(Message::Field()); }
  virtual void purge(const Message::Field& subId) {
    if (AMPS_TABLE_HAS(table(), purge)) check(table()->purge(self(), span(subId)));
  }
  virtual size_t getOldestBookmarkSeq(const Message::Field& subId) {
    uint64_t sequence = 0;
    if (AMPS_TABLE_HAS(table(), oldest_sequence))
      check(table()->oldest_sequence(self(), span(subId), &sequence));
    return static_cast<size_t>(sequence);
  }
  virtual void persisted(const Message::Field& subId, const Message::Field& bookmark) {
    if (AMPS_TABLE_HAS(table(), persisted)) check(table()->persisted(self(), span(subId), span(bookmark)));
  }
  virtual void persisted(const Message::Field&, size_t) {
    throw UsageException("this bookmark store is told about bookmarks, not about indexes");
  }
  virtual void setServerVersion(size_t version) {
    if (AMPS_TABLE_HAS(table(), set_server_version)) check(table()->set_server_version(self(), version));
  }
};

template <>
struct Adapter<BookmarkStoreImpl> {
  typedef amps_bookmark_store_vt_t Table;
  typedef ForwardingBookmarkStore Forwarder;

  AMPS_FN static const Table* table() {
    static const Table thunks = make();
    return &thunks;
  }

 private:
  AMPS_FN static BookmarkStoreImpl& of(void* self) { return object_of<BookmarkStoreImpl>(self); }
  AMPS_FN static amps_result log(void* self, amps_message_ref_t* ref, uint64_t* sequence) {
    return guarded([&] { *sequence = of(self).log(message(ref)); });
  }
  AMPS_FN static amps_result discard(void* self, amps_message_ref_t* ref) {
    return guarded([&] { of(self).discard(message(ref)); });
  }
  AMPS_FN static amps_result discard_sequence(void* self, amps_span_t sub_id, uint64_t sequence) {
    return guarded([&] { of(self).discard(field(sub_id), static_cast<size_t>(sequence)); });
  }
  AMPS_FN static amps_result most_recent(void* self, amps_span_t sub_id, amps_span_t* bookmark) {
    return guarded([&] { *bookmark = span(of(self).getMostRecent(field(sub_id), true)); });
  }
  AMPS_FN static amps_result is_discarded(void* self, amps_message_ref_t* ref, int32_t* discarded) {
    return guarded([&] { *discarded = of(self).isDiscarded(message(ref)) ? 1 : 0; });
  }
  AMPS_FN static amps_result purge(void* self, amps_span_t sub_id) {
    return guarded([&] {
      if (sub_id.len == 0) return of(self).purge();
      of(self).purge(field(sub_id));
    });
  }
  AMPS_FN static amps_result oldest_sequence(void* self, amps_span_t sub_id, uint64_t* sequence) {
    return guarded([&] { *sequence = of(self).getOldestBookmarkSeq(field(sub_id)); });
  }
  AMPS_FN static amps_result persisted(void* self, amps_span_t sub_id, amps_span_t bookmark) {
    return guarded([&] { of(self).persisted(field(sub_id), field(bookmark)); });
  }
  AMPS_FN static amps_result set_server_version(void* self, uint64_t version) {
    return guarded([&] { of(self).setServerVersion(static_cast<size_t>(version)); });
  }
  AMPS_FN static Table make() {
    Table thunks = table_of_parts<Table>();
    thunks.log = &log;
    thunks.discard = &discard;
    thunks.discard_sequence = &discard_sequence;
    thunks.most_recent = &most_recent;
    thunks.is_discarded = &is_discarded;
    thunks.purge = &purge;
    thunks.oldest_sequence = &oldest_sequence;
    thunks.persisted = &persisted;
    thunks.set_server_version = &set_server_version;
    return thunks;
  }
};

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_BOOKMARKSTOREIMPL_HPP
