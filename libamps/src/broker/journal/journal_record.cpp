// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/journal_record.h"

#include <cstring>
#include <limits>
#include <string>

#include "base/crc32c.h"

namespace amps::broker {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files are little-endian and read as they are");

// The header of a record as it lies in the file. Texts follow in the order of their sizes, the body last.
struct RecordHeader {
  std::uint32_t checksum;  // Of all that follows, padding excluded, salted.
  std::uint32_t size;      // Header and texts.
  std::uint8_t kind;
  std::uint8_t flags;
  std::uint8_t type_size;
  std::uint8_t zero;
  std::uint32_t expiration_s;
  std::uint64_t txid;
  std::uint64_t timestamp_us;
  std::uint64_t publisher;
  std::uint64_t sequence;
  std::uint16_t topic_size;
  std::uint16_t user_size;
  std::uint16_t key_size;
  std::uint16_t correlation_size;
};
static_assert(sizeof(RecordHeader) == kRecordHeaderBytes);

constexpr std::uint8_t kHasExpiration = 1;
constexpr std::uint8_t kNumberedByLog = 2;
constexpr std::uint8_t kKnownFlags = kHasExpiration | kNumberedByLog;

std::size_t padded(std::size_t size) noexcept {
  return (size + kRecordAlignment - 1) / kRecordAlignment * kRecordAlignment;
}

std::size_t text_bytes(const JournalRecord& record) noexcept {
  return record.message_type.size() + record.topic.size() + record.user.size() + record.key.size() +
         record.correlation_id.size() + record.body.size();
}

std::size_t text_bytes_without_body(const RecordHeader& header) noexcept {
  return std::size_t{header.type_size} + header.topic_size + header.user_size + header.key_size +
         header.correlation_size;
}

bool is_plausible(const RecordHeader& header) noexcept {
  return header.size >= kRecordHeaderBytes && header.size <= kRecordBytesMax && header.kind >= 1 &&
         header.kind <= static_cast<std::uint8_t>(RecordKind::kBatch) && (header.flags & ~kKnownFlags) == 0 &&
         header.zero == 0 && text_bytes_without_body(header) <= header.size - kRecordHeaderBytes;
}

bool is_zero(const RecordHeader& header) noexcept {
  static constexpr RecordHeader kZero{};
  return std::memcmp(&header, &kZero, sizeof header) == 0;
}

}  // namespace

Status check_record(const JournalRecord& record) {
  constexpr std::size_t kTextMax = std::numeric_limits<std::uint16_t>::max();
  const struct {
    const char* name;
    std::size_t size;
    std::size_t max;
  } texts[] = {
      {"message type", record.message_type.size(), std::numeric_limits<std::uint8_t>::max()},
      {"topic", record.topic.size(), kTextMax},
      {"user id", record.user.size(), kTextMax},
      {"SOW key", record.key.size(), kTextMax},
      {"correlation id", record.correlation_id.size(), kTextMax},
      {"message", text_bytes(record), kRecordBytesMax - kRecordHeaderBytes - kRecordAlignment},
  };
  for (const auto& text : texts) {
    if (text.size <= text.max) continue;
    return {AMPS_E_PUBLISH, std::string(text.name) + " of " + std::to_string(text.size) +
                                " bytes exceeds the limit of " + std::to_string(text.max) +
                                " of the transaction log"};
  }
  return {};
}

std::size_t record_bytes(const JournalRecord& record) noexcept {
  return padded(kRecordHeaderBytes + text_bytes(record));
}

void encode_record(char* to, const JournalRecord& record) noexcept {
  RecordHeader header{};
  const std::size_t size = kRecordHeaderBytes + text_bytes(record);
  header.size = static_cast<std::uint32_t>(size);
  header.kind = static_cast<std::uint8_t>(record.kind);
  header.flags = static_cast<std::uint8_t>((record.expiration_s ? kHasExpiration : 0) |
                                           (record.numbered_by_log ? kNumberedByLog : 0));
  header.type_size = static_cast<std::uint8_t>(record.message_type.size());
  header.expiration_s = record.expiration_s.value_or(0);
  header.txid = record.txid;
  header.timestamp_us = record.timestamp_us;
  header.publisher = record.bookmark.publisher;
  header.sequence = record.bookmark.sequence;
  header.topic_size = static_cast<std::uint16_t>(record.topic.size());
  header.user_size = static_cast<std::uint16_t>(record.user.size());
  header.key_size = static_cast<std::uint16_t>(record.key.size());
  header.correlation_size = static_cast<std::uint16_t>(record.correlation_id.size());
  std::memcpy(to, &header, sizeof header);
  char* at = to + sizeof header;
  for (const std::string_view text :
       {record.message_type, record.topic, record.user, record.key, record.correlation_id, record.body}) {
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    at += text.size();
  }
  std::memset(at, 0, padded(size) - size);
}

