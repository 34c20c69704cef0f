// SPDX-License-Identifier: Apache-2.0
// How records are told apart and what their key looks like outside (broker 3.1). Identity is all key
// values; the number that clients see is only a handle on it.
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amps::broker {

// A key value in its string form; none: the message has no such field.
using KeyValue = std::optional<std::string_view>;

// Appends the identity of a record with these key values: different for different values, whatever
// they contain. False: all of them are missing, so there is no usable key.
bool append_identity(std::string* out, const std::vector<KeyValue>& values);

// The handle of a record: SHA-256 of domain and identity, cut to 64 bits, never 0.
std::uint64_t record_handle(std::string_view domain, std::string_view identity) noexcept;

// A key that a publisher may supply: 1 to 1024 characters of the base64 alphabets.
bool is_supplied_key(std::string_view text) noexcept;

}  // namespace amps::broker
