// SPDX-License-Identifier: Apache-2.0
// What an update changes in a record, as a message of its own (broker 5.2): the key fields, and every field
// that is another than before.
// Threads: one at a time.
#pragma once

#include <string>
#include <vector>

#include "broker/change.h"
#include "broker/format/document.h"
#include "broker/format/field_path.h"
#include "broker/format/message_format.h"
#include "broker/store.h"

namespace amps::broker {

class RecordDeltas {
 public:
  // Of messages of this type; none, or one without deltas: there are none.
  void set(const MessageFormat* format, std::vector<FieldPath> keys);
  const std::vector<FieldPath>& keys() const noexcept { return keys_; }

  Difference difference(const Change& change, std::string* out);

 private:
  const MessageFormat* format_ = nullptr;
  std::vector<FieldPath> keys_;
  // Memory that is used again for each update.
  Document previous_;
  Document current_;
  Document difference_;
};

}  // namespace amps::broker
