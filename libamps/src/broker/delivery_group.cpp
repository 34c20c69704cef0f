// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery_group.h"

#include <cstring>

#include "wire/header_encoder.h"

namespace amps::broker {

std::string delivery_prefix(std::string_view topic, std::string_view sids) {
  Buffer out;
  out.append(std::string_view("\0\0\0\0{\"c\":\"p\"", 12));
  wire::append_text_member(&out, "t", topic);
  wire::append_text_member(&out, "sids", sids);
  return std::string(out.view());
}

void append_delivery(Buffer* out, std::string_view prefix, const Publish& publish,
                     std::string_view timestamp) {
  const std::size_t begin = out->size();
  if (publish.correlation_id.empty() && publish.expiration.empty() && timestamp.empty()) {
    char* at = out->extend(prefix.size() + 1 + publish.body.size());
    std::memcpy(at, prefix.data(), prefix.size());
    at[prefix.size()] = '}';
    if (!publish.body.empty()) std::memcpy(at + prefix.size() + 1, publish.body.data(), publish.body.size());
  } else {
    out->append(prefix);
    if (!timestamp.empty()) wire::append_text_member(out, "ts", timestamp);
    if (!publish.correlation_id.empty()) wire::append_text_member(out, "x", publish.correlation_id);
    if (!publish.expiration.empty()) {
      out->append(",\"e\":");
      out->append(publish.expiration);
    }
    out->push_back('}');
    out->append(publish.body);
  }
  wire::store_length(out->data() + begin, static_cast<std::uint32_t>(out->size() - begin - 4));
}

}  // namespace amps::broker
