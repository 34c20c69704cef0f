// SPDX-License-Identifier: Apache-2.0
// Values as bytes that sort like the values (broker 3.7): what rankings order records by.
// Threads: functions of their arguments.
#pragma once

#include <string>
#include <string_view>

#include "broker/expression/value.h"

namespace amps::broker {

// Keys made of as many values sort by the first that differs, like sort_order(); a descending one the
// other way round.
void append_sort_key(const Value& value, bool descending, std::string* out);
// Ends a key, so that equal values are told apart, in the order of these texts.
void append_sort_tie(std::string_view text, std::string* out);

}  // namespace amps::broker
