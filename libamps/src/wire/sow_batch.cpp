// SPDX-License-Identifier: Apache-2.0
#include "wire/sow_batch.h"

#include <string>

#include "wire/header_encoder.h"

namespace amps::wire {

SowBatchReader::SowBatchReader(const Header& outer, std::string_view records) noexcept
    : outer_(outer), rest_(records) {
  // These two describe one record each; a frame's own are not the first record's (protocol 2.4).
  outer_.present &= ~(field_bit(AMPS_MessageLength) | field_bit(AMPS_SowKey));
}

bool SowBatchReader::next(Header* record, std::string_view* body) {
  if (!status_.ok() || rest_.empty()) return false;
  Header own;
  status_ = decoder_.decode(rest_, &own);
  if (!status_.ok()) return false;
  const std::string_view data = rest_.substr(own.size_bytes);
  const std::optional<std::uint64_t> length = own.number(AMPS_MessageLength);
  if (!length || *length > data.size()) {
    status_ = Status(AMPS_E_STREAM, "sow record says length '" + std::string(own.get(AMPS_MessageLength)) +
                                        "', the frame has " + std::to_string(data.size()) + " bytes left");
    return false;
  }
  *record = outer_;
  for (unsigned field = 0; field < AMPS_FIELD_COUNT; ++field) {
    const FieldId id = static_cast<FieldId>(field);
    if (id != AMPS_Command && own.has(id)) record->set(id, own.get(id));
  }
  *body = data.substr(0, static_cast<std::size_t>(*length));
  rest_ = data.substr(static_cast<std::size_t>(*length));
  return true;
}

void append_sow_record(Buffer* out, std::string_view key, std::string_view body) {
  Header header;
  if (!key.empty()) header.set(AMPS_SowKey, key);
  const std::string length = std::to_string(body.size());
  header.set(AMPS_MessageLength, length);
  append_header(out, header);
  out->append(body);
}

}  // namespace amps::wire
