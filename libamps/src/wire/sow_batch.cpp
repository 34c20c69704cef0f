// SPDX-License-Identifier: Apache-2.0
#include "wire/sow_batch.h"

#include <string>

#include "base/decimal.h"
#include "wire/header_encoder.h"

namespace amps::wire {
namespace {

constexpr std::uint64_t kOfTheFrame = field_bit(AMPS_Command) | field_bit(AMPS_QueryId);

}  // namespace

SowBatchReader::SowBatchReader(const Header& outer, std::string_view records) noexcept
    : outer_(outer), rest_(records) {
  // These two describe one record each; a frame's own are not the first record's (protocol 2.4).
  outer_.present &= ~(field_bit(AMPS_MessageLength) | field_bit(AMPS_SowKey));
}

bool SowBatchReader::next(Header* record, std::string_view* body) {
  if (!status_.ok() || rest_.empty()) return false;
  status_ = decoder_.decode(rest_, record);
  if (!status_.ok()) return false;
  const std::string_view data = rest_.substr(record->size_bytes);
  const std::optional<std::uint64_t> length = record->number(AMPS_MessageLength);
  if (!length || *length > data.size()) {
    status_ =
        Status(AMPS_E_STREAM, "sow record says length '" + std::string(record->get(AMPS_MessageLength)) +
                                  "', the frame has " + std::to_string(data.size()) + " bytes left");
    return false;
  }
  inherit(record);
  *body = data.substr(0, static_cast<std::size_t>(*length));
  rest_ = data.substr(static_cast<std::size_t>(*length));
  return true;
}

// A record is a message of the frame's command and query; all else it says overrides the frame.
void SowBatchReader::inherit(Header* record) const noexcept {
  record->present &= ~kOfTheFrame;
  for (std::uint64_t rest = outer_.present & ~record->present; rest != 0; rest &= rest - 1) {
    const auto field = static_cast<FieldId>(__builtin_ctzll(rest));
    record->set(field, outer_.get(field));
  }
  record->command = outer_.command;
  if (!record->has(AMPS_AckType)) record->ack_types = 0;
}

void append_sow_record(Buffer* out, std::string_view key, std::string_view body) {
  out->append("{");
  if (!key.empty()) {
    out->append("\"k\":\"");
    append_escaped(out, key);
    out->append("\",");
  }
  out->append("\"l\":");
  out->append(DecimalText(body.size()).view());
  out->push_back('}');
  out->append(body);
}

}  // namespace amps::wire
