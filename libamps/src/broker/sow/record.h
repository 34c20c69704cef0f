// SPDX-License-Identifier: Apache-2.0
// One version of a record: immutable, in one block, with the part of a `sow` frame that says it ready-made,
// so that a query costs one copy a record. An update makes a new record.
// Threads: any. The block goes with its last reference; views live as long as a reference is held.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/buffer.h"

namespace amps::broker {

class RecordRef;

class Record {
 public:
  struct Parts {
    std::string_view key;       // As presented: decimal digits, or the publisher's own text.
    std::string_view identity;  // Key fields, by which records differ; empty: the key itself.
    std::string_view body;
    std::string_view correlation_id;
    std::uint64_t timestamp_us = 0;
    std::uint64_t expires_us = 0;  // UTC; 0: never.
    std::uint64_t txid = 0;        // 0: not logged.
  };
  static RecordRef make(const Parts& parts);
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  // {"k":"…","x":"…","l":n} and the body.
  std::string_view frame_part() const noexcept { return {bytes(), head_size_ + std::size_t{body_size_}}; }
  std::string_view key() const noexcept { return {bytes() + kKeyAt, key_size_}; }
  std::string_view body() const noexcept { return {bytes() + head_size_, body_size_}; }
  std::string_view identity() const noexcept {
    return identity_size_ == 0 ? key() : std::string_view(tail(), identity_size_);
  }
  std::string_view correlation_id() const noexcept { return {tail() + identity_size_, correlation_size_}; }
  std::uint64_t timestamp_us() const noexcept { return timestamp_us_; }
  std::uint64_t expires_us() const noexcept { return expires_us_; }
  std::uint64_t txid() const noexcept { return txid_; }
  bool is_overdue(std::uint64_t now_us) const noexcept { return expires_us_ != 0 && expires_us_ <= now_us; }
  std::size_t memory_bytes() const noexcept {
    return sizeof(Record) + head_size_ + body_size_ + identity_size_ + correlation_size_;
  }

 private:
  friend class RecordRef;
  Record(const Parts& parts, std::string_view head) noexcept;
  ~Record() = default;
  static constexpr std::size_t kKeyAt = 6;  // After {"k":".

  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
  const char* bytes() const noexcept { return reinterpret_cast<const char*>(this + 1); }
  const char* tail() const noexcept { return bytes() + head_size_ + body_size_; }

  std::atomic<std::uint32_t> references_{1};
  const std::uint32_t head_size_;
  const std::uint32_t body_size_;
  const std::uint32_t key_size_;
  const std::uint32_t identity_size_;
  const std::uint32_t correlation_size_;
  const std::uint64_t timestamp_us_;
  const std::uint64_t expires_us_;
  const std::uint64_t txid_;
};

// Counts references inside the record: table, snapshots and history own it together.
class RecordRef {
 public:
  RecordRef() noexcept = default;
  RecordRef(const RecordRef& other) noexcept : record_(other.record_) {
    if (record_ != nullptr) record_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  RecordRef(RecordRef&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
  RecordRef& operator=(RecordRef other) noexcept {
    std::swap(record_, other.record_);
    return *this;
  }
  ~RecordRef() {
    // Release orders our reads before the free; acquire makes the last owner see those of all others.
    if (record_ != nullptr && record_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      free_record();
  }

  explicit operator bool() const noexcept { return record_ != nullptr; }
  const Record* get() const noexcept { return record_; }
  const Record* operator->() const noexcept { return record_; }
  const Record& operator*() const noexcept { return *record_; }

 private:
  friend class Record;
  explicit RecordRef(Record* record) noexcept : record_(record) {}
  void free_record() noexcept;
  Record* record_ = nullptr;
};

// What differs from the ready-made part: other fields, or another body.
struct RecordShape {
  bool with_key = true;
  std::string_view timestamp;  // Empty: none.
};
void append_record(Buffer* out, const Record& record, const RecordShape& shape, std::string_view body);

}  // namespace amps::broker
