// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/log_tail.h"

#include <algorithm>
#include <utility>

#include "broker/journal/journal_record.h"
#include "broker/journal/segment.h"

namespace amps::broker {
namespace {

constexpr std::size_t kChunkBytes = 1u << 20;  // One write; larger gains nothing.

}  // namespace

LogTail::LogTail(std::uint64_t segment_bytes, LogPosition end) : segment_bytes_(segment_bytes), end_(end) {}

void LogTail::begin_chunk(std::size_t size) {
  // Nothing waits in a chunk that is left, or it waits before the new one: the index stays valid either way.
  if (waiting_bytes_ == 0) {
    waiting_chunk_ = chunks_.size();
    waiting_from_ = 0;
  }
  const auto room = static_cast<std::size_t>(segment_bytes_ - std::min(segment_bytes_, end_.offset));
  const std::size_t capacity = std::max(size, std::min(kChunkBytes, room));
  chunks_.push_back(std::make_shared<TailChunk>(end_, capacity));
  kept_bytes_ += capacity;
}

char* LogTail::put(std::size_t size) {
  TailChunk& chunk = *chunks_.back();
  char* const to = chunk.data.get() + chunk.size;
  chunk.size += size;
  end_.offset += size;
  waiting_bytes_ += size;
  return to;
}

char* LogTail::extend(std::size_t size, std::uint64_t txid) {
  std::uint64_t previous_end = 0;
  const std::uint64_t with_mark = size + (in_batch_ ? 0 : kRecordHeaderBytes);
  // A record that is larger than a segment gets one of its own.
  const bool is_new_segment = end_.offset + with_mark > segment_bytes_ && end_.offset > kSegmentHeaderBytes;
  if (is_new_segment) {
    previous_end = std::exchange(end_.offset, kSegmentHeaderBytes);
    ++end_.segment;
    in_batch_ = false;
  }
  const std::size_t needed = size + (in_batch_ ? 0 : kRecordHeaderBytes);
  if (chunks_.empty() || is_new_segment || chunks_.back()->capacity - chunks_.back()->size < needed) {
    begin_chunk(needed);
  }
  if (!in_batch_) {
    BatchMark mark;
    mark.previous_end = previous_end;
    mark.first_txid = txid;
    encode_batch(put(kRecordHeaderBytes), mark);
    in_batch_ = true;
  }
  return put(size);
}

void LogTail::take(std::vector<TailPiece>* out) {
  out->clear();
  in_batch_ = false;
  for (; waiting_bytes_ != 0; ++waiting_chunk_, waiting_from_ = 0) {
    const TailChunkRef& chunk = chunks_[waiting_chunk_];
    const std::size_t size = chunk->size - waiting_from_;
    if (size != 0) out->push_back({chunk, waiting_from_, size});
    waiting_bytes_ -= size;
    if (waiting_bytes_ == 0) {
      waiting_from_ = chunk->size;
      break;
    }
  }
}

void LogTail::trim(LogPosition durable, std::size_t keep_bytes) {
  // The last chunk stays: it is still being filled.
  while (chunks_.size() > 1 && waiting_chunk_ > 0 && kept_bytes_ > keep_bytes) {
    const TailChunk& oldest = *chunks_.front();
    if (durable < LogPosition{oldest.begin.segment, oldest.begin.offset + oldest.size}) break;
    kept_bytes_ -= oldest.capacity;
    chunks_.pop_front();
    --waiting_chunk_;
  }
}

bool LogTail::view(LogPosition from, LogPosition limit, TailPiece* out) const {
  // The last chunk that begins at or before the place.
  const auto after =
      std::upper_bound(chunks_.begin(), chunks_.end(), from,
                       [](LogPosition place, const TailChunkRef& chunk) { return place < chunk->begin; });
  if (after == chunks_.begin()) return false;
  const TailChunkRef& chunk = *std::prev(after);
  if (chunk->begin.segment != from.segment) return false;
  const std::uint64_t begin = from.offset - chunk->begin.offset;
  std::uint64_t end = chunk->size;
  if (limit.segment == from.segment) {
    end = std::min(end, limit.offset < chunk->begin.offset ? 0 : limit.offset - chunk->begin.offset);
  } else if (limit < from) {
    return false;
  }
  if (begin > end) return false;
  *out = {chunk, static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)};
  return true;
}

}  // namespace amps::broker
