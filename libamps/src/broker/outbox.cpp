// SPDX-License-Identifier: Apache-2.0
#include "broker/outbox.h"

#include <algorithm>
#include <utility>

namespace amps::broker {

namespace {

constexpr std::size_t kShareBytesMin = 16'384;  // Below, copying costs about a microsecond.
constexpr std::size_t kTailBytesMax = 65'536;   // Our own blocks grow up to one write's worth.
constexpr std::size_t kSpareBytesMax = 32'768;  // Larger ones are given back: an idle client costs little.
constexpr std::uint64_t kWriteBytesMax = 1u << 20;  // Written at a stretch; then others have their turn.
constexpr std::size_t kSourcesMax = 1'024;          // Queries of one client that wait; each holds a snapshot.
constexpr std::uint64_t kEncodeStepsMax = 8;        // Of sources at a stretch; each is bounded work.
constexpr std::uint64_t kAgeGranularityMs = 50;     // Ages are exact to this, so that marks stay few.
constexpr std::uint64_t kPaced = UINT64_MAX;        // Time of bytes that grow no older.
// Below this bytes are made: enough that the socket never waits for them, and so little that a client that
// stands still holds up nothing but itself.
constexpr std::uint64_t kLowWaterBytes = 131'072;

}  // namespace

Outbox::~Outbox() {
  limits_->total_bytes.fetch_sub(waiting_bytes(), std::memory_order_relaxed);
}

void Outbox::drop(CutOff why) {
  cut_off_ = why;
  untold_ = true;
  // Sources stay until the thread they belong to discards them.
  appended_.erase(
      std::remove_if(appended_.begin(), appended_.end(), [](const Item& item) { return !item.source; }),
      appended_.end());
  tail_is_ours_ = false;
}

// A blocked client is scheduled already, but its thread has to hear that it was cut off.
bool Outbox::needs_schedule() {
  return !std::exchange(scheduled_, true) || std::exchange(untold_, false);
}

bool Outbox::admit(std::size_t size, std::uint64_t now_ms) {
  if (discarding_ || cut_off_ != CutOff::kNone) return false;
  const std::uint64_t waiting = waiting_bytes();
  // One message is always let in, so that a limit below the message size does not shut a client out.
  const std::uint64_t bytes_max = limits_->client_bytes_max;
  if (waiting != 0 && waiting + size > bytes_max && waiting - paced_bytes() + size > bytes_max) {
    drop(CutOff::kSlow);
    return false;
  }
  mark(now_ms);
  this->count(size);
  return true;
}

void Outbox::mark(std::uint64_t at_ms) {
  const std::uint64_t last = marks_.empty() ? 0 : marks_.back().at_ms;
  const bool is_same =
      !marks_.empty() &&
      (at_ms == last || (last != kPaced && at_ms != kPaced && at_ms < last + kAgeGranularityMs));
  if (!is_same) marks_.push_back({appended_bytes_, at_ms});
}

void Outbox::count(std::size_t size) {
  appended_bytes_ += size;
  waiting_bytes_.store(appended_bytes_ - written_bytes_, std::memory_order_relaxed);
  limits_->total_bytes.fetch_add(size, std::memory_order_relaxed);
}

// One thread at a time writes it, so this needs no atomic addition.
void Outbox::count_messages(std::uint64_t messages) {
  message_count_.store(message_count() + messages, std::memory_order_relaxed);
}

std::uint64_t Outbox::paced_bytes() const {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < marks_.size(); ++i) {
    if (marks_[i].at_ms != kPaced) continue;
    const std::uint64_t end = i + 1 < marks_.size() ? marks_[i + 1].begin : appended_bytes_;
    bytes += end - std::min(end, std::max(marks_[i].begin, written_bytes_));
  }
  return bytes;
}

