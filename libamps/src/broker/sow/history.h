// SPDX-License-Identifier: Apache-2.0
// What the records of a topic were (broker 3.9): former versions, for as long as the window says.
//
//   publish, delete ──► add(): the version that is not current any more ──► forget(): the window has passed
//   query about a moment ──► PastState: of each record the version that stood then
//
// A version that follows within the granularity of the one kept before is not kept: that one stands for it
// too, until the next that is kept. Versions lie in the order in which they were replaced, so forgetting
// takes from the front. A deleted record has a last version, which ends where it was deleted.
//
// Bound: a version that was replaced longer ago than window and granularity together is gone, whether
// anything is published or not; of one record there are at most two more than granularities in that time.
// With a granularity of 0 it is every version of the window: choose it for topics whose changes fit into
// memory. A file's compaction keeps the versions. Threads: under the lock of the topic space; snapshots on
// any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random_hash.h"
#include "broker/configuration_state.h"
#include "broker/sow/record.h"
#include "broker/sow/record_table.h"
#include "broker/sow/shared_chunk.h"

namespace amps::broker {

// A place in the order of changes: by time, or by transaction in the log.
struct Moment {
  std::uint64_t utc_us = UINT64_MAX;
  std::uint64_t txid = UINT64_MAX;

  // What happened then has happened.
  bool has_seen(std::uint64_t at_us, std::uint64_t at_txid) const noexcept {
    return at_us <= utc_us && at_txid <= txid;
  }
};

struct Version {
  RecordRef record;  // None: forgotten.
  // When it stopped being current.
  std::uint64_t replaced_us = 0;
  std::uint64_t replaced_txid = 0;
  // When the next one that is kept began, or the record was deleted.
  std::uint64_t until_us = 0;
  std::uint64_t until_txid = 0;
  bool is_last = false;  // The record was deleted.

  bool stands_at(const Moment& moment) const noexcept {
    return record && moment.has_seen(record->timestamp_us(), record->txid()) &&
           !moment.has_seen(until_us, until_txid);
  }
};

struct VersionSnapshot {
  std::vector<SharedChunkRef<Version>> chunks;
  std::size_t begin = 0;  // In the first chunk.
  std::size_t end = 0;    // Counted from the beginning of the first chunk.

  const Version& at(std::size_t index) const noexcept {
    constexpr std::size_t kSlots = SharedChunk<Version>::kSlots;
    return chunks[index / kSlots]->items[index % kSlots];
  }
};

// Everything a topic knows of its records, now and before.
struct KeptRecords {
  RecordSnapshot records;
  VersionSnapshot versions;
};

// The records of a topic as they were at a moment. Threads: any, one at a time.
class PastState {
 public:
  // `keys` restricts it to these records; sorted; none: all.
  PastState(KeptRecords kept, const Moment& moment, std::vector<std::string> keys)
      : kept_(std::move(kept)), moment_(moment), keys_(std::move(keys)), version_(kept_.versions.begin) {}

  // Goes on to the next entry; null: it did not stand at the moment. False: there is none. References live as
  // long as this.
  bool next(const RecordRef** record);

 private:
  bool is_wanted(const Record& record) const;

  KeptRecords kept_;
  Moment moment_;
  std::vector<std::string> keys_;
  std::size_t slot_ = 0;
  std::size_t version_;
};

class History {
 public:
  explicit History(const HistoryConfiguration& configuration);

  // The version was replaced, or, if `is_last`, deleted. One that is known already is passed over.
  void add(const RecordRef& version, std::uint64_t at_us, std::uint64_t at_txid, bool is_last);
  void forget(std::uint64_t now_us);
  // When forget() has something to do; UINT64_MAX: never.
  std::uint64_t due_us() const noexcept;

  // What every record was at that moment is known.
  bool knows(const Moment& moment, std::uint64_t now_us) const noexcept;
  // The latest moment, no later than that, at which no version stood for another.
  Moment latest_exact(Moment moment) const noexcept;
  VersionSnapshot versions() const;
  std::size_t count() const noexcept { return next_ - first_; }
  std::size_t memory_bytes() const noexcept;

 private:
  const Version& at(std::uint64_t number) const noexcept;
  Version* writable(std::uint64_t number);
  void append(Version version);

  const std::uint64_t window_us_;
  const std::uint64_t granularity_us_;
  // Versions are numbered; those in chunks_ are first_ to next_.
  std::deque<SharedChunkRef<Version>> chunks_;
  std::uint64_t first_ = 0;
  std::uint64_t next_ = 0;
  std::unordered_map<std::string_view, std::uint64_t, RandomHash>
      latest_;                        // By identity, inside the version.
  std::uint64_t forgotten_txid_ = 0;  // The latest change before which something is forgotten.
  std::size_t record_bytes_ = 0;
};

}  // namespace amps::broker
