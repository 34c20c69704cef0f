// SPDX-License-Identifier: Apache-2.0
// What a fuzz target states about every input. A false statement ends the process, which fuzzer and
// replay both take for a finding.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#define ORACLE(statement)                                                            \
  do {                                                                               \
    if (!(statement)) {                                                              \
      std::fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #statement); \
      std::abort();                                                                  \
    }                                                                                \
  } while (false)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

inline std::string_view view_of_input(const std::uint8_t* data, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(data), size};
}

// True when every byte of `part` is one of `whole`.
inline bool is_part_of(std::string_view part, std::string_view whole) noexcept {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}
