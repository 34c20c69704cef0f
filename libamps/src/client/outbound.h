// SPDX-License-Identifier: Apache-2.0
// What a client has to send. Frames are encoded into one pending buffer under one short lock; who
// finds the line idle writes at once, in a burst one writer takes the whole buffer, and frames from
// inside handlers go out together when the receive thread has delivered its block.
// Bytes belong to one connection and are never written to a later one.
// Threads: any. Blocks: publish and send, while the bound is reached; drain.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/status.h"
#include "base/sync.h"
#include "client/wait_limit.h"
#include "net/byte_stream.h"
#include "wire/header.h"
#include "wire/header_encoder.h"

namespace amps::client {

class Client;
class Connection;
using ConnectionPtr = std::shared_ptr<Connection>;

enum class SendMode {
  kUser,      // Waits for room; fails while the gate is shut.
  kNoWait,    // Fails with AMPS_E_WOULD_BLOCK instead of waiting.
  kStored,    // Passes the bound, for who has waited before and must not fail now.
  kInternal,  // Passes gate and bound: logon, heartbeats, acks, recovery.
};

class Outbound {
 public:
  explicit Outbound(Client& client) noexcept : client_(client) {}

  // Makes this the connection to write to. With a shut gate only internal frames pass.
  void attach(ConnectionPtr connection, bool is_open) AMPS_EXCLUDES(mutex_);
  void open_gate() AMPS_EXCLUDES(mutex_);
  // Only internal frames pass from now on, and who waits for room is told.
  void close_gate() AMPS_EXCLUDES(mutex_);
  // @param why  told by every call that needs a connection until there is one
  void detach(std::uint64_t generation, const Status& why) noexcept AMPS_EXCLUDES(mutex_);
  // The error of a call that needs a connection, with what ended the last one.
  Status not_connected() const AMPS_EXCLUDES(mutex_);

  Status publish(std::string_view topic, std::string_view data, std::uint32_t expiration_s,
                 std::uint32_t flags) AMPS_EXCLUDES(mutex_);
  // Fails with AMPS_E_USAGE when the frame would be too large.
  static Status check_size(const wire::Header& header, std::string_view body);
  // Returns when there is room for a message. @param mode  kUser or kNoWait
  Status await_room(std::size_t body_size, SendMode mode) AMPS_EXCLUDES(mutex_);
  // Fails with AMPS_E_DISCONNECTED unless the connection of this generation is attached; 0: any.
  // @param limit  how long to wait for room; NULL: without limit
  Status send(const wire::Header& header, std::string_view body, SendMode mode, std::uint64_t generation,
              const WaitLimit* limit = nullptr) AMPS_EXCLUDES(mutex_);
  // Writes what handlers left. Threads: the receive thread.
  void flush_deferred() AMPS_EXCLUDES(mutex_);
  // Waits until everything is written or the time is over.
  void drain(std::chrono::milliseconds limit) AMPS_EXCLUDES(mutex_);
  // Waits while more than the bound is pending: for long replays.
  void drain_below_limit() AMPS_EXCLUDES(mutex_);
  // The writer thread of a connection.
  void write_loop(const ConnectionPtr& connection) AMPS_EXCLUDES(mutex_);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Next { kNothing, kWake, kWrite };

  // One connection's bytes in flight. The flags are guarded by mutex_; bytes and sent belong to who
  // set is_busy. Shared by Outbound and by a thread that is writing.
  struct Channel {
    ConnectionPtr connection;
    Buffer bytes;
    std::size_t sent = 0;
    bool is_busy = false;
    bool is_unfinished = false;   // A write would have blocked; the writer thread carries on.
    bool waits_for_read = false;  // What for (TLS may want to read to write).
    bool is_stopped = false;
    bool is_writer_asleep = false;  // Of this connection's writer: an old one must not speak for the new.
    CondVar wake;                   // The writer sleeps here.
  };
  using ChannelPtr = std::shared_ptr<Channel>;

  Status lost() const AMPS_REQUIRES(mutex_);
  Status require_room(std::size_t size, SendMode mode, std::uint64_t generation, const WaitLimit* limit)
      AMPS_REQUIRES(mutex_);
  void append_publish(std::string_view topic, std::string_view data, std::uint32_t expiration_s, bool delta)
      AMPS_REQUIRES(mutex_);
  Next decide() AMPS_REQUIRES(mutex_);
  // After a frame was appended. The channel, if any, is for the caller to write.
  ChannelPtr appended() AMPS_REQUIRES(mutex_);
  void wake_writer() AMPS_REQUIRES(mutex_);
  ChannelPtr take() AMPS_REQUIRES(mutex_);
  void write(const ChannelPtr& channel) AMPS_EXCLUDES(mutex_);
  static net::IoState push(Channel& channel);
  TimePoint due_at(TimePoint now) AMPS_REQUIRES(mutex_);
  bool is_due(const Channel& channel, TimePoint now) AMPS_REQUIRES(mutex_);
  void rest(Channel& channel) AMPS_REQUIRES(mutex_);

  Client& client_;
  mutable Mutex mutex_{LockRank::kOutbound};
  CondVar room_;  // Who waits for room or for the end of a drain.
  ChannelPtr channel_ AMPS_GUARDED_BY(mutex_);
  std::string loss_ AMPS_GUARDED_BY(mutex_);  // Why there is no channel; empty before the first.
  Buffer pending_ AMPS_GUARDED_BY(mutex_);
  std::array<std::optional<wire::PublishTemplate>, 16> templates_ AMPS_GUARDED_BY(mutex_);
  std::uint64_t last_write_ticks_ AMPS_GUARDED_BY(mutex_) = 0;  // CycleClock.
  TimePoint first_pending_ AMPS_GUARDED_BY(mutex_){};           // When the writer first saw what is pending.
  std::uint64_t take_count_ AMPS_GUARDED_BY(mutex_) = 0;
  unsigned waiting_count_ AMPS_GUARDED_BY(mutex_) = 0;
  unsigned watch_left_ AMPS_GUARDED_BY(mutex_) = 0;  // Rounds the writer still watches deferred frames.
  bool is_open_ AMPS_GUARDED_BY(mutex_) = false;
  bool is_deferred_ AMPS_GUARDED_BY(mutex_) = false;  // All that is pending came from handlers of this block.
  bool must_write_ AMPS_GUARDED_BY(mutex_) = false;   // Batching is over: size reached or drain.
};

}  // namespace amps::client