std::size_t seal_record(char* record, std::uint32_t salt) noexcept {
  std::uint32_t size = 0;
  std::memcpy(&size, record + offsetof(RecordHeader, size), sizeof size);
  constexpr std::size_t kSealedFrom = offsetof(RecordHeader, size);
  const std::uint32_t checksum = crc32c({record + kSealedFrom, size - kSealedFrom}, salt);
  std::memcpy(record, &checksum, sizeof checksum);
  return padded(size);
}

RecordState decode_record(std::string_view bytes, std::uint32_t salt, JournalRecord* out,
                          std::size_t* size) noexcept {
  *size = kRecordHeaderBytes;
  if (bytes.size() < kRecordHeaderBytes) return RecordState::kCut;
  RecordHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (!is_plausible(header)) return is_zero(header) ? RecordState::kEnd : RecordState::kDamaged;
  *size = padded(header.size);
  if (bytes.size() < *size) return RecordState::kCut;
  constexpr std::size_t kSealedFrom = offsetof(RecordHeader, size);
  const std::uint32_t checksum = crc32c(bytes.substr(kSealedFrom, header.size - kSealedFrom), salt);
  if (checksum != header.checksum) return RecordState::kDamaged;
  view_record(bytes.data(), out);
  return RecordState::kGood;
}

std::size_t view_record(const char* bytes, JournalRecord* out) noexcept {
  RecordHeader header;
  // Not the checksum: of a record that was just appended it may be written at this moment.
  constexpr std::size_t kFrom = offsetof(RecordHeader, size);
  std::memcpy(reinterpret_cast<char*>(&header) + kFrom, bytes + kFrom, sizeof header - kFrom);
  const char* at = bytes + sizeof header;
  const auto take = [&at](std::size_t size) {
    const std::string_view text(at, size);
    at += size;
    return text;
  };
  out->kind = static_cast<RecordKind>(header.kind);
  out->message_type = take(header.type_size);
  out->topic = take(header.topic_size);
  out->user = take(header.user_size);
  out->key = take(header.key_size);
  out->correlation_id = take(header.correlation_size);
  out->body = take(header.size - kRecordHeaderBytes - text_bytes_without_body(header));
  out->expiration_s.reset();
  if ((header.flags & kHasExpiration) != 0) out->expiration_s = header.expiration_s;
  out->numbered_by_log = (header.flags & kNumberedByLog) != 0;
  out->bookmark = {header.publisher, header.sequence};
  out->timestamp_us = header.timestamp_us;
  out->txid = header.txid;
  return padded(header.size);
}

std::size_t view_if_data(const char* bytes, bool* is_data, JournalRecord* out) noexcept {
  const auto kind = static_cast<RecordKind>(bytes[offsetof(RecordHeader, kind)]);
  *is_data = amps::broker::is_data(kind);
  if (*is_data) return view_record(bytes, out);
  std::uint32_t size = 0;
  std::memcpy(&size, bytes + offsetof(RecordHeader, size), sizeof size);
  return padded(size);
}

std::size_t whole_record_bytes(std::string_view bytes) noexcept {
  std::size_t whole = 0;
  while (bytes.size() - whole >= kRecordHeaderBytes) {
    std::uint32_t size = 0;
    std::memcpy(&size, bytes.data() + whole + offsetof(RecordHeader, size), sizeof size);
    if (size < kRecordHeaderBytes || size > kRecordBytesMax)
      break;  // Damage; whoever decodes it will say so.
    if (padded(size) > bytes.size() - whole) return whole == 0 ? padded(size) : whole;
    whole += padded(size);
  }
  return whole != 0 ? whole : kRecordHeaderBytes;
}

void encode_batch(char* to, const BatchMark& mark) noexcept {
  JournalRecord record;
  record.kind = RecordKind::kBatch;
  record.bookmark = {mark.previous_end, mark.synced_offset};
  record.timestamp_us = mark.batch_bytes;
  record.txid = mark.first_txid;
  encode_record(to, record);
}

void complete_batch(char* record, std::uint64_t synced_offset, std::uint64_t batch_bytes) noexcept {
  std::memcpy(record + offsetof(RecordHeader, sequence), &synced_offset, sizeof synced_offset);
  std::memcpy(record + offsetof(RecordHeader, timestamp_us), &batch_bytes, sizeof batch_bytes);
}

BatchMark batch_of(const JournalRecord& record) noexcept {
  BatchMark mark;
  mark.previous_end = record.bookmark.publisher;
  mark.synced_offset = record.bookmark.sequence;
  mark.batch_bytes = record.timestamp_us;
  mark.first_txid = record.txid;
  return mark;
}

void append_key(Buffer* keys, std::string_view key) {
  const auto size = static_cast<std::uint32_t>(key.size());
  keys->append({reinterpret_cast<const char*>(&size), sizeof size});
  keys->append(key);
}

bool take_key(std::string_view* keys, std::string_view* key) noexcept {
  std::uint32_t size = 0;
  if (keys->size() < sizeof size) return false;
  std::memcpy(&size, keys->data(), sizeof size);
  if (size > keys->size() - sizeof size) return false;
  *key = keys->substr(sizeof size, size);
  keys->remove_prefix(sizeof size + size);
  return true;
}

}  // namespace amps::broker
