// SPDX-License-Identifier: Apache-2.0
#include "client/queue_acks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "client/client.h"
#include "client/outbound.h"
#include "client/timer.h"

namespace amps::client {
namespace {

constexpr std::uint64_t kDefaultWaitMs = 1000;  // A batch without a time-out still goes out some day.

}  // namespace

std::uint64_t QueueAcks::wait_ms() const noexcept {
  const std::uint64_t set = client_.settings().number(AMPS_CLIENT_ACK_TIMEOUT_MS);
  return set != 0 ? set : kDefaultWaitMs;
}

Status QueueAcks::acknowledge(std::string_view topic, std::string_view bookmarks, std::string_view options,
                              std::uint32_t backlog_max) {
  if (topic.empty() || bookmarks.empty()) return Status();  // Not a queue message: nothing to acknowledge.
  std::uint64_t limit = client_.settings().number(AMPS_CLIENT_ACK_BATCH_SIZE);
  if (backlog_max != 0) limit = std::min<std::uint64_t>(limit, backlog_max);
  if (!options.empty() || limit <= 1) return send(topic, bookmarks, options);
  std::string full;
  std::uint64_t due = 0;
  {
    const MutexLock lock(mutex_);
    auto found = batches_.find(topic);
    if (found == batches_.end()) found = batches_.emplace(std::string(topic), Batch()).first;
    Batch& batch = found->second;
    if (batch.count == 0) due = batch.due_ms = now_ms() + wait_ms();
    if (!batch.bookmarks.empty()) batch.bookmarks += ',';
    batch.bookmarks += bookmarks;
    batch.count += 1 + static_cast<std::uint64_t>(std::count(bookmarks.begin(), bookmarks.end(), ','));
    if (batch.count >= limit) full = std::move(std::exchange(batch, Batch()).bookmarks);
  }
  if (!full.empty()) return send(topic, full, {});
  if (due != 0) client_.wake_timer(due);
  return Status();
}

Status QueueAcks::send(std::string_view topic, std::string_view bookmarks, std::string_view options) {
  wire::Header header;
  header.command = AMPS_COMMAND_SOWDelete;
  header.set(AMPS_Command, "sow_delete");
  header.set(AMPS_Topic, topic);
  header.set(AMPS_Bookmark, bookmarks);
  if (!options.empty()) header.set(AMPS_Options, options);
  return client_.outbound().send(header, {}, SendMode::kInternal, 0);
}

Status QueueAcks::flush() {
  (void)send_due(TimerTask::kNever);
  return Status();
}

std::uint64_t QueueAcks::send_due(std::uint64_t now) {
  std::vector<std::pair<std::string, std::string>> due;
  std::uint64_t next = TimerTask::kNever;
  {
    const MutexLock lock(mutex_);
    for (auto& [topic, batch] : batches_) {
      if (batch.count == 0) continue;
      if (batch.due_ms > now) {
        next = std::min(next, batch.due_ms);
        continue;
      }
      due.emplace_back(topic, std::exchange(batch, Batch()).bookmarks);
    }
  }
  for (const auto& [topic, bookmarks] : due) (void)send(topic, bookmarks, {});
  return next;
}

void QueueAcks::clear() {
  const MutexLock lock(mutex_);
  batches_.clear();
}

}  // namespace amps::client