void Outbox::append(std::string_view bytes, std::uint64_t now_ms, std::uint64_t messages) {
  if (bytes.empty()) return;
  bool schedule = false;
  {
    MutexLock lock(mutex_);
    if (admit(bytes.size(), now_ms)) {
      if (!tail_is_ours_ || appended_.back().block->bytes.size() + bytes.size() > kTailBytesMax) {
        appended_.push_back({spare_ ? std::move(spare_) : SharedBlockRef::make(), nullptr});
        tail_is_ours_ = true;
      }
      appended_.back().block->bytes.append(bytes);
      count_messages(messages);
    }
    schedule = needs_schedule();
  }
  if (schedule) home_->schedule(this);
}

void Outbox::append(const SharedBlockRef& block, std::uint64_t now_ms, std::uint64_t messages) {
  if (block->bytes.size() < kShareBytesMin) return append(block->bytes.view(), now_ms, messages);
  bool schedule = false;
  {
    MutexLock lock(mutex_);
    if (admit(block->bytes.size(), now_ms)) {
      appended_.push_back({block, nullptr});
      count_messages(messages);
      tail_is_ours_ = false;
    }
    schedule = needs_schedule();
  }
  if (schedule) home_->schedule(this);
}

void Outbox::append_paced(SharedBlockRef block, std::uint64_t messages) {
  if (block->bytes.empty()) return;
  bool schedule = false;
  {
    MutexLock lock(mutex_);
    if (discarding_ || cut_off_ != CutOff::kNone) return;
    mark(kPaced);
    count(block->bytes.size());
    count_messages(messages);
    appended_.push_back({std::move(block), nullptr});
    tail_is_ours_ = false;
    schedule = !std::exchange(scheduled_, true);
  }
  if (schedule) home_->schedule(this);
}

bool Outbox::has_room() const noexcept {
  return waiting_bytes() < kLowWaterBytes;
}

void Outbox::wake() {
  bool schedule = false;
  {
    MutexLock lock(mutex_);
    schedule = !std::exchange(scheduled_, true);
  }
  if (schedule) home_->schedule(this);
}

bool Outbox::append(std::unique_ptr<OutboxSource> source, std::uint64_t now_ms) {
  bool schedule = false;
  {
    MutexLock lock(mutex_);
    if (discarding_ || cut_off_ != CutOff::kNone) return true;  // Nobody will read it.
    if (source_count_ >= kSourcesMax) return false;
    ++source_count_;
    if (marks_.empty()) marks_.push_back({appended_bytes_, now_ms});
    appended_.push_back({{}, std::move(source)});
    tail_is_ours_ = false;
    schedule = !std::exchange(scheduled_, true);
  }
  if (schedule) home_->schedule(this);
  return true;
}

void Outbox::cancel_sources(std::string_view query_id) {
  for (Item& item : writing_) {
    if (item.source) item.source->cancel(query_id);
  }
  MutexLock lock(mutex_);
  for (Item& item : appended_) {
    if (item.source) item.source->cancel(query_id);
  }
}

bool Outbox::has_sources() const {
  MutexLock lock(mutex_);
  return source_count_ != 0;
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
  if (written_bytes_ == appended_bytes_ && source_count_ == 0) marks_.clear();
}

// What waits behind a long result is old through no fault of the client that takes it in steadily.
void Outbox::note_progress(std::uint64_t now_ms) {
  MutexLock lock(mutex_);
  if (source_count_ == 0 || marks_.empty()) return;
  marks_.clear();
  marks_.push_back({written_bytes_, now_ms});
}

net::IoResult Outbox::write_to(net::ByteStream* stream, std::uint64_t now_ms) {
  std::uint64_t total = 0;
  std::uint64_t steps = 0;
  while (total < kWriteBytesMax && steps < kEncodeStepsMax) {
    if (writing_.empty()) take_appended();
    if (writing_.empty()) return {stream->flush_some().state, total};
    if (writing_.front().source && !encode_front(&steps)) continue;
    std::uint64_t count = 0;
    const net::IoState state = write_taken(stream, &count);
    consumed(count);
    total += count;
    if (count != 0) note_progress(now_ms);
    if (state != net::IoState::kOk) return {state, total};
  }
  home_->schedule(this);
  return {net::IoState::kOk, total};
}

