// SPDX-License-Identifier: Apache-2.0
// Decodes the header text at the start of a frame (protocol 2.1, 2.2). Our reading where it leaves
// room: an empty value and `null` mean that the field is absent; of several values for a field, in
// either spelling, the last counts; unknown escapes stand for their character; a lone surrogate gives
// bytes that are no UTF-8; a nested value for a known field is malformed.
// Threads: one at a time; each reader has its own. Blocks: never. Allocates: only for values with escapes.
#pragma once

#include <string_view>

#include "base/buffer.h"
#include "base/status.h"
#include "wire/header.h"
#include "wire/vocabulary.h"

namespace amps::wire {

class HeaderDecoder {
 public:
  // On success `out->size_bytes` is where the body begins. Fails with AMPS_E_STREAM on malformed text
  // and on text beyond kHeaderBytesMax, kHeaderFieldCountMax or kHeaderDepthMax; the text says where.
  // `*out` then holds what stood before the mistake, so that a broker can answer the command id.
  Status decode(std::string_view frame, Header* out);

 private:
  Buffer scratch_;  // Values that contained escapes, decoded.
};

}  // namespace amps::wire
