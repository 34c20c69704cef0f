// SPDX-License-Identifier: Apache-2.0
#include "client/outbound.h"

#include <sched.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/cycle_clock.h"
#include "base/interrupt.h"
#include "base/limits.h"
#include "base/within_memory.h"
#include "client/client.h"
#include "client/connection.h"
#include "client/thread_context.h"

namespace amps::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Two writes closer than this are a burst, in which a wake-up of the writer (30 µs) pays.
constexpr std::uint64_t kBurstNs = 10'000;
// A handler may publish and then wait for the answer: what it left is written by the writer after this time.
constexpr milliseconds kDeferredMax{1};
constexpr unsigned kWatchRounds = 64;  // The writer stops watching after so many quiet rounds.
constexpr std::size_t kDeferredBytesMax = 64 * 1024;
// More is likely to follow what was just written. The writer looks again before it sleeps, because being
// woken costs its publisher 5 µs, and lets a small batch grow once, because a small write costs as much as a
// large one.
constexpr unsigned kLingerRounds = 16;
constexpr std::size_t kSmallBatchBytes = 16 * 1024;
constexpr std::size_t kKeptBytes = 1024 * 1024;
constexpr std::size_t kHeaderRoom = 256;  // More than the header of a publish without its topic.

std::uint64_t burst_ticks() noexcept {
  static const std::uint64_t ticks = CycleClock::ticks_of_ns(kBurstNs);
  return ticks;
}

std::size_t template_index(std::string_view topic, bool delta) noexcept {
  std::size_t hash = topic.size() * 7 + (delta ? 3 : 0);
  if (!topic.empty())
    hash +=
        static_cast<unsigned char>(topic.back()) + 5u * static_cast<unsigned char>(topic[topic.size() / 2]);
  return hash % 16;
}

}  // namespace

void Outbound::attach(ConnectionPtr connection, bool is_open) {
  (void)burst_ticks();
  auto channel = std::make_shared<Channel>();
  channel->connection = std::move(connection);
  const MutexLock lock(mutex_);
  channel_.swap(channel);
  if (channel != nullptr) {
    // Its connection has failed, and whoever found out has yet to detach it, too late for its writer.
    channel->is_stopped = true;
    channel->wake.notify_all();
  }
  loss_.clear();
  pending_.clear();
  is_open_ = is_open;
  is_deferred_ = must_write_ = false;
  watch_left_ = 0;
  last_write_ticks_ = 0;
}

void Outbound::open_gate() {
  const MutexLock lock(mutex_);
  is_open_ = true;
}

void Outbound::close_gate() {
  const MutexLock lock(mutex_);
  is_open_ = false;
  room_.notify_all();
}

Status Outbound::not_connected() const {
  const MutexLock lock(mutex_);
  return lost();
}

Status Outbound::lost() const {
  return Status(AMPS_E_DISCONNECTED, "the client is not connected" + (loss_.empty() ? loss_ : ": " + loss_));
}

void Outbound::detach(std::uint64_t generation, const Status& why) noexcept {
  ChannelPtr old;
  std::string loss;
  (void)within_memory([&] { loss = why.text(); });
  const MutexLock lock(mutex_);
  if (channel_ == nullptr || channel_->connection->generation() != generation) return;
  old = std::move(channel_);
  channel_ = nullptr;
  old->is_stopped = true;
  is_open_ = false;
  pending_.clear();
  old->wake.notify_all();
  room_.notify_all();
  loss_.swap(loss);
}

Status Outbound::publish(std::string_view topic, std::string_view data, std::uint32_t expiration_s,
                         std::uint32_t flags) {
  const std::size_t size = topic.size() + data.size() + kHeaderRoom;
  const SendMode mode = (flags & AMPS_PUBLISH_NO_WAIT) != 0 ? SendMode::kNoWait : SendMode::kUser;
  ChannelPtr channel;
  {
    const MutexLock lock(mutex_);
    const bool is_ready = channel_ != nullptr && is_open_ && size < kFrameSentBytesMax &&
                          pending_.size() + size <= client_.settings().number(AMPS_CLIENT_OUTBOUND_BYTES_MAX);
    if (__builtin_expect(!is_ready, 0)) AMPS_RETURN_IF_ERROR(require_room(size, mode, 0, nullptr));
    append_publish(topic, data, expiration_s, (flags & AMPS_PUBLISH_DELTA) != 0);
    channel = appended();
  }
  if (channel != nullptr) write(channel);
  return Status();
}

