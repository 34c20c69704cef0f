// SPDX-License-Identifier: Apache-2.0
// The body of a message: the public prefix of amps_message.h and what is private to it. Header and
// body are views into a received frame, or bytes of its own, field by field.
// Threads: one at a time; retain and release from any.
// Owns: values that were set, copied or adopted. Views die with the frame unless own() was called.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "client/client_body.h"
#include "wire/header.h"

namespace amps::client {

class Message final : public amps_message {
 public:
  // Counted once for the caller. Throws std::bad_alloc.
  static Message* make(amps_client* owner);
  static Message* from(amps_message_t* message) noexcept { return static_cast<Message*>(message); }
  static const Message* from(const amps_message_t* message) noexcept {
    return static_cast<const Message*>(message);
  }

  void retain() noexcept { reference_count_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;
  bool is_shared() const noexcept { return reference_count_.load(std::memory_order_acquire) > 1; }
  // A copy with bytes of its own, in one allocation.
  Message* copy() const;
  // Copies every view into one block, so that the message outlives the frame.
  void own();
  void reset() noexcept;

  // Becomes a view of what `other` is a view of.
  void view(const Message& other) noexcept;

  // For decoding in place: fill header(), then call sync().
  wire::Header& header() noexcept { return header_; }
  const wire::Header& header() const noexcept { return header_; }
  void sync(std::string_view body) noexcept {
    present = header_.present;
    command = header_.command;
    ack_types = header_.ack_types;
    data = wire::span_of(body);
  }
  std::string_view body() const noexcept { return wire::view_of(data); }
  std::string_view get(FieldId field) const noexcept { return header_.get(field); }

  void set(FieldId field, std::string_view value);              // Copies. Empty clears.
  void assign(FieldId field, std::string_view value) noexcept;  // Borrows. Empty clears.
  void adopt(FieldId field, char* value, std::size_t size);     // Takes memory of malloc().
  void set_data(std::string_view bytes);
  void assign_data(std::string_view bytes) noexcept;
  void set_command(std::uint32_t command_bit) noexcept;
  void set_ack_types(std::uint32_t ack_bits) noexcept;
  // Replaces views of one field for one delivery, without touching storage.
  void set_view(FieldId field, std::string_view value) noexcept {
    header_.set(field, value);
    present = header_.present;
  }

  amps_client* owner() const noexcept { return owner_; }
  // What the client knows about this delivery; meaningless for messages a program made.
  struct Delivery {
    std::uint64_t bookmark_seq = 0;
    amps_handle subscription_handle = nullptr;
    std::uint32_t backlog_max = 0;  // What the server granted; 0 when unknown.
    bool ignore_auto_ack = false;
    bool is_queue = false;  // To be acknowledged.
  };
  Delivery delivery;

 private:
  struct Slot {
    int field;  // FieldId, or kDataSlot.
    char* bytes;
    std::size_t capacity;
  };
  static constexpr int kDataSlot = AMPS_FIELD_COUNT;

  explicit Message(amps_client* owner) noexcept;
  ~Message();
  std::string_view keep(int field, std::string_view value);
  void point(FieldId field, std::string_view value) noexcept;
  std::size_t total_bytes() const noexcept;
  void copy_views(const Message& from, char* to) noexcept;
  void free_slots() noexcept;

  wire::Header header_;
  std::vector<Slot> slots_;
  char* block_ = nullptr;  // What own() allocated.
  amps_client* owner_;
  bool holds_owner_ = false;  // Only messages that outlive their frame keep the client's memory.
  std::atomic<std::uint32_t> reference_count_{1};
};

struct MessageReleaser {
  void operator()(Message* message) const noexcept { message->release(); }
};
// A reference of one's own.
using OwnedMessage = std::unique_ptr<Message, MessageReleaser>;

}  // namespace amps::client
