/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file MemoryBookmarkStore.hpp
 * A bookmark store in memory.
 */
#ifndef AMPS_MEMORYBOOKMARKSTORE_HPP
#define AMPS_MEMORYBOOKMARKSTORE_HPP

#include <string>

#include "BookmarkStoreImpl.hpp"
#include "detail/NativePart.hpp"

namespace AMPS {

/** Remembers which messages of bookmark subscriptions are processed. */
class AMPS_TYPE MemoryBookmarkStore : public detail::ForwardingBookmarkStore,
                                      public detail::NativePart<amps_bookmark_store_vt_t> {
 public:
  AMPS_FN MemoryBookmarkStore() : MemoryBookmarkStore(made()) {}

  AMPS_NATIVE_PART(MemoryBookmarkStore, amps_bookmark_store_vt_t)

 private:
  typedef detail::MadePart<amps_bookmark_store_vt_t> Made;
  AMPS_FN explicit MemoryBookmarkStore(const Made& made)
      : detail::ForwardingBookmarkStore(made.table, made.self, true) {}
  AMPS_FN static Made made() {
    detail::require_library();
    Made result = {NULL, NULL};
    detail::check(amps_memory_bookmark_store_new(&result.table, &result.self));
    return result;
  }
};

}  // namespace AMPS

#endif  // AMPS_MEMORYBOOKMARKSTORE_HPP
