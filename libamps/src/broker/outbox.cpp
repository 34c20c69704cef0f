// SPDX-License-Identifier: Apache-2.0
#include "broker/outbox.h"

#include <utility>

namespace amps::broker {

namespace {

constexpr std::size_t kShareBytesMin = 16'384;  // Below, copying costs about a microsecond.
constexpr std::size_t kTailBytesMax = 65'536;   // Our own blocks grow up to one write's worth.
constexpr std::size_t kSpareBytesMax = 32'768;  // Larger ones are given back: an idle client costs little.
constexpr std::uint64_t kWriteBytesMax = 1u << 20;  // Written at a stretch; then others have their turn.
constexpr std::uint64_t kAgeGranularityMs = 50;     // Ages are exact to this, so that marks stay few.

}  // namespace

Outbox::~Outbox() {
  limits_->total_bytes.fetch_sub(waiting_bytes(), std::memory_order_relaxed);
}

bool Outbox::admit(std::size_t count, std::uint64_t now_ms) {
  if (discarding_ || overflowed_) return false;
  const std::uint64_t waiting = waiting_bytes();
  // One message is always let in, so that a limit below the message size does not shut a client out.
  if (waiting != 0 && waiting + count > limits_->client_bytes_max) {
    overflowed_ = cut_off_ = true;
    appended_.clear();
    tail_is_ours_ = false;
    return false;
  }
  if (marks_.empty() || now_ms >= marks_.back().at_ms + kAgeGranularityMs) {
    marks_.push_back({appended_bytes_, now_ms});
  }
  appended_bytes_ += count;
  waiting_bytes_.store(waiting + count, std::memory_order_relaxed);
  limits_->total_bytes.fetch_add(count, std::memory_order_relaxed);
  return true;
}

void Outbox::append(std::string_view bytes, std::uint64_t now_ms) {
  if (bytes.empty()) return;
  bool schedule = false;
  {
    MutexLock lock(mutex_);
    if (admit(bytes.size(), now_ms)) {
      if (!tail_is_ours_ || appended_.back()->bytes.size() + bytes.size() > kTailBytesMax) {
        appended_.push_back(spare_ ? std::move(spare_) : SharedBlockRef::make());
        tail_is_ours_ = true;
      }
      appended_.back()->bytes.append(bytes);
    }
    // A blocked client is scheduled already, but its thread has to hear that it was cut off.
    schedule = !std::exchange(scheduled_, true) || std::exchange(cut_off_, false);
  }
  if (schedule) home_->schedule(this);
}

void Outbox::append(const SharedBlockRef& block, std::uint64_t now_ms) {
  if (block->bytes.size() < kShareBytesMin) return append(block->bytes.view(), now_ms);
  bool schedule = false;
  {
    MutexLock lock(mutex_);
    if (admit(block->bytes.size(), now_ms)) {
      appended_.push_back(block);
      tail_is_ours_ = false;
    }
    // A blocked client is scheduled already, but its thread has to hear that it was cut off.
    schedule = !std::exchange(scheduled_, true) || std::exchange(cut_off_, false);
  }
  if (schedule) home_->schedule(this);
}

void Outbox::take_appended() {
  MutexLock lock(mutex_);
  if (appended_.empty()) {
    scheduled_ = false;
    return;
  }
  writing_.swap(appended_);
  tail_is_ours_ = false;
}

void Outbox::consumed(std::uint64_t count) {
  if (count == 0) return;
  limits_->total_bytes.fetch_sub(count, std::memory_order_relaxed);
  MutexLock lock(mutex_);
  written_bytes_ += count;
  waiting_bytes_.store(appended_bytes_ - written_bytes_, std::memory_order_relaxed);
  while (marks_.size() > 1 && marks_[1].begin <= written_bytes_) marks_.pop_front();
  if (written_bytes_ == appended_bytes_) marks_.clear();
}

net::IoResult Outbox::write_to(net::ByteStream* stream) {
  std::uint64_t total = 0;
  while (total < kWriteBytesMax) {
    if (writing_.empty()) take_appended();
    if (writing_.empty()) return {stream->flush_some().state, total};
    std::uint64_t count = 0;
    const net::IoState state = write_taken(stream, &count);
    consumed(count);
    total += count;
    if (state != net::IoState::kOk) return {state, total};
  }
  home_->schedule(this);
  return {net::IoState::kOk, total};
}

net::IoState Outbox::write_taken(net::ByteStream* stream, std::uint64_t* count) {
  while (!writing_.empty() && *count < kWriteBytesMax) {
    const std::string_view rest = writing_.front()->bytes.view().substr(offset_);
    const net::IoResult result = stream->write_some(rest.data(), rest.size());
    if (result.state != net::IoState::kOk) return result.state;
    *count += result.size;
    offset_ += result.size;
    if (result.size < rest.size()) continue;
    SharedBlockRef done = std::move(writing_.front());
    writing_.pop_front();
    offset_ = 0;
    if (!done.is_unique() || done->bytes.capacity() > kSpareBytesMax) continue;
    done->bytes.clear();
    MutexLock lock(mutex_);
    if (!spare_) spare_ = std::move(done);
  }
  return net::IoState::kOk;
}

void Outbox::discard() {
  writing_.clear();
  offset_ = 0;
  MutexLock lock(mutex_);
  discarding_ = true;
  appended_.clear();
  spare_ = {};
  tail_is_ours_ = false;
  marks_.clear();
  limits_->total_bytes.fetch_sub(appended_bytes_ - written_bytes_, std::memory_order_relaxed);
  written_bytes_ = appended_bytes_;
  waiting_bytes_.store(0, std::memory_order_relaxed);
}

bool Outbox::overflowed() const {
  MutexLock lock(mutex_);
  return overflowed_;
}

std::uint64_t Outbox::oldest_ms() const {
  MutexLock lock(mutex_);
  return marks_.empty() ? UINT64_MAX : marks_.front().at_ms;
}

}  // namespace amps::broker
