/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Store.hpp
 * Handle to a publish store.
 */
#ifndef AMPS_STORE_HPP
#define AMPS_STORE_HPP

#include <type_traits>

#include "StoreImpl.hpp"
#include "detail/NativePart.hpp"

namespace AMPS {

/** Copies are references to the same store; the last one frees it. An empty handle means no store. */
class AMPS_TYPE Store {
 public:
  AMPS_FN Store() {}
  AMPS_FN Store(const Store&) = default;
  AMPS_FN Store& operator=(const Store&) = default;
  AMPS_FN ~Store() = default;
  /** Takes the object over. */
  AMPS_FN Store(StoreImpl* store) : part_(detail::part_of(store)) {}
  AMPS_FN explicit Store(const detail::PartRef<StoreImpl>& part) : part_(part) {}

  AMPS_FN bool isValid() const { return part_.valid(); }
  AMPS_FN StoreImpl* get() const { return part_.valid() ? &part_.object() : NULL; }
  AMPS_FN amps_uint64_t store(const Message& message) { return part_.object().store(message); }
  AMPS_FN void discardUpTo(amps_uint64_t sequence) { part_.object().discardUpTo(sequence); }
  AMPS_FN void replay(StoreReplayer& replayer) { part_.object().replay(replayer); }
  AMPS_FN bool replaySingle(StoreReplayer& replayer, amps_uint64_t sequence) {
    return part_.object().replaySingle(replayer, sequence);
  }
  AMPS_FN size_t unpersistedCount() const { return part_.object().unpersistedCount(); }
  AMPS_FN void flush(long timeout = 0) { part_.object().flush(timeout); }
  AMPS_FN amps_uint64_t getLowestUnpersisted() const { return part_.object().getLowestUnpersisted(); }
  AMPS_FN amps_uint64_t getLastPersisted() { return part_.object().getLastPersisted(); }

  AMPS_FN const detail::PartRef<StoreImpl>& part() const { return part_; }

 private:
  detail::PartRef<StoreImpl> part_;
};

static_assert(std::is_standard_layout<Store>::value && sizeof(Store) == sizeof(void*),
              "a publish store is one pointer");

}  // namespace AMPS

#endif  // AMPS_STORE_HPP
