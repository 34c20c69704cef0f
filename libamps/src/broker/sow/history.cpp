// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/history.h"

#include <algorithm>
#include <utility>

namespace amps::broker {

namespace {

constexpr std::uint64_t kSlots = SharedChunk<Version>::kSlots;
constexpr std::size_t kNodeBytes = 64;  // Of an entry of latest_, about.

// So that no time of this century and no sum of these overflows.
std::uint64_t bounded_us(std::uint64_t ms) noexcept {
  return std::min(ms, std::uint64_t{1} << 50) * 1'000;
}

}  // namespace

bool PastState::is_wanted(const Record& record) const {
  return keys_.empty() || std::binary_search(keys_.begin(), keys_.end(), record.key());
}

bool PastState::next(const RecordRef** record) {
  static const RecordRef none;
  *record = &none;
  if (slot_ < kept_.records.size() * RecordChunk::kSlots) {
    const RecordRef& now = kept_.records[slot_ / RecordChunk::kSlots]->items[slot_ % RecordChunk::kSlots];
    ++slot_;
    if (now && moment_.has_seen(now->timestamp_us(), now->txid()) && is_wanted(*now)) *record = &now;
    return true;
  }
  if (version_ == kept_.versions.end) return false;
  const Version& version = kept_.versions.at(version_++);
  if (version.stands_at(moment_) && is_wanted(*version.record)) *record = &version.record;
  return true;
}

History::History(const HistoryConfiguration& configuration)
    : window_us_(bounded_us(configuration.window_ms)),
      granularity_us_(bounded_us(configuration.granularity_ms)) {}

const Version& History::at(std::uint64_t number) const noexcept {
  return chunks_[number / kSlots - first_ / kSlots]->items[number % kSlots];
}

Version* History::writable(std::uint64_t number) {
  return &chunks_[number / kSlots - first_ / kSlots].writable()->items[number % kSlots];
}

void History::append(Version version) {
  record_bytes_ += version.record->memory_bytes();
  if (chunks_.empty() || next_ % kSlots == 0) chunks_.emplace_back();
  *writable(next_++) = std::move(version);
}

void History::add(const RecordRef& version, std::uint64_t at_us, std::uint64_t at_txid, bool is_last) {
  const auto latest = latest_.find(version->identity());
  if (latest == latest_.end()) {
    latest_.emplace(version->identity(), next_);
  } else {
    const Version& kept = at(latest->second);
    // The rest of a file that was compacted tells once more what the beginning does.
    if (version->timestamp_us() < kept.until_us || version->txid() < kept.until_txid) return;
    const std::uint64_t began_us = kept.record->timestamp_us();
    if (!kept.is_last && at_us >= began_us && at_us - began_us < granularity_us_) {
      Version* const extended = writable(latest->second);
      extended->until_us = at_us;
      extended->until_txid = at_txid;
      extended->is_last = is_last;
      return;
    }
    auto node = latest_.extract(latest);
    node.key() = version->identity();
    node.mapped() = next_;
    latest_.insert(std::move(node));
  }
  append({version, at_us, at_txid, at_us, at_txid, is_last});
}

void History::forget(std::uint64_t now_us) {
  for (; first_ != next_; ++first_) {
    const Version& oldest = at(first_);
    if (oldest.until_us + window_us_ >= now_us) return;
    forgotten_txid_ = std::max(forgotten_txid_, oldest.until_txid);
    record_bytes_ -= oldest.record->memory_bytes();
    const auto latest = latest_.find(oldest.record->identity());
    if (latest->second == first_) latest_.erase(latest);
    // A full chunk goes as a whole; until then its room stays.
    if ((first_ + 1) % kSlots == 0) {
      chunks_.pop_front();
    } else {
      *writable(first_) = {};
    }
  }
}

std::uint64_t History::due_us() const noexcept {
  return first_ == next_ ? UINT64_MAX : at(first_).until_us + window_us_ + 1;
}

bool History::knows(const Moment& moment, std::uint64_t now_us) const noexcept {
  const std::uint64_t since_us = now_us < window_us_ ? 0 : now_us - window_us_;
  return moment.utc_us >= since_us && moment.txid >= forgotten_txid_;
}

Moment History::latest_exact(Moment moment) const noexcept {
  if (granularity_us_ == 0) return moment;
  for (std::uint64_t number = next_; number-- > first_;) {
    const Version& version = at(number);
    const bool stands_for_another = moment.has_seen(version.replaced_us, version.replaced_txid) &&
                                    !moment.has_seen(version.until_us, version.until_txid);
    if (stands_for_another) moment = {version.replaced_us - 1, UINT64_MAX};
  }
  return moment;
}

VersionSnapshot History::versions() const {
  VersionSnapshot snapshot;
  snapshot.chunks.assign(chunks_.begin(), chunks_.end());
  snapshot.begin = first_ % kSlots;
  snapshot.end = snapshot.begin + count();
  return snapshot;
}

std::size_t History::memory_bytes() const noexcept {
  return record_bytes_ + chunks_.size() * sizeof(SharedChunk<Version>) + latest_.size() * kNodeBytes;
}

}  // namespace amps::broker
