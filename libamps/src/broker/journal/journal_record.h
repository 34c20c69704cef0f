// SPDX-License-Identifier: Apache-2.0
// One entry of the transaction log, and its bytes (docs/internals/journal.md).
// Threads: functions of their arguments. A decoded record's views point into the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/buffer.h"
#include "base/status.h"
#include "broker/journal/bookmark_id.h"

namespace amps::broker {

enum class RecordKind : std::uint8_t {
  kPublish = 1,  // The final message of a publish.
  kDelete = 2,   // A sow_delete: `body` lists the keys it removed, see append_key().
  kQueue = 3,    // What the queues settled; `body` is theirs.
  // Written by the journal itself and never given to readers.
  kPublisher = 4,  // `body` is the name behind the id `bookmark.publisher`.
  kBatch = 5,      // Begins what was written at once; see docs/internals/journal.md.
};

constexpr bool is_data(RecordKind kind) noexcept {
  return kind <= RecordKind::kQueue;
}

struct JournalRecord {
  RecordKind kind = RecordKind::kPublish;
  std::string_view message_type;
  std::string_view topic;
  std::string_view body;
  std::string_view key;  // As presented in `sow_key`; empty without state.
  std::string_view correlation_id;
  std::string_view user;  // Authenticated id of the publisher.
  std::optional<std::uint32_t> expiration_s;
  BookmarkId bookmark;
  bool numbered_by_log = false;    // The sequence is the txid, because the publisher does not count.
  std::uint64_t timestamp_us = 0;  // UTC; never lower than in the record before.
  std::uint64_t txid = 0;          // 1, 2, 3, …: the place in the order of the instance.
};

// Bytes before the texts of a record. Records begin at multiples of kRecordAlignment.
constexpr std::size_t kRecordHeaderBytes = 56;
constexpr std::size_t kRecordAlignment = 8;
// A message of the largest size with every text; a longer length is damage.
constexpr std::size_t kRecordBytesMax = std::size_t{512} << 20;

// Fails with AMPS_E_PUBLISH when a text is too long for its field.
Status check_record(const JournalRecord& record);
// Bytes of the record with its padding.
std::size_t record_bytes(const JournalRecord& record) noexcept;
// Writes record_bytes() bytes, all but the checksum. Requires: check_record() is content.
void encode_record(char* to, const JournalRecord& record) noexcept;
// Sets the checksum of an encoded record, and returns its size with padding. `salt` is that of the segment.
std::size_t seal_record(char* record, std::uint32_t salt) noexcept;

enum class RecordState {
  kGood,
  kEnd,      // Zeros: nothing was ever written here.
  kCut,      // Longer than the bytes at hand.
  kDamaged,  // Checksum, length or kind is wrong.
};
// Reads the record that `bytes` begins with. `size` is what it takes with its padding, when good or cut;
// of a record cut inside its header it is that of the header.
RecordState decode_record(std::string_view bytes, std::uint32_t salt, JournalRecord* out,
                          std::size_t* size) noexcept;
// The same for bytes known to be whole and good; nothing is checked. Returns the size with padding.
std::size_t view_record(const char* bytes, JournalRecord* out) noexcept;

// The same for readers: of the journal's own records, which may be written to at this moment, only the
// kind is looked at, and `is_data` is false.
std::size_t view_if_data(const char* bytes, bool* is_data, JournalRecord* out) noexcept;
// How many of the bytes are whole records, by their lengths. When not even the first one is whole: what it
// takes, which is more than there are.
std::size_t whole_record_bytes(std::string_view bytes) noexcept;

// A kBatch record begins what was written at once, and says what the disk had already then. Everything
// before that was safe, so that a fault there is damage, and what lies after may be torn.
struct BatchMark {
  std::uint64_t synced_offset = 0;  // In this segment.
  std::uint64_t previous_end = 0;   // Where the segment before this one ends; 0: there is none.
  std::uint64_t batch_bytes = 0;    // This record included.
  std::uint64_t first_txid = 0;     // Of the records in it, or to come.
};
void encode_batch(char* to, const BatchMark& mark) noexcept;  // kRecordHeaderBytes bytes.
// Sets what is known only when the batch is written. Readers of memory do not look at it.
void complete_batch(char* record, std::uint64_t synced_offset, std::uint64_t batch_bytes) noexcept;
BatchMark batch_of(const JournalRecord& record) noexcept;

// Keys of a kDelete record.
void append_key(Buffer* keys, std::string_view key);
// Cuts the first key off. False at the end, or where the bytes are not keys.
bool take_key(std::string_view* keys, std::string_view* key) noexcept;

}  // namespace amps::broker
