// SPDX-License-Identifier: Apache-2.0
// What was decoded and is encoded is decoded again as the same; so is what is predicted.
#include <string>

#include "oracle.h"
#include "wire/header_decoder.h"
#include "wire/header_encoder.h"
#include "wire/predicted_header.h"

using namespace amps::wire;

namespace {

constexpr std::size_t kInputBytesMax = 8'192;  // Escaping may make six bytes of one; a header has a limit.

// Known commands and ack types have one spelling when written, whatever was read.
bool is_rewritten(const Header& header, FieldId field) noexcept {
  return (field == AMPS_Command && header.command != 0) || (field == AMPS_AckType && header.ack_types != 0);
}

void require_same(const Header& a, const Header& b) {
  ORACLE(a.present == b.present);
  ORACLE(a.command == b.command);
  ORACLE(a.ack_types == b.ack_types);
  for (unsigned field = 0; field < AMPS_FIELD_COUNT; ++field) {
    const auto id = static_cast<FieldId>(field);
    if (!is_rewritten(a, id)) ORACLE(a.get(id) == b.get(id));
    if (!is_rewritten(a, id)) ORACLE(a.number(id) == b.number(id));
  }
}

// A kept header is that of every frame that begins with its bytes; what is predicted of any other frame is
// what the decoder says.
void require_prediction(std::string_view text, const Header& header) {
  PredictedHeader predicted;
  predicted.learn(text, header);
  Header kept;
  if (!predicted.decode(text, &kept)) return;  // Not of the kind that is kept.
  ORACLE(kept.size_bytes == header.size_bytes);
  require_same(header, kept);
  std::string other(text.substr(0, header.size_bytes));
  ORACLE(predicted.decode(other + "another body", &kept));
  for (char& byte : other) {
    byte ^= 1;
    HeaderDecoder decoder;
    Header decoded;
    if (predicted.decode(other, &kept)) {
      ORACLE(decoder.decode(other, &decoded).ok());
      ORACLE(kept.size_bytes == decoded.size_bytes);
      require_same(decoded, kept);
    }
    byte ^= 1;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kInputBytesMax) return 0;
  const std::string_view text = view_of_input(data, size);
  Header header;
  HeaderDecoder decoder;
  if (!decoder.decode(text, &header).ok()) return 0;

  // The bytes behind a header decide whether a member is read the quick way; never what is read.
  Header alone;
  HeaderDecoder second_decoder;
  ORACLE(second_decoder.decode(text.substr(0, header.size_bytes), &alone).ok());
  ORACLE(alone.size_bytes == header.size_bytes);
  require_same(header, alone);
  require_prediction(text, header);

  amps::Buffer first;
  append_header(&first, header);
  Header again;
  ORACLE(second_decoder.decode(first.view(), &again).ok());
  ORACLE(again.size_bytes == first.size());
  require_same(header, again);
  amps::Buffer second;
  append_header(&second, again);
  ORACLE(first.view() == second.view());
  ORACLE(frame_fits(header, {}));
  return 0;
}