void Outbound::append_publish(std::string_view topic, std::string_view data, std::uint32_t expiration_s,
                              bool delta) {
  if (expiration_s == AMPS_NO_EXPIRATION) {
    auto& made = templates_[template_index(topic, delta)];
    if (!made.has_value() || !made->is_for(topic, delta)) made.emplace(topic, delta);
    made->append(&pending_, data);
    return;
  }
  wire::Header header;
  header.command = delta ? AMPS_COMMAND_DeltaPublish : AMPS_COMMAND_Publish;
  header.present = wire::field_bit(AMPS_Command);
  header.fields[AMPS_Command] = wire::span_of(delta ? "delta_publish" : "p");
  header.set(AMPS_Topic, topic);
  const std::string digits = std::to_string(expiration_s);
  header.set(AMPS_Expiration, digits);
  wire::append_frame(&pending_, header, data);
}

Status Outbound::check_size(const wire::Header& header, std::string_view body) {
  if (wire::frame_fits(header, body)) return Status();
  return Status(AMPS_E_USAGE, "message of " + std::to_string(body.size()) + " bytes exceeds limit of " +
                                  std::to_string(kFrameSentBytesMax));
}

Status Outbound::await_room(std::size_t body_size, SendMode mode) {
  const MutexLock lock(mutex_);
  return require_room(body_size + kHeaderRoom, mode, 0, nullptr);
}

Status Outbound::send(const wire::Header& header, std::string_view body, SendMode mode,
                      std::uint64_t generation, const WaitLimit* limit) {
  AMPS_RETURN_IF_ERROR(check_size(header, body));
  ChannelPtr channel;
  {
    const MutexLock lock(mutex_);
    AMPS_RETURN_IF_ERROR(require_room(body.size() + kHeaderRoom, mode, generation, limit));
    wire::append_frame(&pending_, header, body);
    channel = appended();
  }
  if (channel != nullptr) write(channel);
  return Status();
}

Status Outbound::require_room(std::size_t size, SendMode mode, std::uint64_t generation,
                              const WaitLimit* limit) {
  if (size >= kFrameSentBytesMax + kHeaderRoom) {
    return Status(AMPS_E_USAGE, "message of " + std::to_string(size - kHeaderRoom) +
                                    " bytes exceeds limit of " + std::to_string(kFrameSentBytesMax));
  }
  const bool asks_hook = !thread_context().is_library_thread;
  milliseconds slice{10};
  for (;;) {
    if (channel_ == nullptr) return lost();
    if (generation != 0 && channel_->connection->generation() != generation) return lost();
    if (mode == SendMode::kInternal) return Status();
    if (!is_open_) return Status(AMPS_E_DISCONNECTED, "the client is not logged on");
    if (mode == SendMode::kStored) return Status();
    const std::size_t bytes_max = client_.settings().number(AMPS_CLIENT_OUTBOUND_BYTES_MAX);
    if (pending_.empty() || pending_.size() + size <= bytes_max) return Status();
    if (mode == SendMode::kNoWait) {
      return Status(AMPS_E_WOULD_BLOCK, std::to_string(pending_.size()) + " bytes wait to be written");
    }
    must_write_ = true;
    wake_writer();
    ++waiting_count_;
    room_.wait_until(mutex_, limit != nullptr ? limit->next(slice) : steady_clock::now() + slice);
    --waiting_count_;
    const ConnectionPtr connection = channel_ == nullptr ? nullptr : channel_->connection;
    bool is_over = false;
    {
      const MutexUnlock unlock(mutex_);
      // A peer that writes to us before it reads on must not wait for a stuck handler.
      if (connection != nullptr) connection->help();
      is_over = asks_hook && is_interrupted();
    }
    if (is_over) return Status(AMPS_E_INTERRUPTED, "interrupted while waiting for room to publish");
    if (limit != nullptr && limit->is_over()) return limit->status("no room to send");
    slice = milliseconds(kInterruptPollMs);
  }
}

