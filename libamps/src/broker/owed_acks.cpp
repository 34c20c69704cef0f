// SPDX-License-Identifier: Apache-2.0
#include "broker/owed_acks.h"

#include <algorithm>
#include <utility>

#include "broker/ack.h"
#include "broker/journal/bookmark_id.h"
#include "wire/header.h"

namespace amps::broker {

namespace {

// Steps in which what is counted becomes durable; beyond that neighbours are settled together.
constexpr std::size_t kStepsMax = 4'096;
constexpr std::size_t kOwnCountMax = 10'000;
constexpr std::size_t kOwnBytesMax = 4u << 20;

}  // namespace

void OwedAcks::open(std::uint64_t publisher_id, std::uint64_t interval_ms) noexcept {
  publisher_id_ = publisher_id;
  interval_ms_ = interval_ms;
}

void OwedAcks::add_counted(std::uint64_t sequence, std::uint64_t txid) {
  if (owed_.size() >= kStepsMax && owed_.back().texts == nullptr) {
    Owed& last = owed_.back();
    last.sequence = std::max(last.sequence, sequence);
    last.point.txid = std::max(last.point.txid, txid);
    return;
  }
  Owed& owed = owed_.emplace_back();
  owed.sequence = sequence;
  owed.point.txid = txid;
}

void OwedAcks::add(const SavedPoint& point, std::string_view success, std::string_view failure) {
  Owed& owed = owed_.emplace_back();
  owed.point = point;
  owed.texts = std::make_unique<Texts>(Texts{std::string(success), std::string(failure)});
  ++own_count_;
  own_bytes_ += success.size() + failure.size();
}

bool OwedAcks::is_full() const noexcept {
  return own_count_ >= kOwnCountMax || own_bytes_ >= kOwnBytesMax;
}

void OwedAcks::settle(std::uint64_t now_ms, Buffer* out) {
  while (!owed_.empty()) {
    const Owed& first = owed_.front();
    const SavedState state = storage_.state_of(first.point);
    if (state == SavedState::kWaiting) break;
    const bool is_saved = state == SavedState::kSaved;
    if (first.texts != nullptr) {
      write_conflated(now_ms, out);
      out->append(is_saved ? first.texts->success : first.texts->failure);
      --own_count_;
      own_bytes_ -= first.texts->success.size() + first.texts->failure.size();
    } else if (is_saved) {
      settled_ = std::max(settled_, first.sequence);
      if (interval_ms_ == 0) write_conflated(now_ms, out);
    }
    // What was counted and is lost stays unanswered: only the next start can tell what became of it, and a
    // publisher that was told nothing will send it again.
    owed_.pop_front();
  }
  if (settled_ != 0 && now_ms >= due_ms()) write_conflated(now_ms, out);
}

void OwedAcks::write_conflated(std::uint64_t now_ms, Buffer* out) {
  if (settled_ == 0) return;
  // A number that came again may be lower than what the client knows to be settled.
  highest_sent_ = std::max(highest_sent_, std::exchange(settled_, 0));
  has_sent_ = true;
  sent_ms_ = now_ms;
  const BookmarkText bookmark(BookmarkId{publisher_id_, highest_sent_});
  Ack ack;
  ack.type = AMPS_ACK_Persisted;
  ack.sequence = highest_sent_;
  ack.bookmark = bookmark.view();
  append_ack(out, ack);
}

bool OwedAcks::awaits_storage(std::uint64_t now_ms) const noexcept {
  return !owed_.empty() && (own_count_ != 0 || now_ms >= due_ms());
}

std::uint64_t OwedAcks::deadline_ms(std::uint64_t now_ms) const noexcept {
  if (settled_ != 0) return due_ms();
  return owed_.empty() || now_ms >= due_ms() ? UINT64_MAX : due_ms();
}

}  // namespace amps::broker
