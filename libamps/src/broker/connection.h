// SPDX-License-Identifier: Apache-2.0
// A client's connection: moves bytes between its stream, its session and its outbox, and watches the time.
// Threads: its event loop. Owns: stream, session, outbox.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "broker/outbox.h"
#include "broker/session.h"
#include "broker/traffic_trace.h"
#include "net/byte_stream.h"
#include "net/event_loop.h"
#include "net/zlib_stream.h"
#include "wire/frame_reader.h"

namespace amps::broker {

class IoThread;

class Connection final : public net::EventHandler {
 public:
  Connection(IoThread* home, const Services& services, OutboxLimits* limits, ConnectionInfo info,
             std::unique_ptr<net::ByteStream> stream);
  ~Connection() override;

  void open();  // On the home's thread, once.
  void on_ready(std::uint32_t epoll_events) noexcept override;
  void resume(const std::function<void(Session&)>& work);                // What the session waited for.
  void flush() noexcept;                                                 // Writes what waits.
  void on_storage() noexcept;                                            // What it asked its home to be told.
  void close(Disconnect reason, std::string_view detail = {}) noexcept;  // At once; what waits is lost.
  void log_moved() noexcept;                                             // What log_watch() said of it.
  // Somebody was asked what its user may do, or is being asked now.
  bool has_given_rights() const noexcept { return session_->rights() != nullptr || session_->is_waiting(); }
  std::uint64_t id() const noexcept { return session_->info().id; }
  void describe(bool with_subscriptions, ClientFacts* out) const;
  Outbox* outbox() noexcept { return &outbox_; }

 private:
  enum class Phase {
    kOpening,  // What the peer speaks is not known yet.
    kFrames,
    kLingering,  // Told the peer everything; waits for it to close, so that nothing we said is lost.
    kClosed,
  };

  void read();
  void read_opening();
  bool take_opening();  // False: more bytes are needed, or the connection has ended.
  bool start_zlib();
  bool answer_preflight();
  void read_frames();
  void drain();
  net::IoResult write_outbox();
  net::IoState receive(char* to, std::size_t size, std::size_t* got);
  void count_received(std::size_t count);
  void execute();
  void finish();
  bool replay(bool* has_more);  // False: the log cannot be read.
  void linger();
  void await_storage();
  void go_on();  // With what was read, after a pause.
  bool reads() const noexcept { return !(is_paused_ && phase_ == Phase::kFrames) && !session_->is_waiting(); }
  void check_time();
  void update_interest();
  void update_timer();
  std::uint64_t deadline_ms() const;

  IoThread* const home_;
  const Services& services_;
  Outbox outbox_;
  std::unique_ptr<net::ByteStream> stream_;
  net::ZlibStream* zlib_ = nullptr;  // Part of stream_, until its limit is lifted at logon.
  std::unique_ptr<Session> session_;
  std::optional<TrafficTrace> trace_;          // Only where the log wants it.
  std::unique_ptr<wire::FrameReader> reader_;  // Borrowed from the home while a frame is unfinished.

  Phase phase_ = Phase::kOpening;
  std::string opening_;  // Bytes read while kOpening.
  bool had_preflight_ = false;
  std::uint64_t bytes_before_logon_ = 0;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  const std::uint64_t connected_us_;
  bool wants_write_ = false;  // The socket took no more, or TLS has to speak.
  bool is_paused_ = false;    // Reads nothing until the storage has room.
  bool waits_for_log_ = false;
  std::uint32_t interest_ = 0;
  std::uint64_t closing_deadline_ms_ = UINT64_MAX;
  std::uint64_t armed_ms_ = UINT64_MAX;
  net::EventLoop::TimerId timer_ = 0;
};

}  // namespace amps::broker
