/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file MMapBookmarkStore.hpp
 * A bookmark store in a file.
 */
#ifndef AMPS_MMAPBOOKMARKSTORE_HPP
#define AMPS_MMAPBOOKMARKSTORE_HPP

#include <string>

#include "BookmarkStoreImpl.hpp"
#include "detail/NativePart.hpp"

namespace AMPS {

/** Remembers which messages are processed, beyond the end of the process. */
class AMPS_TYPE MMapBookmarkStore : public detail::ForwardingBookmarkStore,
                                    public detail::NativePart<amps_bookmark_store_vt_t> {
 public:
  /**
   * @param file                 path; one store at a time may have the file; throws StoreException
   * @param useLastModifiedTime  accepted for old programs
   */
  AMPS_FN explicit MMapBookmarkStore(const std::string& file, bool useLastModifiedTime = false)
      : MMapBookmarkStore(made(file)) {
    (void)useLastModifiedTime;
  }

  /** Writes the file anew without what is finished. It happens by itself when much is. */
  AMPS_FN void prune() { detail::check(amps_bookmark_store_prune(self())); }
  /** Waits until the disk knows of everything discarded. */
  AMPS_FN void sync() { detail::check(amps_bookmark_store_sync(self())); }
  /** Gives the file up, also while a client has the store. */
  AMPS_FN void close() { detail::check(amps_bookmark_store_close(self())); }

  AMPS_NATIVE_PART(MMapBookmarkStore, amps_bookmark_store_vt_t)

 private:
  typedef detail::MadePart<amps_bookmark_store_vt_t> Made;
  AMPS_FN explicit MMapBookmarkStore(const Made& made)
      : detail::ForwardingBookmarkStore(made.table, made.self, true) {}
  AMPS_FN static Made made(const std::string& file) {
    detail::require_library();
    Made result = {NULL, NULL};
    detail::check(amps_file_bookmark_store_new(detail::span(file), 0, &result.table, &result.self));
    return result;
  }
};

}  // namespace AMPS

#endif  // AMPS_MMAPBOOKMARKSTORE_HPP
