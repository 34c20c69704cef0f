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

namespace amps::broker {

// What identifies a message: written `publisher|sequence|` (broker 10.2). Zero publisher: none.
struct BookmarkId {
  std::uint64_t publisher = 0;
  std::uint64_t sequence = 0;

  explicit operator bool() const noexcept { return publisher != 0; }
  friend bool operator==(const BookmarkId& left, const BookmarkId& right) noexcept {
    return left.publisher == right.publisher && left.sequence == right.sequence;
  }
};

enum class RecordKind : std::uint8_t {
  kPublish = 1,  // The final message of a publish.
  kDelete = 2,   // A sow_delete: `body` lists the keys it removed, see append_key().
  kQueue = 3,    // What the queues settled; `body` is theirs.
  // Written by the journal itself and never given to readers.
  kPublisher = 4,  // `body` is the name behind the id `bookmark.publisher`.
  kBatch = 5,      // Begins what was written at once; see docs/internals/journal.md.
};

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
  std::uint64_t timestamp_us = 0;  // UTC; never lower than in the record before.
  std::uint64_t txid = 0;          // 1, 2, 3, …: the place in the order of the instance.
};

// Bytes before the texts of a record. Records begin at multiples of kRecordAlignment.
constexpr std::size_t kRecordHeaderBytes = 64;
constexpr std::size_t kRecordAlignment = 8;

// Fails with AMPS_E_PUBLISH when a text is too long for its field.
Status check_record(const JournalRecord& record);
// Bytes of the record with its padding. Requires: check_record() is content.
std::size_t record_bytes(const JournalRecord& record) noexcept;
// Writes record_bytes() bytes, all but the checksum.
void encode_record(char* to, const JournalRecord& record) noexcept;
// Sets the checksum of an encoded record. `salt` is that of the segment.
void seal_record(char* record, std::uint32_t salt) noexcept;

enum class RecordState {
  kGood,
  kEnd,      // Zeros, or nothing: nothing was ever written here.
  kDamaged,  // Checksum, length or kind is wrong, or the record is cut short.
};
// Reads the record that `bytes` begins with. `size` is what it takes with its padding.
RecordState decode_record(std::string_view bytes, std::uint32_t salt, JournalRecord* out,
                          std::size_t* size) noexcept;
// The same for bytes known to be good: nothing is checked.
std::size_t view_record(std::string_view bytes, JournalRecord* out) noexcept;

// Keys of a kDelete record.
void append_key(Buffer* keys, std::string_view key);
// Cuts the first key off. False at the end.
bool take_key(std::string_view* keys, std::string_view* key) noexcept;

}  // namespace amps::broker
