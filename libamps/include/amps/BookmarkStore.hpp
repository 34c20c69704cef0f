/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file BookmarkStore.hpp
 * Handle to a bookmark store.
 */
#ifndef AMPS_BOOKMARKSTORE_HPP
#define AMPS_BOOKMARKSTORE_HPP

#include <type_traits>

#include "BookmarkStoreImpl.hpp"
#include "detail/NativePart.hpp"

namespace AMPS {

/** Copies are references to the same store; the last one frees it. An empty handle means no store. */
class AMPS_TYPE BookmarkStore {
 public:
  AMPS_FN BookmarkStore() {}
  AMPS_FN BookmarkStore(const BookmarkStore&) = default;
  AMPS_FN BookmarkStore& operator=(const BookmarkStore&) = default;
  AMPS_FN ~BookmarkStore() = default;
  /** Takes the object over. */
  AMPS_FN BookmarkStore(BookmarkStoreImpl* store) : part_(detail::part_of(store)) {}
  AMPS_FN explicit BookmarkStore(const detail::PartRef<BookmarkStoreImpl>& part) : part_(part) {}

  AMPS_FN bool isValid() const { return part_.valid(); }
  AMPS_FN BookmarkStoreImpl* get() const { return part_.valid() ? &part_.object() : NULL; }
  AMPS_FN size_t log(Message& message) { return part_.object().log(message); }
  AMPS_FN void discard(const Message& message) { part_.object().discard(message); }
  AMPS_FN void discard(const Message::Field& subId, size_t seqNo) { part_.object().discard(subId, seqNo); }
  AMPS_FN Message::Field getMostRecent(const Message::Field& subId) {
    return part_.object().getMostRecent(subId, true);
  }
  AMPS_FN bool isDiscarded(Message& message) { return part_.object().isDiscarded(message); }
  AMPS_FN void purge() { part_.object().purge(); }
  AMPS_FN void purge(const Message::Field& subId) { part_.object().purge(subId); }
  AMPS_FN size_t getOldestBookmarkSeq(const Message::Field& subId) {
    return part_.object().getOldestBookmarkSeq(subId);
  }
  AMPS_FN void persisted(const Message::Field& subId, const Message::Field& bookmark) {
    part_.object().persisted(subId, bookmark);
  }
  AMPS_FN void setServerVersion(size_t version) { part_.object().setServerVersion(version); }

  AMPS_FN const detail::PartRef<BookmarkStoreImpl>& part() const { return part_; }

 private:
  detail::PartRef<BookmarkStoreImpl> part_;
};

static_assert(std::is_standard_layout<BookmarkStore>::value && sizeof(BookmarkStore) == sizeof(void*),
              "a bookmark store is one pointer");

}  // namespace AMPS

#endif  // AMPS_BOOKMARKSTORE_HPP
