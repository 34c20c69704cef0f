/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file MMapBookmarkStore.hpp
 * The other name of LoggedBookmarkStore.
 */
#ifndef AMPS_MMAPBOOKMARKSTORE_HPP
#define AMPS_MMAPBOOKMARKSTORE_HPP

#include <string>

#include "LoggedBookmarkStore.hpp"

namespace AMPS {

/** The same store under the name programs know; see LoggedBookmarkStore. */
class AMPS_TYPE MMapBookmarkStore : public LoggedBookmarkStore {
 public:
  AMPS_FN explicit MMapBookmarkStore(const std::string& file, bool useLastModifiedTime = false)
      : LoggedBookmarkStore(file, useLastModifiedTime) {}

  AMPS_NATIVE_PART(MMapBookmarkStore, amps_bookmark_store_vt_t)
};

}  // namespace AMPS

#endif  // AMPS_MMAPBOOKMARKSTORE_HPP
