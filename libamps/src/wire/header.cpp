// SPDX-License-Identifier: Apache-2.0
#include "wire/header.h"

#include "base/decimal.h"

namespace amps::wire {

std::optional<std::uint64_t> Header::number(FieldId field) const noexcept {
  if (!has(field)) return std::nullopt;
  return parse_decimal(view_of(fields[field]));
}

}  // namespace amps::wire
