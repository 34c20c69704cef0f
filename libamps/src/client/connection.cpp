// SPDX-License-Identifier: Apache-2.0
#include "client/connection.h"

#include <utility>

#include "base/within_memory.h"
#include "client/client.h"
#include "client/outbound.h"
#include "client/session.h"
#include "client/settle.h"
#include "client/thread_context.h"

namespace amps::client {
namespace {

constexpr int kHelpReads = 32;  // One help reads at most so many blocks: helpers have work of their own.
constexpr std::uint64_t kStuckCheckMs = 20;  // How soon a lost connection with a stuck handler is dealt with.

}  // namespace

Connection::Connection(Client& client, std::uint64_t generation)
    : client_(client), generation_(generation), reader_(kLogonBytesMax), helper_reader_(kLogonBytesMax) {
  hold(&client_);
}

Connection::~Connection() {
  cancel(this);
  stream_.reset();
  unhold(&client_);
}

void Connection::fail(const Status& why, bool is_deliberate) noexcept {
  {
    const MutexLock lock(mutex_);
    if (is_deliberate) is_deliberate_.store(true, std::memory_order_release);
    if (is_failed_.load(std::memory_order_relaxed)) return;
    failure_ = why;
    is_failed_.store(true, std::memory_order_release);
  }
  client_.outbound().detach(generation_, why);
  stream_->shutdown();
  writer_waker_.wake();
  waker_.wake();
  if (is_deliberate) return;
  // The receive thread notices by itself, unless its handler is stuck.
  (void)within_memory([this] { schedule(this, now_ms()); });
}

Status Connection::failure() const {
  const MutexLock lock(mutex_);
  return failure_;
}

// Runs on the timer thread after a loss, until somebody has taken it.
std::uint64_t Connection::run(std::uint64_t now) {
  if (is_loss_taken_.load(std::memory_order_acquire)) return kNever;
  std::uint32_t expected = kDelivering;
  {
    const MutexLock lock(mutex_);
    const bool is_stuck =
        phase_.compare_exchange_strong(expected, kStolen, std::memory_order_acq_rel) || expected == kStolen;
    if (!is_stuck) return now + kStuckCheckMs;
  }
  start_loss_thread();
  return kNever;
}

void Connection::start_loss_thread() {
  ConnectionPtr self = weak_from_this().lock();
  if (self == nullptr) return;
  // If there is none, the receive thread deals with the loss when its handler returns.
  (void)client_.start_thread("amps-restore", generation_, [self = std::move(self)]() mutable {
    self->client().session().lost(self);
    self.reset();
    thread_end();
  });
}

bool Connection::may_help() {
  if (is_helped_ || is_failed()) return false;
  std::uint32_t expected = kDelivering;
  if (phase_.compare_exchange_strong(expected, kStolen, std::memory_order_acq_rel)) {
    helper_reader_.set_frame_bytes_max(frame_bytes_max());
    helper_reader_.feed(reader_.pending());
    return true;
  }
  return expected == kStolen;
}

bool Connection::help() {
  if (phase_.load(std::memory_order_acquire) == kReading) return false;
  {
    const MutexLock lock(mutex_);
    if (!may_help()) return true;
    is_helped_ = true;
  }
  if (!within_memory([this] { read_to_backlog(); })) fail(Status::out_of_memory());
  const MutexLock lock(mutex_);
  is_helped_ = false;
  helper_done_.notify_all();
  return true;
}

bool Connection::is_backlog_full() const {
  const MutexLock lock(mutex_);
  return backlog_.is_full();
}

void Connection::read_to_backlog() {
  // What the stream holds decoded does not make the descriptor readable again.
  for (int count = 0; count < kHelpReads || stream_->has_buffered_input(); ++count) {
    if (!take_frames()) return;
    std::size_t room = 0;
    char* to = helper_reader_.prepare(&room);
    const net::IoResult result = stream_->read_some(to, room);
    switch (result.state) {
      case net::IoState::kOk:
        helper_reader_.commit(result.size);
        count_read();
        break;
      case net::IoState::kClosed:
        return fail(Status(AMPS_E_DISCONNECTED, "the server closed the connection"));
      case net::IoState::kFailed:
        return fail(stream_->status());
      default:
        return;
    }
  }
}

// Settles and keeps what has arrived. False when the backlog is full or the connection failed.
bool Connection::take_frames() {
  helper_reader_.set_frame_bytes_max(frame_bytes_max());
  std::string_view frame;
  for (;;) {
    if (is_backlog_full()) return false;
    if (!helper_reader_.next(&frame)) break;
    const Status status = helper_decoder_.decode(frame, &helper_header_);
    if (!status.ok()) {
      client_.report(status.code(), status.text());
      fail(status);
      return false;
    }
    const Settled settled = settle(*this, helper_header_);
    if (helper_header_.command == AMPS_COMMAND_Heartbeat) continue;
    const MutexLock lock(mutex_);
    backlog_.append(frame, settled);
  }
  if (helper_reader_.status().ok()) return true;
  client_.report(helper_reader_.status().code(), helper_reader_.status().text());
  fail(helper_reader_.status());
  return false;
}

void Connection::start_stolen() noexcept {
  is_stolen_ = true;
  phase_.store(kStolen, std::memory_order_release);
}

bool Connection::take_backlog(Buffer* frames) {
  before_wait();
  const MutexLock lock(mutex_);
  while (is_helped_) helper_done_.wait(mutex_);
  backlog_.release();
  if (!backlog_.empty()) {
    backlog_.take(frames);
    return true;
  }
  reader_ = std::move(helper_reader_);
  helper_reader_ = wire::FrameReader(frame_bytes_max());
  is_stolen_ = false;
  phase_.store(kReading, std::memory_order_release);
  return false;
}

}  // namespace amps::client
