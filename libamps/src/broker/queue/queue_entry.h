// SPDX-License-Identifier: Apache-2.0
// A message with its place in every list of its queue, and the consumers and interests that share them.
// Private to the queue.
// Threads: of the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "broker/queue/chain.h"
#include "broker/queue/queue_message.h"
#include "broker/queue/queue_output.h"

namespace amps::broker {

using ClientId = std::uint64_t;
constexpr ClientId kAnyClient = 0;  // The broker itself: no lease stands in its way.

enum class EntryState {
  kWaiting,
  kLeased,
  kDelivered,  // At most once: gone from the queue, but holds a place in its consumer's backlog.
};

struct QueueEntry : QueueMessage {
  explicit QueueEntry(QueueMessage message) noexcept : QueueMessage(std::move(message)) {}

  EntryState state = EntryState::kWaiting;
  Consumer* holder = nullptr;         // While leased or delivered.
  ChainLink<QueueEntry> in_age;       // All that are in the queue, oldest first.
  ChainLink<QueueEntry> in_barriers;  // Barriers, oldest first.
  ChainLink<QueueEntry> in_leases;  // Leases with an end. All last equally long, so: the first to end first.
  ChainLink<QueueEntry> in_held;    // Of the holder, in the order of delivery.
};

// Consumers that ask for the same messages.
struct Interest {
  Interest(FilterId filter_id, const LoadOrder& order) : filter(filter_id), with_room(order) {}

  const FilterId filter;
  std::size_t members = 0;
  ConsumersWithRoom with_room;
  bool matches_barrier = false;  // Scratch of the delivery of a barrier.

  // Kept by WaitingMessages. Unseen messages are those after `seen` and those in `again`; all others
  // that wait do not match, the head excepted.
  bool has_seen = false;
  QueuePlace seen;
  std::set<QueuePlace> again;  // At or before `seen`. May name messages that are gone.
  bool has_head = false;
  QueuePlace head;  // The first waiting message that matches.
  bool unsettled = false;
  ChainLink<Interest> in_hungry;
};

struct Consumer {
  ConsumerId id = 0;
  ClientId client = kAnyClient;
  Interest* interest = nullptr;
  std::uint32_t backlog = 0;
  std::uint32_t outstanding = 0;  // Delivered here and not acknowledged.
  std::uint32_t elsewhere = 0;    // The same in other queues, for a subscription to several.
  bool has_room = false;          // It is in interest->with_room, as `load`.
  Load load;
  Chain<QueueEntry, &QueueEntry::in_held> held;
};

}  // namespace amps::broker
