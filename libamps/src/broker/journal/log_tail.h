// SPDX-License-Identifier: Apache-2.0
// The end of the log in memory: what waits for the disk, and behind it as much of what is there already
// as readers near the end are likely to ask for. Decides where records lie, so a record's place is known
// when it is appended.
// Threads: under the journal's lock; bytes of a view are read without it, because they never move and
// only their checksums are still written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "broker/journal/log_position.h"

namespace amps::broker {

// Bytes of one segment, growing up to a fixed capacity.
struct TailChunk {
  TailChunk(LogPosition at, std::size_t chunk_capacity)
      : begin(at), capacity(chunk_capacity), data(new char[chunk_capacity]) {}

  const LogPosition begin;
  const std::size_t capacity;
  std::size_t size = 0;  // Under the journal's lock.
  const std::unique_ptr<char[]> data;
};
// Owned by the tail and by whoever reads or writes it out at the moment; the last one is unknown in advance.
using TailChunkRef = std::shared_ptr<TailChunk>;

// Whole records of one segment.
struct TailPiece {
  TailChunkRef chunk;
  std::size_t from = 0;
  std::size_t size = 0;

  LogPosition begin() const noexcept { return {chunk->begin.segment, chunk->begin.offset + from}; }
  char* data() const noexcept { return chunk->data.get() + from; }
  std::string_view bytes() const noexcept { return {data(), size}; }
};

class LogTail {
 public:
  // Appends after `end`, where the log on the disk ends.
  LogTail(std::uint64_t segment_bytes, LogPosition end);

  // Room for one record of a size that is a multiple of the alignment. Begins a batch before it when the
  // last one was taken, and another segment when this one is full. `txid` is that of the record, or of the
  // next.
  char* extend(std::size_t size, std::uint64_t txid);
  // Everything appended since the last take, in order; ends the batch.
  void take(std::vector<TailPiece>* out);
  // What was taken is on the disk: forgets the oldest of it while more than `keep_bytes` are kept.
  void trim(LogPosition durable, std::size_t keep_bytes);
  // The records from a place up to `limit`, as far as they lie in one piece. False: they are not in memory
  // any more.
  bool view(LogPosition from, LogPosition limit, TailPiece* out) const;

  LogPosition end() const noexcept { return end_; }
  std::size_t waiting_bytes() const noexcept { return waiting_bytes_; }  // Appended and not taken.

 private:
  void begin_chunk(std::size_t size);
  char* put(std::size_t size);

  const std::uint64_t segment_bytes_;
  LogPosition end_;
  bool in_batch_ = false;
  std::deque<TailChunkRef> chunks_;
  std::size_t kept_bytes_ = 0;  // Capacity of all chunks.
  // What was not taken begins here.
  std::size_t waiting_chunk_ = 0;  // Index in chunks_.
  std::size_t waiting_from_ = 0;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace amps::broker
