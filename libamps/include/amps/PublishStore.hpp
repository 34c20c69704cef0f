/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file PublishStore.hpp
 * A publish store in a file.
 */
#ifndef AMPS_PUBLISHSTORE_HPP
#define AMPS_PUBLISHSTORE_HPP

#include <string>

#include "StoreImpl.hpp"
#include "detail/NativePart.hpp"

namespace AMPS {

/** Survives the process; the next client that uses the file needs the same name. */
class AMPS_TYPE PublishStore : public detail::ForwardingStore,
                               public detail::NativePart<amps_publish_store_vt_t> {
 public:
  /**
   * @param file  path; one store at a time may have the file; throws StoreException
   * @param sync  publish() returns when the disk has the message, which then survives a loss of power
   */
  AMPS_FN explicit PublishStore(const std::string& file, bool sync = false)
      : PublishStore(made(file, sync)) {}

  /** Waits until the disk has everything. */
  AMPS_FN void sync() { detail::check(amps_publish_store_sync(self())); }
  /** Gives the file up, also while a client has the store. */
  AMPS_FN void close() { detail::check(amps_publish_store_close(self())); }

  AMPS_NATIVE_PART(PublishStore, amps_publish_store_vt_t)

 private:
  typedef detail::MadePart<amps_publish_store_vt_t> Made;
  AMPS_FN explicit PublishStore(const Made& made) : detail::ForwardingStore(made.table, made.self, true) {}
  AMPS_FN static Made made(const std::string& file, bool sync) {
    detail::require_library();
    Made result = {NULL, NULL};
    const unsigned flags = sync ? AMPS_STORE_SYNC : 0u;
    detail::check(amps_file_publish_store_new(detail::span(file), flags, 0, &result.table, &result.self));
    return result;
  }
};

}  // namespace AMPS

#endif  // AMPS_PUBLISHSTORE_HPP
