// SPDX-License-Identifier: Apache-2.0
// Bodies that say whose they are and which, and whose rest follows from that, so that one is known to be
// whole.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace amps::test {

// Of 20 to 1,520 bytes.
inline std::string numbered_body(const std::string& name, std::uint64_t number) {
  const std::size_t size = 20 + (number * 7919) % 1500;
  std::string body = name + ":" + std::to_string(number) + ":";
  while (body.size() < size) body += std::to_string(body.size() * number);
  return body;
}

// Which number it has. Throws when it is not numbered_body() of that.
inline std::uint64_t number_of_body(const std::string& name, const std::string& body) {
  const std::size_t at = name.size() + 1;
  const std::uint64_t number = at < body.size() ? std::strtoull(body.c_str() + at, nullptr, 10) : 0;
  if (body != numbered_body(name, number)) throw std::runtime_error("a body is not what was sent");
  return number;
}

}  // namespace amps::test