// What happens to what was just appended.
Outbound::Next Outbound::decide() {
  Channel& channel = *channel_;
  if (channel.is_busy) return Next::kNothing;  // Its writer looks again when it is done.
  if (channel.is_unfinished) return Next::kWake;
  if (thread_context().delivering == &client_) {
    if (pending_.size() >= kDeferredBytesMax) return Next::kWrite;
    is_deferred_ = true;
    if (watch_left_ != 0) {
      watch_left_ = kWatchRounds;
      return Next::kNothing;
    }
    watch_left_ = kWatchRounds;
    return Next::kWake;
  }
  is_deferred_ = false;
  const std::uint64_t batch_bytes = client_.settings().number(AMPS_CLIENT_PUBLISH_BATCH_BYTES);
  if (batch_bytes != 0 && pending_.size() < batch_bytes) return Next::kWake;
  if (batch_bytes != 0) must_write_ = true;
  if (client_.settings().number(AMPS_CLIENT_SEND_INLINE) == 0) return Next::kWake;
  return CycleClock::now() - last_write_ticks_ > burst_ticks() ? Next::kWrite : Next::kWake;
}

void Outbound::wake_writer() {
  if (!channel_->is_writer_asleep) return;
  channel_->is_writer_asleep = false;
  channel_->wake.notify_one();
}

Outbound::ChannelPtr Outbound::appended() {
  switch (decide()) {
    case Next::kNothing:
      break;
    case Next::kWake:
      wake_writer();
      break;
    case Next::kWrite:
      return take();
  }
  return nullptr;
}

void Outbound::flush_deferred() {
  ChannelPtr channel;
  {
    const MutexLock lock(mutex_);
    if (!is_deferred_ || pending_.empty() || channel_ == nullptr) return;
    if (channel_->is_busy || channel_->is_unfinished) return;
    channel = take();
  }
  write(channel);
}

// Takes all that is pending, for the caller to write.
Outbound::ChannelPtr Outbound::take() {
  channel_->is_busy = true;
  channel_->bytes.swap(pending_);
  is_deferred_ = must_write_ = false;
  first_pending_ = TimePoint{};
  ++take_count_;
  return channel_;
}

// Hands bytes to the stream until none are left or it would block.
net::IoState Outbound::push(Channel& channel) {
  net::ByteStream& stream = channel.connection->stream();
  while (channel.sent < channel.bytes.size()) {
    const net::IoResult result =
        stream.write_some(channel.bytes.data() + channel.sent, channel.bytes.size() - channel.sent);
    if (result.state != net::IoState::kOk) return result.state;
    channel.sent += result.size;
  }
  return stream.flush_some().state;
}

// Requires: the caller made the channel busy.
void Outbound::write(const ChannelPtr& channel) {
  Connection& connection = *channel->connection;
  net::IoState state = net::IoState::kFailed;
  if (!within_memory([&] { state = push(*channel); })) connection.fail(Status::out_of_memory());
  const bool would_block = state == net::IoState::kWantRead || state == net::IoState::kWantWrite;
  if (state == net::IoState::kFailed) connection.fail(connection.stream().status());
  if (state == net::IoState::kClosed) {
    connection.fail(Status(AMPS_E_DISCONNECTED, "the server closed the connection while it was written to"));
  }
  connection.count_write();
  const MutexLock lock(mutex_);
  channel->is_busy = false;
  channel->is_unfinished = would_block;
  channel->waits_for_read = state == net::IoState::kWantRead;
  if (!would_block) {
    channel->bytes.clear();
    channel->bytes.shrink(kKeptBytes);
    channel->sent = 0;
  }
  if (channel != channel_) {
    channel->wake.notify_all();
    return;
  }
  last_write_ticks_ = CycleClock::now();
  if (waiting_count_ != 0) room_.notify_all();
  if (would_block || !pending_.empty()) wake_writer();
}

