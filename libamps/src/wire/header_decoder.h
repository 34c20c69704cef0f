// SPDX-License-Identifier: Apache-2.0
// Decodes the header text at the start of a frame (protocol 2.1, 2.2).
// Threads: one at a time; each reader has its own. Blocks: never. Allocates: only for values with escapes.
#pragma once

#include <string_view>

#include "base/buffer.h"
#include "base/status.h"
#include "wire/header.h"

namespace amps::wire {

class HeaderDecoder {
 public:
  // On success `out->size_bytes` is where the body begins. Fails with AMPS_E_STREAM on malformed text
  // and on text beyond kHeaderBytesMax, kHeaderFieldCountMax or kHeaderDepthMax; the text says where.
  Status decode(std::string_view frame, Header* out);

 private:
  Buffer scratch_;  // Values that contained escapes, decoded.
};

// The command bit of a command's text; "publish" and "p" are the same. 0 when unknown.
std::uint32_t command_of(std::string_view text) noexcept;
// The text written for a command bit; "publish" for display when `full`. Empty when unknown.
std::string_view command_text(std::uint32_t command, bool full = false) noexcept;
// Bits of a comma list of ack types; unknown words are left out.
std::uint32_t ack_types_of(std::string_view list) noexcept;
// The comma list of ack bits, in the order received, parsed, processed, persisted, completed, stats. Static.
std::string_view ack_types_text(std::uint32_t ack_types) noexcept;

}  // namespace amps::wire
