// SPDX-License-Identifier: Apache-2.0
// One connection of a client, from connect to loss: a generation. It owns the stream and the roles
// of reading and delivering (ARCHITECTURE.md, "Threads of a client").
// Threads: fail, help and the counters from any; begin_call, end_call and take_back from the receive
// thread; the stream by who has the reading role and by who made the outbound channel busy.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/sync.h"
#include "client/backlog.h"
#include "client/timer.h"
#include "net/byte_stream.h"
#include "net/waker.h"
#include "wire/frame_reader.h"
#include "wire/header_decoder.h"

namespace amps::client {

class Client;

class Connection final : public std::enable_shared_from_this<Connection>, private TimerTask {
 public:
  // Throws when there is no descriptor left for a waker.
  Connection(Client& client, std::uint64_t generation);
  ~Connection() override;

  // Requires: before the threads start.
  void set_stream(std::unique_ptr<net::ByteStream> stream) noexcept { stream_ = std::move(stream); }
  Client& client() noexcept { return client_; }
  std::uint64_t generation() const noexcept { return generation_; }
  net::ByteStream& stream() noexcept { return *stream_; }
  net::Waker& waker() noexcept { return waker_; }                      // Wakes the receive thread.
  const net::Waker& writer_waker() noexcept { return writer_waker_; }  // Wakes the writer for good.

  // Ends the connection; the first reason counts. Deliberate: nobody reconnects, nothing more is delivered.
  void fail(const Status& why, bool is_deliberate = false) noexcept AMPS_EXCLUDES(mutex_);
  bool is_failed() const noexcept { return is_failed_.load(std::memory_order_acquire); }
  bool is_deliberate() const noexcept { return is_deliberate_.load(std::memory_order_acquire); }
  Status failure() const AMPS_EXCLUDES(mutex_);
  // True for the first caller: it deals with the loss.
  bool take_loss() noexcept { return !is_loss_taken_.exchange(true, std::memory_order_acq_rel); }

  // Reads on while a handler is stuck. False when the receive thread does that itself. Blocks: never.
  bool help() AMPS_EXCLUDES(mutex_);
  bool is_backlog_full() const AMPS_EXCLUDES(mutex_);

  void count_read() noexcept { reads_.fetch_add(1, std::memory_order_relaxed); }
  void count_write() noexcept { writes_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t reads() const noexcept { return reads_.load(std::memory_order_relaxed); }
  std::uint64_t writes() const noexcept { return writes_.load(std::memory_order_relaxed); }

  // The server has accepted somebody: larger frames are welcome.
  void accept_large_frames() noexcept {
    frame_bytes_max_.store(kFrameReceivedBytesMax, std::memory_order_relaxed);
  }
  std::uint32_t frame_bytes_max() const noexcept { return frame_bytes_max_.load(std::memory_order_relaxed); }

  // The receive thread's part. It owns the reader while nobody has taken the reading role.
  wire::FrameReader& reader() noexcept { return reader_; }
  void begin_call() noexcept {
    if (!is_stolen_) phase_.store(kDelivering, std::memory_order_release);
  }
  void end_call() noexcept {
    if (is_stolen_) return;
    std::uint32_t expected = kDelivering;
    if (!phase_.compare_exchange_strong(expected, kReading, std::memory_order_acquire)) is_stolen_ = true;
  }
  bool is_stolen() const noexcept { return is_stolen_; }
  // Starts without the reading role's fruits: others' frames go to the backlog until take_back().
  void start_stolen() noexcept;
  // Hands out what was read by others. False, and the reading role is back, when nothing is left.
  bool take_backlog(Buffer* frames) AMPS_EXCLUDES(mutex_);

 private:
  enum Phase : std::uint32_t {
    kReading,     // The receive thread is outside handlers and owns the reader.
    kDelivering,  // It is inside a handler; the reader stands still.
    kStolen,      // Somebody else reads, or may.
  };
  std::uint64_t run(std::uint64_t now) override;
  bool may_help() AMPS_REQUIRES(mutex_);
  void read_to_backlog() AMPS_EXCLUDES(mutex_);
  bool take_frames() AMPS_EXCLUDES(mutex_);
  void start_loss_thread();

  Client& client_;
  const std::uint64_t generation_;
  std::unique_ptr<net::ByteStream> stream_;  // Constant once the threads run.
  net::Waker waker_;
  net::Waker writer_waker_;

  std::atomic<std::uint32_t> phase_{kReading};
  bool is_stolen_ = false;    // Owned by the receive thread: it knows that phase_ is kStolen.
  wire::FrameReader reader_;  // Owned by the receive thread; read by who moved phase_ to kStolen.
  std::atomic<std::uint64_t> reads_{0}, writes_{0};  // Relaxed counts of traffic.
  std::atomic<std::uint32_t> frame_bytes_max_{kLogonBytesMax};
  std::atomic<bool> is_failed_{false}, is_deliberate_{false}, is_loss_taken_{false};

  mutable Mutex mutex_{LockRank::kReceive};
  CondVar helper_done_;
  bool is_helped_ AMPS_GUARDED_BY(mutex_) = false;  // Somebody is reading for the receive thread.
  Backlog backlog_ AMPS_GUARDED_BY(mutex_);
  Status failure_ AMPS_GUARDED_BY(mutex_);
  // Owned by who set is_helped_.
  wire::FrameReader helper_reader_;
  wire::HeaderDecoder helper_decoder_;
  wire::Header helper_header_;
};

}  // namespace amps::client
