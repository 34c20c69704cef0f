/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file StoreImpl.hpp
 * The interface of publish stores, for programs that write their own.
 */
#ifndef AMPS_STOREIMPL_HPP
#define AMPS_STOREIMPL_HPP

#include <cstddef>

#include "Message.hpp"
#include "amps_plugins.h"
#include "detail/Part.hpp"
#include "detail/guarded.hpp"

namespace AMPS {

/** Gets the messages that a store replays. */
class AMPS_TYPE StoreReplayer {
 public:
  virtual ~StoreReplayer() {}
  virtual void execute(Message& message) = 0;
};

/**
 * Keeps publishes until the server has persisted them.
 * Threads: store the publishing ones, discardUpTo the receive thread, replay the one that reconnects.
 */
class AMPS_TYPE StoreImpl {
 public:
  virtual ~StoreImpl() {}
  /** Keeps a copy. @return its sequence number */
  virtual amps_uint64_t store(const Message& message) = 0;
  virtual void discardUpTo(amps_uint64_t sequence) = 0;
  /** Calls replayer.execute() for each kept message, in order. */
  virtual void replay(StoreReplayer& replayer) = 0;
  /** @return false when the message is gone */
  virtual bool replaySingle(StoreReplayer& replayer, amps_uint64_t sequence) = 0;
  virtual size_t unpersistedCount() const = 0;
  /** Waits until all that is stored now is gone; throws TimedOutException. @param timeout ms; 0: no limit */
  virtual void flush(long timeout) = 0;
  virtual amps_uint64_t getLowestUnpersisted() const { return 0; }
  virtual amps_uint64_t getLastPersisted() { return 0; }
};

namespace detail {

class AMPS_TYPE ForwardingStore : public StoreImpl, protected Foreign<amps_publish_store_vt_t> {
 public:
  AMPS_FN ForwardingStore(const amps_publish_store_vt_t* table, void* self, bool take_over = false)
      : Foreign<amps_publish_store_vt_t>(table, self, take_over) {}
  virtual amps_uint64_t store(const Message& message) {
    Message handle(message);
    uint64_t sequence = 0;
    if (AMPS_TABLE_HAS(table(), store)) check(table()->store(self(), ref(handle), &sequence));
    return sequence;
  }
  virtual void discardUpTo(amps_uint64_t sequence) {
    if (AMPS_TABLE_HAS(table(), discard_up_to)) check(table()->discard_up_to(self(), sequence));
  }
  virtual void replay(StoreReplayer& replayer) {
    if (AMPS_TABLE_HAS(table(), replay)) check(table()->replay(self(), &execute, &replayer));
  }
  virtual bool replaySingle(StoreReplayer& replayer, amps_uint64_t sequence) {
    if (!AMPS_TABLE_HAS(table(), replay_single)) return false;
    const amps_result result = table()->replay_single(self(), &execute, &replayer, sequence);
    if (result == AMPS_E_NOT_FOUND) return false;
    check(result);
    return true;
  }
  virtual size_t unpersistedCount() const {
    uint64_t count = 0;
    if (AMPS_TABLE_HAS(table(), unpersisted_count)) check(table()->unpersisted_count(self(), &count));
    return static_cast<size_t>(count);
  }
  virtual void flush(long timeout) {
    if (AMPS_TABLE_HAS(table(), flush)) check(table()->flush(self(), static_cast<uint32_t>(timeout)));
  }
  virtual amps_uint64_t getLowestUnpersisted() const {
    uint64_t sequence = 0;
    if (AMPS_TABLE_HAS(table(), lowest_unpersisted)) check(table()->lowest_unpersisted(self(), &sequence));
    return sequence;
  }
  virtual amps_uint64_t getLastPersisted() {
    uint64_t sequence = 0;
    if (AMPS_TABLE_HAS(table(), last_persisted)) check(table()->last_persisted(self(), &sequence));
    return sequence;
  }

 private:
  AMPS_FN static amps_result execute(amps_message_ref_t* kept, void* replayer) {
    return guarded([&] { static_cast<StoreReplayer*>(replayer)->execute(message(kept)); });
  }
};

// Hands replayed messages to the library.
class AMPS_TYPE LibraryReplayer : public StoreReplayer {
 public:
  AMPS_FN LibraryReplayer(amps_store_replay_fn replay, void* userdata)
      : replay_(replay), userdata_(userdata) {}
  virtual void execute(Message& message) { check(replay_(ref(message), userdata_)); }

 private:
  amps_store_replay_fn replay_;
  void* userdata_;
};

template <>
struct Adapter<StoreImpl> {
  typedef amps_publish_store_vt_t Table;
  typedef ForwardingStore Forwarder;

  AMPS_FN static const Table* table() {
    static const Table thunks = make();
    return &thunks;
  }

 private:
  AMPS_FN static StoreImpl& of(void* self) { return object_of<StoreImpl>(self); }
  AMPS_FN static amps_result store(void* self, amps_message_ref_t* published, uint64_t* sequence) {
    return guarded([&] { *sequence = of(self).store(message(published)); });
  }
  AMPS_FN static amps_result discard_up_to(void* self, uint64_t sequence) {
    return guarded([&] { of(self).discardUpTo(sequence); });
  }
  AMPS_FN static amps_result replay(void* self, amps_store_replay_fn function, void* userdata) {
    return guarded([&] {
      LibraryReplayer replayer(function, userdata);
      of(self).replay(replayer);
    });
  }
  AMPS_FN static amps_result replay_single(void* self, amps_store_replay_fn function, void* userdata,
                                           uint64_t sequence) {
    bool found = false;
    const amps_result result = guarded([&] {
      LibraryReplayer replayer(function, userdata);
      found = of(self).replaySingle(replayer, sequence);
    });
    return result == AMPS_E_OK && !found ? AMPS_E_NOT_FOUND : result;
  }
  AMPS_FN static amps_result unpersisted_count(void* self, uint64_t* count) {
    return guarded([&] { *count = of(self).unpersistedCount(); });
  }
  AMPS_FN static amps_result flush(void* self, uint32_t timeout_ms) {
    return guarded([&] { of(self).flush(static_cast<long>(timeout_ms)); });
  }
  AMPS_FN static amps_result lowest_unpersisted(void* self, uint64_t* sequence) {
    return guarded([&] { *sequence = of(self).getLowestUnpersisted(); });
  }
  AMPS_FN static amps_result last_persisted(void* self, uint64_t* sequence) {
    return guarded([&] { *sequence = of(self).getLastPersisted(); });
  }
  AMPS_FN static Table make() {
    Table thunks = table_of_parts<Table>();
    thunks.store = &store;
    thunks.discard_up_to = &discard_up_to;
    thunks.replay = &replay;
    thunks.replay_single = &replay_single;
    thunks.unpersisted_count = &unpersisted_count;
    thunks.flush = &flush;
    thunks.lowest_unpersisted = &lowest_unpersisted;
    thunks.last_persisted = &last_persisted;
    return thunks;
  }
};

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_STOREIMPL_HPP
