// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/key_reader.h"

#include <utility>

#include "broker/sow/record_key.h"

namespace amps::broker {

Status KeyReader::make(const MessageFormat* format, const std::vector<std::string>& paths, KeyReader* out) {
  *out = KeyReader();
  out->format_ = format;
  if (paths.empty()) return {};
  if (format == nullptr || !format->traits().parsed) {
    return Status(AMPS_E_USAGE, "messages of this type have no fields, so publishers must supply keys");
  }
  for (const std::string& text : paths) {
    FieldPath path;
    if (const Status status = FieldPath::parse(text, &path); !status.ok()) {
      return Status(AMPS_E_USAGE, "key " + text + ": " + status.text());
    }
    out->slots_.push_back(out->plan_.add(path));
    out->paths_.push_back(std::move(path));
  }
  return {};
}

Status KeyReader::read(std::string_view body, std::string* identity) {
  values_.begin(plan_);
  AMPS_RETURN_IF_ERROR(format_->extract(plan_, body, &values_));
  IdentityWriter writer(identity, slots_.size());
  char room[kNumberTextBytesMax];
  for (const FieldPlan::Slot slot : slots_) {
    const Value value = values_.at(slot).scalar();
    if (value.is_null()) {
      writer.add_missing();
    } else {
      writer.add(string_form(value, room));
    }
  }
  if (!writer.is_void()) return {};
  return Status(AMPS_E_BAD_SOW_KEY, "none of the key fields is in the message");
}

}  // namespace amps::broker
