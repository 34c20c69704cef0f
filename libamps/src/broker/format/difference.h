// SPDX-License-Identifier: Apache-2.0
// Delta subscribe: what of a message is not as it was before (broker 5.2).
// Threads: one at a time.
#pragma once

#include <vector>

#include "broker/format/document.h"
#include "broker/format/field_path.h"

namespace amps::broker {

// Fills `out` with the fields at `keys`, and with every field of `current` that is new or has another value;
// objects are compared field by field, arrays as a whole. Fields that are gone are not told. Texts are shared
// with `current`. True: something besides the keys.
bool find_difference(const Document& previous, const Document& current, const std::vector<FieldPath>& keys,
                     Document* out);

}  // namespace amps::broker
