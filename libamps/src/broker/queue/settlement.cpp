// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/settlement.h"

#include <algorithm>

namespace amps::broker {

namespace {

constexpr char kSettled = 'S';
constexpr char kBeginning = 'B';

void append_number(std::uint64_t number, Buffer* out) {
  for (int byte = 0; byte < 8; ++byte) out->push_back(static_cast<char>(number >> (8 * byte)));
}

// Requires: eight bytes.
std::uint64_t take_number(std::string_view* from) {
  std::uint64_t number = 0;
  for (int byte = 7; byte >= 0; --byte) {
    number = number << 8 | static_cast<unsigned char>((*from)[static_cast<std::size_t>(byte)]);
  }
  from->remove_prefix(8);
  return number;
}

}  // namespace

std::size_t encode_settled(const std::vector<BookmarkId>& ids, std::size_t first, Buffer* out) {
  const std::size_t count = std::min(ids.size() - first, kSettledPerRecordMax);
  out->push_back(kSettled);
  for (std::size_t i = first; i < first + count; ++i) {
    append_number(ids[i].publisher, out);
    append_number(ids[i].sequence, out);
  }
  return count;
}

void encode_beginning(std::uint64_t after_txid, std::string_view recovery_point, Buffer* out) {
  out->push_back(kBeginning);
  append_number(after_txid, out);
  out->append(recovery_point);
}

bool decode_queue_note(std::string_view body, QueueNote* out) {
  if (body.empty()) return false;
  const char kind = body.front();
  body.remove_prefix(1);
  if (kind == kBeginning && body.size() >= 8) {
    QueueBeginning& beginning = out->beginning.emplace();
    beginning.after_txid = take_number(&body);
    beginning.recovery_point = body;
    return true;
  }
  if (kind != kSettled || body.size() % 16 != 0) return false;
  out->settled.reserve(body.size() / 16);
  while (!body.empty()) {
    BookmarkId id;
    id.publisher = take_number(&body);
    id.sequence = take_number(&body);
    out->settled.push_back(id);
  }
  return true;
}

}  // namespace amps::broker
