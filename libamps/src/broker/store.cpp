// SPDX-License-Identifier: Apache-2.0
#include "broker/store.h"

namespace amps::broker {

Status Store::locate(const Publish&, RecordStore::Slot*) {
  return Status(AMPS_E_INVALID_TOPIC, "records of this topic are not removed by clients");
}

Status Store::prepare_removal(RecordStore::Slot, Change*) {
  return Status(AMPS_E_INVALID_TOPIC, "records of this topic are not removed by clients");
}

Status Store::recover(const Change&, std::string_view) {
  return {};
}

const std::vector<FieldPath>& Store::key_fields() const noexcept {
  static const std::vector<FieldPath> none;
  return none;
}

Status Store::end_recovery(std::uint64_t) {
  return {};
}

Difference Store::difference(const Change&, std::string*) {
  return Difference::kUnsupported;
}

}  // namespace amps::broker
