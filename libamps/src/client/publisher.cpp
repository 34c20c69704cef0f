// SPDX-License-Identifier: Apache-2.0
#include "client/publisher.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/interrupt.h"
#include "base/limits.h"
#include "base/within_memory.h"
#include "client/client.h"
#include "client/commands.h"
#include "client/failure.h"
#include "client/outbound.h"
#include "client/publish_store.h"
#include "client/session.h"
#include "client/thread_context.h"
#include "client/wait_limit.h"
#include "wire/header_decoder.h"

namespace amps::client {
namespace {

constexpr std::string_view kLargestNumber = "18446744073709551615";

}  // namespace

// Gives the turn back that its maker has taken.
class Publisher::Turn {
 public:
  explicit Turn(Publisher* publisher) noexcept : publisher_(publisher) {}
  ~Turn() { publisher_->give_turn(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Publisher* const publisher_;
};

Status Publisher::publish(std::string_view topic, std::string_view data, std::uint32_t expiration_s,
                          std::uint32_t flags, std::uint64_t* sequence) {
  if (sequence != nullptr) *sequence = 0;
  if (__builtin_expect(client_.plugins().has_publish_store(), 0)) {
    return publish_stored(topic, data, expiration_s, flags, sequence);
  }
  for (;;) {
    Status status = client_.outbound().publish(topic, data, expiration_s, flags);
    if (__builtin_expect(status.code() != AMPS_E_DISCONNECTED, 1)) return status;
    if ((flags & AMPS_PUBLISH_NO_WAIT) != 0 && client_.session().may_come_back()) {
      return Status(AMPS_E_WOULD_BLOCK, "the session is being restored");
    }
    const Status restored = client_.session().wait_restored(WaitLimit(0));
    if (!restored.ok()) return restored.code() == AMPS_E_DISCONNECTED ? status : restored;
  }
}

Status Publisher::publish_stored(std::string_view topic, std::string_view data, std::uint32_t expiration_s,
                                 std::uint32_t flags, std::uint64_t* sequence) {
  const OwnedMessage message(Message::make(&client_));
  message->set_command((flags & AMPS_PUBLISH_DELTA) != 0 ? AMPS_COMMAND_DeltaPublish : AMPS_COMMAND_Publish);
  message->assign(AMPS_Topic, topic);
  if (expiration_s != AMPS_NO_EXPIRATION) message->set(AMPS_Expiration, std::to_string(expiration_s));
  message->assign_data(data);
  std::uint64_t given = 0;
  Status status = send_stored(*message, (flags & AMPS_PUBLISH_NO_WAIT) == 0, &given);
  if (sequence != nullptr) *sequence = given;
  return status;
}

Status Publisher::send_stored(Message& message, bool may_wait, std::uint64_t* sequence) {
  const auto store = client_.plugins().get<amps_publish_store_vt_t>();
  message.set_ack_types(message.ack_types | AMPS_ACK_Persisted);
  AMPS_RETURN_IF_ERROR(check_size(message));
  AMPS_RETURN_IF_ERROR(take_turn(may_wait));
  const Turn turn(this);
  // Waits while that may still end without the message: once it is stored, it has to go out before the next.
  Status room =
      client_.outbound().await_room(message.body().size(), may_wait ? SendMode::kUser : SendMode::kNoWait);
  if (!room.ok() && room.code() != AMPS_E_DISCONNECTED) return room;
  AMPS_RETURN_IF_ERROR(keep(store, message, may_wait, sequence));
  Status status;
  const bool had_memory = within_memory([&] {
    message.set(AMPS_Sequence, std::to_string(*sequence));
    note_sent(*sequence);
    status = client_.outbound().send(message.header(), message.body(), SendMode::kStored, 0);
  });
  if (!had_memory) status = Status::out_of_memory();
  // What was not sent is sent after the next logon, and nothing that comes later may overtake it.
  const ConnectionPtr connection = client_.session().connection();
  if (!status.ok() && status.code() != AMPS_E_DISCONNECTED && connection != nullptr) connection->fail(status);
  return Status();
}

// With the number it is going to have.
Status Publisher::check_size(const Message& message) {
  wire::Header header = message.header();
  header.set(AMPS_Sequence, kLargestNumber);
  return Outbound::check_size(header, message.body());
}

Status Publisher::keep(const PublishStorePlugin& store, Message& message, bool may_wait,
                       std::uint64_t* sequence) {
  for (;;) {
    amps_message_ref_t ref{&message};
    Status status =
        callback_status(store.call(&amps_publish_store_vt_t::store, &ref, sequence), "storing a publish");
    if (status.code() != AMPS_E_WOULD_BLOCK || !may_wait) return status;
    AMPS_RETURN_IF_ERROR(wait_for_store(status));
  }
}

// A full store has room when the server has persisted something. Fails where that would never happen.
Status Publisher::wait_for_store(const Status& why) {
  const bool is_ours = thread_context().delivering == &client_ || thread_context().restoring == &client_;
  if (is_ours || client_.session().is_disconnected()) {
    return Status(AMPS_E_STORE, why.text() + (is_ours ? "; a handler cannot wait for acknowledgements"
                                                      : "; the client is not connected"));
  }
  if (!thread_context().is_library_thread && is_interrupted()) {
    return Status(AMPS_E_INTERRUPTED, "interrupted while the publish store was full");
  }
  const ConnectionPtr connection = client_.session().connection();
  if (connection != nullptr) connection->help();  // The acknowledgement may stand behind a stuck handler.
  const MutexLock lock(mutex_);
  persisted_.wait_until(mutex_,
                        std::chrono::steady_clock::now() + std::chrono::milliseconds(kInterruptPollMs));
  return Status();
}

Status Publisher::take_turn(bool may_wait) {
  const bool asks_hook = !thread_context().is_library_thread;
  const MutexLock lock(mutex_);
  while (is_turn_taken_) {
    if (!may_wait) return Status(AMPS_E_WOULD_BLOCK, "another thread is publishing to the store");
    turn_free_.wait_until(mutex_,
                          std::chrono::steady_clock::now() + std::chrono::milliseconds(kInterruptPollMs));
    if (!is_turn_taken_ || !asks_hook) continue;
    const MutexUnlock unlock(mutex_);
    if (is_interrupted()) return Status(AMPS_E_INTERRUPTED, "interrupted while waiting to publish");
  }
  is_turn_taken_ = true;
  return Status();
}

void Publisher::give_turn() {
  const MutexLock lock(mutex_);
  is_turn_taken_ = false;
  turn_free_.notify_one();
}

void Publisher::note_sent(std::uint64_t sequence) noexcept {
  std::uint64_t highest = highest_sent_.load(std::memory_order_relaxed);
  while (highest < sequence &&
         !highest_sent_.compare_exchange_weak(highest, sequence, std::memory_order_relaxed)) {
  }
}

void Publisher::persisted(std::uint64_t sequence) {
  if (!client_.plugins().has_publish_store()) return;
  if (sequence > highest_sent_.load(std::memory_order_relaxed)) {
    return client_.report(AMPS_E_STREAM, "persisted ack for sequence " + std::to_string(sequence) +
                                             ", which was not sent; the highest sent is " +
                                             std::to_string(highest_sent_.load(std::memory_order_relaxed)));
  }
  const auto store = client_.plugins().get<amps_publish_store_vt_t>();
  const Status status = callback_status(store.call(&amps_publish_store_vt_t::discard_up_to, sequence),
                                        "discarding persisted messages");
  if (!status.ok()) client_.report(status.code(), status.text());
  const MutexLock lock(mutex_);
  persisted_.notify_all();
}

bool Publisher::replay_single(std::uint64_t sequence, amps_store_replay_fn replay, void* userdata) {
  const auto store = client_.plugins().get<amps_publish_store_vt_t>();
  return store.has(&amps_publish_store_vt_t::replay_single) &&
         store.call(&amps_publish_store_vt_t::replay_single, replay, userdata, sequence) == AMPS_E_OK;
}

namespace {

struct Replay {
  Client* client;
  std::uint64_t generation;
  std::uint64_t after;  // Only what is newer goes out.
  Status status;
};

amps_result replay_one(amps_message_ref_t* ref, void* userdata) {
  auto* replay = static_cast<Replay*>(userdata);
  Message& message = *Message::from(ref->body);
  const std::uint64_t sequence = message.header().number(AMPS_Sequence).value_or(0);
  if (sequence <= replay->after) return AMPS_E_OK;
  wire::Header header = message.header();
  header.ack_types |= AMPS_ACK_Persisted;
  header.set(AMPS_AckType, wire::ack_types_text(header.ack_types));
  // Waits for room like a publish, so that a long replay does not fill the memory.
  Outbound& outbound = replay->client->outbound();
  outbound.drain_below_limit();
  replay->client->publisher().note_sent(sequence);  // It may be of an earlier process.
  replay->status = outbound.send(header, message.body(), SendMode::kInternal, replay->generation);
  if (replay->status.ok()) replay->after = sequence;
  return replay->status.code();
}

}  // namespace

// Agrees with the server about what it has.
Status Publisher::resume(const PublishStorePlugin& store, std::uint64_t persisted) {
  AMPS_RETURN_IF_ERROR(callback_status(store.call(&amps_publish_store_vt_t::resume_after, persisted),
                                       "numbering the publish store"));
  std::uint64_t discarded = 0;
  AMPS_RETURN_IF_ERROR(callback_status(store.call(&amps_publish_store_vt_t::last_persisted, &discarded),
                                       "asking the publish store what is persisted"));
  if (persisted < discarded && client_.settings().number(AMPS_CLIENT_ERROR_ON_PUBLISH_GAP) != 0) {
    return Status(AMPS_E_PUBLISH_GAP, "the server has the messages up to " + std::to_string(persisted) +
                                          ", and the publish store no longer has those up to " +
                                          std::to_string(discarded));
  }
  note_sent(persisted);
  return callback_status(store.call(&amps_publish_store_vt_t::discard_up_to, persisted),
                         "discarding persisted messages");
}

Status Publisher::recover(std::uint64_t persisted_sequence, std::uint64_t generation) {
  const auto store = client_.plugins().get<amps_publish_store_vt_t>();
  if (!store) {
    client_.outbound().open_gate();
    return Status();
  }
  AMPS_RETURN_IF_ERROR(resume(store, persisted_sequence));
  Replay replay{&client_, generation, 0, Status()};
  Status status =
      callback_status(store.call(&amps_publish_store_vt_t::replay, &replay_one, static_cast<void*>(&replay)),
                      "replaying the publish store");
  if (!replay.status.ok()) return replay.status;
  AMPS_RETURN_IF_ERROR(status);
  // Publishers go on storing meanwhile; with their turn in hand the rest is short.
  AMPS_RETURN_IF_ERROR(take_turn(true));
  const Turn turn(this);
  status =
      callback_status(store.call(&amps_publish_store_vt_t::replay, &replay_one, static_cast<void*>(&replay)),
                      "replaying the publish store");
  if (status.ok()) status = replay.status;
  if (status.ok()) client_.outbound().open_gate();
  return status;
}

Status Publisher::flush(std::uint32_t timeout_ms, std::uint32_t ack_type) {
  AMPS_RETURN_IF_ERROR(client_.may_wait());
  const auto store = client_.plugins().get<amps_publish_store_vt_t>();
  if (store.has(&amps_publish_store_vt_t::flush)) return flush_store(store, timeout_ms);
  return client_.commands().flush(timeout_ms, ack_type == 0 ? std::uint32_t{AMPS_ACK_Processed} : ack_type);
}

// The store's flush() knows nothing of sessions: the library's own is asked again and again, so that a
// disconnect ends the wait and a stuck handler does not keep the acknowledgements from us.
Status Publisher::flush_store(const PublishStorePlugin& store, std::uint32_t timeout_ms) {
  const auto ask = [&store](std::uint32_t limit_ms) {
    return callback_status(store.call(&amps_publish_store_vt_t::flush, limit_ms),
                           "flushing the publish store");
  };
  if (store.table() != PublishStore::table()) return ask(timeout_ms);
  const WaitLimit limit(timeout_ms);
  for (;;) {
    const auto slice =
        limit.next(std::chrono::milliseconds(kInterruptPollMs)) - std::chrono::steady_clock::now();
    const auto slice_ms = std::chrono::duration_cast<std::chrono::milliseconds>(slice).count();
    Status status = ask(static_cast<std::uint32_t>(std::max<std::int64_t>(slice_ms, 1)));
    if (status.code() != AMPS_E_TIMED_OUT) return status;
    if (limit.is_over()) return limit.status("the server has not persisted everything");
    if (client_.session().is_disconnected()) {
      return Status(AMPS_E_DISCONNECTED, "the client is not connected, and the publish store not empty");
    }
    const ConnectionPtr connection = client_.session().connection();
    if (connection != nullptr) connection->help();
  }
}

}  // namespace amps::client
