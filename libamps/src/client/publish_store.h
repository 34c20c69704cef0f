// SPDX-License-Identifier: Apache-2.0
// The library's publish store: keeps publishes until the server has persisted them, in memory and, when it
// was given a path, in a file that survives the process.
//
// Messages are numbered without gaps. What is kept is a queue of blocks of encoded frames, so that storing
// allocates once for many messages, and a block goes when the server has all of it. The file says the same
// in records: each message with what was persisted by then, which is only a hint, because the server tells
// at logon what it has. When most of the file is of no use any more, a new one takes its place.
// Threads: any. Blocks: store(), for the file; flush().
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "base/buffer.h"
#include "base/file_io.h"
#include "base/record_file.h"
#include "base/status.h"
#include "base/sync.h"
#include "client/message.h"
#include "client/part.h"
#include "client/plugin.h"
#include "client/store_file.h"

namespace amps::client {

class PublishStore final : public Part {
 public:
  // In memory only. @param size_bytes_max  store() says AMPS_E_WOULD_BLOCK rather than keep more
  explicit PublishStore(std::uint64_t size_bytes_max) : size_bytes_max_(size_bytes_max) {}
  // With what the file holds; a file that is not there is made. Fails with AMPS_E_STORE when another store
  // has it or it is damaged. @param syncs  store() returns when the disk has the message
  static Status open(FileIo* io, const std::string& path, bool syncs, std::uint64_t size_bytes_max,
                     std::unique_ptr<PublishStore>* out);

  static const amps_publish_store_vt_t* table() noexcept;
  // Requires: the pair of table and self came from the library.
  static PublishStore* of(void* self) noexcept {
    return static_cast<PublishStore*>(static_cast<Part*>(self));
  }
  void* self() noexcept { return static_cast<Part*>(this); }

  Status store(const Message& message, std::uint64_t* sequence) AMPS_EXCLUDES(file_mutex_, mutex_);
  Status discard_up_to(std::uint64_t sequence) AMPS_EXCLUDES(file_mutex_, mutex_);
  // At a logon: the server's latest number of this client. What a new store got before its first logon is
  // numbered anew behind it, or the server would take it for what it has.
  Status resume_after(std::uint64_t sequence) AMPS_EXCLUDES(file_mutex_, mutex_);
  // What is kept now, in order. No lock is held while `give` runs.
  amps_result replay(amps_store_replay_fn give, void* userdata) AMPS_EXCLUDES(mutex_);
  amps_result replay_single(amps_store_replay_fn give, void* userdata, std::uint64_t sequence)
      AMPS_EXCLUDES(mutex_);
  // Waits until what is kept now is persisted.
  Status flush(std::uint32_t timeout_ms) AMPS_EXCLUDES(mutex_);
  std::uint64_t unpersisted_count() const AMPS_EXCLUDES(mutex_);
  std::uint64_t lowest_unpersisted() const AMPS_EXCLUDES(mutex_);  // 0 when there is none.
  std::uint64_t last_persisted() const AMPS_EXCLUDES(mutex_);
  // The disk has everything when it returns. Nothing to do without a file.
  Status sync() AMPS_EXCLUDES(file_mutex_);
  // Gives the file up; what would change it fails from now on. Nothing to do without a file.
  Status close() AMPS_EXCLUDES(file_mutex_);

 private:
  struct Block {
    Buffer frames;  // Each with its length in front.
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };

  Status load(FileIo* io, const std::string& path, bool syncs) AMPS_REQUIRES(file_mutex_);
  bool visit(std::string_view record) AMPS_EXCLUDES(mutex_);  // False: it does not follow.
  Status write(std::string_view frame, std::uint64_t sequence, std::uint64_t persisted)
      AMPS_REQUIRES(file_mutex_);
  void begin_record(std::uint64_t sequence, std::uint64_t persisted) AMPS_REQUIRES(file_mutex_);
  Status rewrite() AMPS_REQUIRES(file_mutex_) AMPS_EXCLUDES(mutex_);
  Status fill(RecordFile* file) AMPS_REQUIRES(file_mutex_) AMPS_EXCLUDES(mutex_);
  void keep(std::string_view frame, std::uint64_t sequence) AMPS_REQUIRES(mutex_);
  void drop(std::uint64_t sequence) AMPS_REQUIRES(mutex_);
  void renumber(std::uint64_t after) AMPS_REQUIRES(mutex_);
  // Copies the first block with a message above `after`. False when there is none.
  bool copy_block(std::uint64_t after, Block* out) const AMPS_EXCLUDES(mutex_);

  const std::uint64_t size_bytes_max_;
  // Who stores: numbers stand in the file in their order. Held while the file is written.
  mutable Mutex file_mutex_{LockRank::kStoreFile};
  StoreFile file_ AMPS_GUARDED_BY(file_mutex_);
  std::uint64_t rewrite_bytes_ AMPS_GUARDED_BY(file_mutex_) = 0;  // The size at which a new file is tried.
  Buffer frame_ AMPS_GUARDED_BY(file_mutex_);
  Buffer record_ AMPS_GUARDED_BY(file_mutex_);

  mutable Mutex mutex_{LockRank::kLeaf};
  CondVar persisted_changed_;
  std::deque<Block> blocks_ AMPS_GUARDED_BY(mutex_);
  std::uint64_t kept_bytes_ AMPS_GUARDED_BY(mutex_) = 0;  // Of the blocks.
  std::uint64_t last_ AMPS_GUARDED_BY(mutex_) = 0;        // Number of the latest message.
  std::uint64_t persisted_ AMPS_GUARDED_BY(mutex_) = 0;   // The server has everything up to here.
  bool is_new_ AMPS_GUARDED_BY(mutex_) = true;            // No server has said yet what it has.
};

}  // namespace amps::client
