// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "wire/header_encoder.h"

namespace amps::broker {

namespace {

void append_head(Buffer* out, std::string_view key, std::string_view correlation_id,
                 std::string_view timestamp, std::size_t body_size) {
  const std::size_t begin = out->size();
  if (!key.empty()) wire::append_text_member(out, "k", key);
  if (!correlation_id.empty()) wire::append_text_member(out, "x", correlation_id);
  if (!timestamp.empty()) wire::append_text_member(out, "ts", timestamp);
  wire::append_number_member(out, "l", body_size);
  out->data()[begin] = '{';  // In place of the comma before the first member.
  out->push_back('}');
}

char* put(char* to, std::string_view bytes) noexcept {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

}  // namespace

Record::Record(const Parts& parts, std::string_view head) noexcept
    : head_size_(static_cast<std::uint32_t>(head.size())),
      body_size_(static_cast<std::uint32_t>(parts.body.size())),
      key_size_(static_cast<std::uint32_t>(parts.key.size())),
      identity_size_(static_cast<std::uint32_t>(parts.identity.size())),
      correlation_size_(static_cast<std::uint32_t>(parts.correlation_id.size())),
      timestamp_us_(parts.timestamp_us),
      expires_us_(parts.expires_us),
      txid_(parts.txid) {
  char* to = put(bytes(), head);
  to = put(to, parts.body);
  to = put(to, parts.identity);
  put(to, parts.correlation_id);
}

RecordRef Record::make(const Parts& parts) {
  thread_local Buffer head;  // Grows to the longest head and stays: heads have few sizes.
  head.clear();
  append_head(&head, parts.key, parts.correlation_id, {}, parts.body.size());
  void* const memory = std::malloc(sizeof(Record) + head.size() + parts.body.size() + parts.identity.size() +
                                   parts.correlation_id.size());
  if (memory == nullptr) throw std::bad_alloc();
  return RecordRef(new (memory) Record(parts, head.view()));
}

void RecordRef::free_record() noexcept {
  record_->~Record();
  std::free(record_);
}

void append_record(Buffer* out, const Record& record, const RecordShape& shape, std::string_view body) {
  append_head(out, shape.with_key ? record.key() : std::string_view{}, record.correlation_id(),
              shape.timestamp, body.size());
  out->append(body);
}

}  // namespace amps::broker
