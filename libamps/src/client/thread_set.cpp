// SPDX-License-Identifier: Apache-2.0
#include "client/thread_set.h"

#include <utility>

#include "client/thread_context.h"

namespace amps::client {

ThreadSet::~ThreadSet() {
  for (Entry& entry : entries_) {
    if (entry.thread.is_current()) entry.thread.detach();
  }
}

Status ThreadSet::start(const char* name, std::uint64_t generation, std::function<void()> body,
                        std::function<void()> last) {
  reap();
  const MutexLock lock(mutex_);
  entries_.emplace_back();
  Entry* entry = &entries_.back();
  entry->generation = generation;
  Status status = entry->thread.start(name, [this, entry, body = std::move(body), last = std::move(last)] {
    thread_context().is_library_thread = true;
    body();
    {
      const MutexLock inner(mutex_);
      entry->has_ended = true;
      ended_.notify_all();
    }
    last();
  });
  if (!status.ok()) entries_.pop_back();
  return status;
}

std::list<ThreadSet::Entry> ThreadSet::take_ended() {
  std::list<Entry> ended;
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto next = std::next(at);
    if (at->has_ended && !at->thread.is_current()) ended.splice(ended.end(), entries_, at);
    at = next;
  }
  return ended;
}

void ThreadSet::wait_all(std::uint64_t generation) {
  std::list<Entry> ended;  // Joined last, without the lock.
  const MutexLock lock(mutex_);
  const auto is_running = [&]() AMPS_REQUIRES(mutex_) {
    for (const Entry& entry : entries_) {
      if (!entry.has_ended && entry.generation <= generation) return true;
    }
    return false;
  };
  while (is_running()) ended_.wait(mutex_);
  ended = take_ended();
}

void ThreadSet::reap() {
  std::list<Entry> ended;
  const MutexLock lock(mutex_);
  ended = take_ended();
}

}  // namespace amps::client