// Puts what the source at the front makes before it, as a block. False: nothing was made this time.
bool Outbox::encode_front(std::uint64_t* steps) {
  ++*steps;
  SharedBlockRef block = SharedBlockRef::make();
  const bool has_more = writing_.front().source->encode_some(&block->bytes);
  const std::size_t size = block->bytes.size();
  if (writing_.front().source->is_too_costly()) cut_off(CutOff::kCostly);
  if (!has_more) writing_.pop_front();
  {
    MutexLock lock(mutex_);
    if (!has_more) --source_count_;
    // Counted as appended at the front: marks behind move on by as much.
    appended_bytes_ += size;
    for (AgeMark& mark : marks_) mark.begin += mark.begin == written_bytes_ ? 0 : size;
    waiting_bytes_.store(appended_bytes_ - written_bytes_, std::memory_order_relaxed);
    if (appended_bytes_ == written_bytes_ && source_count_ == 0) marks_.clear();
  }
  limits_->total_bytes.fetch_add(size, std::memory_order_relaxed);
  if (size == 0) return false;
  writing_.push_front({std::move(block), nullptr});
  return true;
}

// Stops at a source: the next bytes are its.
net::IoState Outbox::write_taken(net::ByteStream* stream, std::uint64_t* count) {
  while (!writing_.empty() && !writing_.front().source && *count < kWriteBytesMax) {
    const net::IoState state = write_block(stream, count);
    if (state != net::IoState::kOk) return state;
  }
  return net::IoState::kOk;
}

net::IoState Outbox::write_block(net::ByteStream* stream, std::uint64_t* count) {
  const std::string_view rest = writing_.front().block->bytes.view().substr(offset_);
  const net::IoResult result = stream->write_some(rest.data(), rest.size());
  if (result.state != net::IoState::kOk) return result.state;
  *count += result.size;
  offset_ += result.size;
  if (result.size < rest.size()) return net::IoState::kOk;
  SharedBlockRef done = std::move(writing_.front().block);
  writing_.pop_front();
  offset_ = 0;
  if (!done.is_unique() || done->bytes.capacity() > kSpareBytesMax) return net::IoState::kOk;
  done->bytes.clear();
  MutexLock lock(mutex_);
  if (!spare_) spare_ = std::move(done);
  return net::IoState::kOk;
}

void Outbox::discard() {
  writing_.clear();
  offset_ = 0;
  std::deque<Item> dropped;  // Sources end outside the lock: they may hold a whole topic.
  MutexLock lock(mutex_);
  discarding_ = true;
  dropped.swap(appended_);
  source_count_ = 0;
  spare_ = {};
  tail_is_ours_ = false;
  marks_.clear();
  limits_->total_bytes.fetch_sub(appended_bytes_ - written_bytes_, std::memory_order_relaxed);
  written_bytes_ = appended_bytes_;
  waiting_bytes_.store(0, std::memory_order_relaxed);
}

void Outbox::cut_off(CutOff why) {
  bool schedule = false;
  {
    MutexLock lock(mutex_);
    if (discarding_ || cut_off_ != CutOff::kNone) return;
    drop(why);
    schedule = needs_schedule();
  }
  if (schedule) home_->schedule(this);
}

CutOff Outbox::cut_off() const {
  MutexLock lock(mutex_);
  return cut_off_;
}

std::uint64_t Outbox::oldest_ms() const {
  MutexLock lock(mutex_);
  const auto oldest =
      std::find_if(marks_.begin(), marks_.end(), [](const AgeMark& mark) { return mark.at_ms != kPaced; });
  return oldest == marks_.end() ? UINT64_MAX : oldest->at_ms;
}

}  // namespace amps::broker
