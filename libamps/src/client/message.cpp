// SPDX-License-Identifier: Apache-2.0
#include "client/message.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "wire/header_decoder.h"

namespace amps::client {
namespace {

void* allocate(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

char* duplicate(std::string_view bytes) {
  auto* copy = static_cast<char*>(allocate(bytes.size()));
  std::memcpy(copy, bytes.data(), bytes.size());
  return copy;
}

template <typename Visit>
void for_each_present(const wire::Header& header, Visit visit) {
  for (std::uint64_t bits = header.present; bits != 0; bits &= bits - 1) {
    visit(static_cast<FieldId>(__builtin_ctzll(bits)));
  }
}

}  // namespace

Message::Message(amps_client* owner) noexcept : amps_message{}, owner_(owner) {
  struct_size = sizeof(amps_message_t);
  field_count = AMPS_FIELD_COUNT;
  fields = header_.fields;
}

Message::~Message() {
  free_slots();
  std::free(block_);
  if (holds_owner_) unhold(owner_);
}

Message* Message::make(amps_client* owner) {
  auto* message = new (allocate(sizeof(Message))) Message(owner);
  if (owner != nullptr) {
    hold(owner);
    message->holds_owner_ = true;
  }
  return message;
}

void Message::release() noexcept {
  if (reference_count_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  this->~Message();
  std::free(this);
}

std::size_t Message::total_bytes() const noexcept {
  std::size_t total = data.len;
  for_each_present(header_, [&](FieldId field) { total += header_.fields[field].len; });
  return total;
}

// Points every field and the body at copies that start at `to`. `from` may be this message.
void Message::copy_views(const Message& from, char* to) noexcept {
  const auto take = [&to](amps_span_t bytes) {
    if (bytes.len != 0) std::memcpy(to, bytes.ptr, bytes.len);
    const amps_span_t view{to, bytes.len};
    to += bytes.len;
    return view;
  };
  for_each_present(from.header_,
                   [&](FieldId field) { header_.fields[field] = take(from.header_.fields[field]); });
  header_.present = from.header_.present;
  header_.command = from.header_.command;
  header_.ack_types = from.header_.ack_types;
  header_.size_bytes = from.header_.size_bytes;
  const amps_span_t body = take(from.data);
  sync(wire::view_of(body));
}

Message* Message::copy() const {
  void* memory = allocate(sizeof(Message) + total_bytes());
  auto* message = new (memory) Message(owner_);
  message->copy_views(*this, static_cast<char*>(memory) + sizeof(Message));
  message->delivery = delivery;
  if (owner_ != nullptr) {
    hold(owner_);
    message->holds_owner_ = true;
  }
  return message;
}

void Message::own() {
  auto* block = static_cast<char*>(allocate(total_bytes() + 1));
  copy_views(*this, block);
  free_slots();
  std::free(block_);
  block_ = block;
  if (owner_ != nullptr && !holds_owner_) {
    hold(owner_);
    holds_owner_ = true;
  }
}

void Message::view(const Message& other) noexcept {
  for_each_present(other.header_,
                   [&](FieldId field) { header_.fields[field] = other.header_.fields[field]; });
  header_.present = other.header_.present;
  header_.command = other.header_.command;
  header_.ack_types = other.header_.ack_types;
  header_.size_bytes = other.header_.size_bytes;
  delivery = other.delivery;
  sync(other.body());
}

void Message::reset() noexcept {
  header_.clear();
  sync({});
  delivery = Delivery{};
}

// Copies a value into the slot of its field. The value may be a view of that very slot.
std::string_view Message::keep(int field, std::string_view value) {
  for (Slot& slot : slots_) {
    if (slot.field != field) continue;
    if (slot.capacity >= value.size()) {
      std::memmove(slot.bytes, value.data(), value.size());
    } else {
      char* bytes = duplicate(value);
      std::free(slot.bytes);
      slot.bytes = bytes;
      slot.capacity = value.size();
    }
    return {slot.bytes, value.size()};
  }
  slots_.reserve(slots_.size() + 1);
  slots_.push_back({field, duplicate(value), value.size()});
  return {slots_.back().bytes, value.size()};
}

void Message::free_slots() noexcept {
  for (const Slot& slot : slots_) std::free(slot.bytes);
  slots_.clear();
}

// Every change of a field ends here, so that the decoded command and ack types stay true.
void Message::point(FieldId field, std::string_view value) noexcept {
  if (value.empty()) {
    header_.present &= ~wire::field_bit(field);
  } else {
    header_.set(field, value);
  }
  present = header_.present;
  if (field == AMPS_Command) command = header_.command = wire::command_of(value);
  if (field == AMPS_AckType) ack_types = header_.ack_types = wire::ack_types_of(value);
}

void Message::set(FieldId field, std::string_view value) {
  point(field, value.empty() ? value : keep(field, value));
}

void Message::assign(FieldId field, std::string_view value) noexcept {
  point(field, value);
}

void Message::adopt(FieldId field, char* value, std::size_t size) {
  for (Slot& slot : slots_) {
    if (slot.field != field) continue;
    if (slot.bytes != value) std::free(slot.bytes);
    slot.bytes = value;
    slot.capacity = size;
    return point(field, {value, size});
  }
  slots_.reserve(slots_.size() + 1);
  slots_.push_back({field, value, size});
  point(field, {value, size});
}

void Message::set_data(std::string_view bytes) {
  assign_data(bytes.empty() ? bytes : keep(kDataSlot, bytes));
}

void Message::assign_data(std::string_view bytes) noexcept {
  data = wire::span_of(bytes);
}

void Message::set_command(std::uint32_t command_bit) noexcept {
  assign(AMPS_Command, wire::command_text(command_bit));
  command = header_.command = command_bit;
}

void Message::set_ack_types(std::uint32_t ack_bits) noexcept {
  assign(AMPS_AckType, wire::ack_types_text(ack_bits));
  ack_types = header_.ack_types = ack_bits;
}

}  // namespace amps::client
