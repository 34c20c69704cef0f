// SPDX-License-Identifier: Apache-2.0
// A queue of messages between the receive thread and a reader, in place of a handler.
// Threads: push the receive thread; the rest any. Bound: messages and bytes; when it is full the
// receive thread waits, so that reading from the socket pauses.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/status.h"
#include "base/sync.h"
#include "client/commands.h"
#include "client/message.h"

struct amps_stream {};

namespace amps::client {

class Client;

class StreamQueue {
 public:
  explicit StreamQueue(Client& client, std::size_t depth_max) : client_(client), depth_max_(depth_max) {}
  ~StreamQueue();

  // Copies the message in. Blocks: while the queue is full.
  void push(Message& message) AMPS_EXCLUDES(mutex_);
  // There will be no more; what is in the queue can still be taken.
  void end() AMPS_EXCLUDES(mutex_);
  // Throws away what is in the queue, too.
  void close() AMPS_EXCLUDES(mutex_);
  // *message gets the reference of the queue.
  Status next(std::uint32_t timeout_ms, Message** message, amps_stream_state_t* state) AMPS_EXCLUDES(mutex_);
  void set_depth_max(std::size_t depth_max) AMPS_EXCLUDES(mutex_);
  void set_conflating(bool is_conflating) AMPS_EXCLUDES(mutex_);
  std::size_t depth() const AMPS_EXCLUDES(mutex_);
  std::size_t depth_max() const AMPS_EXCLUDES(mutex_);

 private:
  bool is_full() const AMPS_REQUIRES(mutex_);
  bool conflate(OwnedMessage* newer, Message** replaced) AMPS_REQUIRES(mutex_);
  void wait_for_room() AMPS_REQUIRES(mutex_);

  Client& client_;
  mutable Mutex mutex_{LockRank::kStream};
  CondVar filled_;
  CondVar room_;
  std::deque<Message*> messages_ AMPS_GUARDED_BY(mutex_);
  std::uint64_t taken_count_ AMPS_GUARDED_BY(mutex_) = 0;  // Makes positions that stay true.
  std::size_t size_bytes_ AMPS_GUARDED_BY(mutex_) = 0;
  std::size_t depth_max_ AMPS_GUARDED_BY(mutex_);
  bool is_conflating_ AMPS_GUARDED_BY(mutex_) = false;
  bool has_ended_ AMPS_GUARDED_BY(mutex_) = false;
  bool is_closed_ AMPS_GUARDED_BY(mutex_) = false;
  std::unordered_map<std::string, std::uint64_t> by_key_
      AMPS_GUARDED_BY(mutex_);  // Position of each SOW key.
};

class MessageStream final : public amps_stream {
 public:
  // Counted once for the caller.
  explicit MessageStream(Client& client);
  static MessageStream* from(amps_stream_t* stream) noexcept { return static_cast<MessageStream*>(stream); }
  static const MessageStream* from(const amps_stream_t* stream) noexcept {
    return static_cast<const MessageStream*>(stream);
  }

  void retain() noexcept { reference_count_.fetch_add(1, std::memory_order_relaxed); }
  void release();
  // Requires: called once, before the stream is used.
  Status start(const Message& command, std::uint32_t timeout_ms, std::uint32_t flags);
  Status next(std::uint32_t timeout_ms, Message** message, amps_stream_state_t* state);
  void close();
  StreamQueue& queue() noexcept { return *queue_; }
  const StreamQueue& queue() const noexcept { return *queue_; }
  const CommandIds& ids() const noexcept { return ids_; }
  Client& client() noexcept { return client_; }

 private:
  ~MessageStream();
  void acknowledge_last();

  Client& client_;  // Its memory is held.
  std::atomic<std::uint32_t> reference_count_{1};
  std::shared_ptr<StreamQueue> queue_;  // Shared with the handler that fills it.
  CommandIds ids_;
  std::atomic<bool> is_closed_{false};
  // The message the reader has, when it is to be acknowledged at its next call. Owned by the reader.
  std::string last_topic_, last_bookmark_;
  std::uint32_t last_backlog_max_ = 0;
};

}  // namespace amps::client
