/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file MemoryPublishStore.hpp
 * A publish store in memory.
 */
#ifndef AMPS_MEMORYPUBLISHSTORE_HPP
#define AMPS_MEMORYPUBLISHSTORE_HPP

#include <string>

#include "StoreImpl.hpp"
#include "detail/NativePart.hpp"

namespace AMPS {

/** Survives reconnects and other servers, not the end of the process. */
class AMPS_TYPE MemoryPublishStore : public detail::ForwardingStore,
                                     public detail::NativePart<amps_publish_store_vt_t> {
 public:
  /** @param size_bytes_max bytes kept before publishers wait for acknowledgements; 0: 1 GiB */
  AMPS_FN explicit MemoryPublishStore(amps_uint64_t size_bytes_max = 0)
      : MemoryPublishStore(made(size_bytes_max)) {}

  AMPS_NATIVE_PART(MemoryPublishStore, amps_publish_store_vt_t)

 private:
  typedef detail::MadePart<amps_publish_store_vt_t> Made;
  AMPS_FN explicit MemoryPublishStore(const Made& made)
      : detail::ForwardingStore(made.table, made.self, true) {}
  AMPS_FN static Made made(amps_uint64_t size_bytes_max) {
    detail::require_library();
    Made result = {NULL, NULL};
    detail::check(amps_memory_publish_store_new(size_bytes_max, &result.table, &result.self));
    return result;
  }
};

}  // namespace AMPS

#endif  // AMPS_MEMORYPUBLISHSTORE_HPP
