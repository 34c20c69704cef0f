// SPDX-License-Identifier: Apache-2.0
// How records are told apart and what their key looks like outside (broker 3.1). Identity is all key
// values; the number that clients see is only a handle on it.
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace amps::broker {

// Puts the identity of a record together from its key values, in their string form: different for
// different values, whatever they contain.
class IdentityWriter {
 public:
  // Clears `out`. One value alone is its own identity: there is nothing to tell apart within it.
  IdentityWriter(std::string* out, std::size_t value_count) : out_(out), is_single_(value_count == 1) {
    out->clear();
  }
  void add(std::string_view value);
  void add_missing();
  // All values are missing: there is no usable key.
  bool is_void() const noexcept { return is_void_; }

 private:
  std::string* const out_;
  const bool is_single_;
  bool is_void_ = true;
};

// The handle of a record: SHA-256 of domain and identity, cut to 64 bits, never 0.
std::uint64_t record_handle(std::string_view domain, std::string_view identity) noexcept;

// A key that a publisher may supply: 1 to 1024 characters of the base64 alphabets.
bool is_supplied_key(std::string_view text) noexcept;

}  // namespace amps::broker