// When the pending bytes must go out, if nobody else writes them before.
Outbound::TimePoint Outbound::due_at(TimePoint now) {
  if (must_write_) return now;
  if (first_pending_ == TimePoint{}) first_pending_ = now;
  if (is_deferred_) return first_pending_ + kDeferredMax;
  if (client_.settings().number(AMPS_CLIENT_PUBLISH_BATCH_BYTES) != 0) {
    return first_pending_ + milliseconds(client_.settings().number(AMPS_CLIENT_PUBLISH_BATCH_TIMEOUT_MS));
  }
  return now;
}

bool Outbound::is_due(const Channel& channel, TimePoint now) {
  return !channel.is_busy && !pending_.empty() && due_at(now) <= now;
}

// Sleeps until there may be something to do.
void Outbound::rest(Channel& channel) {
  if (!pending_.empty() && !channel.is_busy) {
    // Not woken for each append: it looks again by itself, and a full batch or a drain wakes it.
    channel.is_writer_asleep = true;
    channel.wake.wait_until(mutex_, due_at(steady_clock::now()));
  } else if (watch_left_ != 0) {
    // Handlers publish: look now and then instead of being woken for each block.
    --watch_left_;
    channel.is_writer_asleep = !channel.is_busy;
    channel.wake.wait_until(mutex_, steady_clock::now() + kDeferredMax);
  } else {
    channel.is_writer_asleep = true;
    channel.wake.wait(mutex_);
  }
  channel.is_writer_asleep = false;
}

void Outbound::write_loop(const ConnectionPtr& connection) {
  const MutexLock lock(mutex_);
  const ChannelPtr channel = channel_ != nullptr && channel_->connection == connection ? channel_ : nullptr;
  unsigned linger_left = 0;
  while (channel != nullptr && !channel->is_stopped) {
    if (!channel->is_busy && channel->is_unfinished) {
      channel->is_busy = true;
      const bool for_write = !channel->waits_for_read;
      const MutexUnlock unlock(mutex_);
      (void)net::wait_for(connection->stream().fd(), for_write, net::kNoDeadline, &connection->writer_waker(),
                          false);
      if (connection->is_failed()) return;
      write(channel);
    } else if (linger_left != 0 && !channel->is_busy && !must_write_ && pending_.size() < kSmallBatchBytes) {
      linger_left = pending_.empty() ? linger_left - 1 : 0;
      const MutexUnlock unlock(mutex_);
      sched_yield();
    } else if (is_due(*channel, steady_clock::now())) {
      linger_left = kLingerRounds;
      (void)take();
      const MutexUnlock unlock(mutex_);
      write(channel);
    } else {
      rest(*channel);
    }
  }
}

void Outbound::drain(std::chrono::milliseconds limit) {
  const TimePoint deadline = steady_clock::now() + limit;
  const MutexLock lock(mutex_);
  while (channel_ != nullptr && (!pending_.empty() || channel_->is_busy || channel_->is_unfinished)) {
    must_write_ = true;
    wake_writer();
    ++waiting_count_;
    const bool in_time = room_.wait_until(mutex_, deadline);
    --waiting_count_;
    if (!in_time) return;
  }
}

void Outbound::drain_below_limit() {
  const MutexLock lock(mutex_);
  while (channel_ != nullptr && pending_.size() > client_.settings().number(AMPS_CLIENT_OUTBOUND_BYTES_MAX)) {
    must_write_ = true;
    wake_writer();
    ++waiting_count_;
    room_.wait_until(mutex_, steady_clock::now() + milliseconds(kInterruptPollMs));
    --waiting_count_;
  }
}

}  // namespace amps::client
