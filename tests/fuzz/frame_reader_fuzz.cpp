// SPDX-License-Identifier: Apache-2.0
// A stream of frames gives the same frames however it is cut, and headers never reach beyond theirs.
#include <algorithm>
#include <string>
#include <vector>

#include "oracle.h"
#include "wire/frame_reader.h"
#include "wire/header_decoder.h"

using namespace amps::wire;

namespace {

constexpr std::uint32_t kFrameBytesMax = 65'536;

struct Outcome {
  std::vector<std::string> frames;
  std::string error;
  std::string pending;
};

// Feeds pieces whose sizes follow from `seed`; 0: everything at once.
Outcome read(std::string_view stream, unsigned seed) {
  Outcome outcome;
  FrameReader reader(kFrameBytesMax);
  std::size_t fed = 0;
  while (fed < stream.size()) {
    const std::size_t piece = seed == 0 ? stream.size() : 1 + seed % 7 * (fed % 5);
    const std::string_view bytes = stream.substr(fed, piece);
    reader.feed(bytes);
    fed += bytes.size();
    std::string_view frame;
    while (reader.next(&frame)) outcome.frames.emplace_back(frame);
    ORACLE(reader.memory_bytes() <= fed + fed / 4 + 65'536);
  }
  outcome.error = reader.status().text();
  outcome.pending = reader.pending();
  return outcome;
}

void decode(std::string_view frame) {
  Header header;
  HeaderDecoder decoder;
  const bool is_whole = decoder.decode(frame, &header).ok();
  ORACLE(header.size_bytes <= frame.size());
  if (is_whole) ORACLE(frame[header.size_bytes - 1] == '}');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream = view_of_input(data + 1, size - 1);
  const Outcome whole = read(stream, 0);
  for (const unsigned seed : {7u, 1u + data[0]}) {  // 7: one byte at a time.
    const Outcome pieces = read(stream, seed);
    ORACLE(pieces.frames == whole.frames);
    ORACLE(pieces.error == whole.error);
    ORACLE(pieces.pending == whole.pending);
  }
  for (const std::string& frame : whole.frames) decode(frame);
  return 0;
}
