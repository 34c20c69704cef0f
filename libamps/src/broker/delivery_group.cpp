// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery_group.h"

#include <cstring>

#include "wire/header_encoder.h"

namespace amps::broker {

namespace {

void append_prefix(Buffer* out, const Address& address) {
  out->append(std::string_view("\0\0\0\0{\"c\":\"", 10));
  out->append(address.command);
  out->push_back('"');
  wire::append_text_member(out, "t", address.topic);
  wire::append_text_member(out, "sids", address.sids);
}

// What comes behind the prefix; the frame began at `begin`.
void finish_delivery(Buffer* out, std::size_t begin, const Delivery& delivery) {
  const auto append_text = [out](std::string_view name, std::string_view value) {
    if (!value.empty()) wire::append_text_member(out, name, value);
  };
  if (!delivery.key.empty()) {  // Decimal or base64: nothing to escape.
    char* at = out->extend(7 + delivery.key.size());
    std::memcpy(at, ",\"k\":\"", 6);
    std::memcpy(at + 6, delivery.key.data(), delivery.key.size());
    at[6 + delivery.key.size()] = '"';
  }
  append_text("bm", delivery.bookmark);
  append_text("ts", delivery.timestamp);
  append_text("x", delivery.correlation_id);
  append_text("reason", delivery.reason);
  append_text("lp", delivery.lease_end);
  append_text("user_id", delivery.user);
  if (!delivery.expiration.empty()) {
    out->append(",\"e\":");
    out->append(delivery.expiration);
  }
  out->push_back('}');
  out->append(delivery.body);
  wire::store_length(out->data() + begin, static_cast<std::uint32_t>(out->size() - begin - 4));
}

}  // namespace

std::string delivery_prefix(std::string_view topic, std::string_view sids, std::string_view command) {
  Buffer out;
  append_prefix(&out, {topic, sids, command});
  return std::string(out.view());
}

void append_delivery(Buffer* out, std::string_view prefix, const Delivery& delivery) {
  const std::size_t begin = out->size();
  out->append(prefix);
  finish_delivery(out, begin, delivery);
}

void append_delivery(Buffer* out, const Address& address, const Delivery& delivery) {
  const std::size_t begin = out->size();
  append_prefix(out, address);
  finish_delivery(out, begin, delivery);
}

}  // namespace amps::broker
