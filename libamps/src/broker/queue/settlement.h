// SPDX-License-Identifier: Apache-2.0
// What queues write to the log, as bodies of kQueue records: which messages are settled for ever, and
// where a queue began. The topic of the record is the queue's name.
// Threads: functions of their arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "broker/queue/queue_message.h"

namespace amps::broker {

// A record of more messages is written as several.
constexpr std::size_t kSettledPerRecordMax = 4096;

// Messages that left the queue, for whatever reason. Encodes at most kSettledPerRecordMax from `first` on and
// returns how many.
std::size_t encode_settled(const std::vector<BookmarkId>& ids, std::size_t first, Buffer* out);

// A queue whose RecoveryPoint has the text `recovery_point` begins behind the record `after_txid`.
void encode_beginning(std::uint64_t after_txid, std::string_view recovery_point, Buffer* out);

struct QueueBeginning {
  std::uint64_t after_txid = 0;
  std::string_view recovery_point;  // View of the body.
};

// What a body says. Nothing in both: it is not one of ours.
struct QueueNote {
  std::optional<QueueBeginning> beginning;
  std::vector<BookmarkId> settled;
};
bool decode_queue_note(std::string_view body, QueueNote* out);

}  // namespace amps::broker
