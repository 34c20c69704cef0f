// SPDX-License-Identifier: Apache-2.0
// A start on files of the log that somebody has changed: bytes, lengths, versions, cut or repeated pieces,
// with checksums that fit in half of the runs, because nothing below them would be reached otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace amps::test {

struct DamagedStarts {
  std::size_t refused = 0;
  std::size_t started = 0;
  std::string complaint;  // Empty: every start was refused with a reason, or went on with what is right.
};
DamagedStarts start_on_damaged_logs(std::size_t count, std::uint64_t seed);

}  // namespace amps::test
