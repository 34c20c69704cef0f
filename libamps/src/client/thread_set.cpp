// SPDX-License-Identifier: Apache-2.0
#include "client/thread_set.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/interrupt.h"
#include "base/limits.h"
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
  std::list<Entry> entry(1);  // Joins the others when it runs: who waits for them waits for it then.
  entry.front().generation = generation;
  Status status = entry.front().thread.start(
      name, [this, entry = &entry.front(), body = std::move(body), last = std::move(last)] {
        thread_context().is_library_thread = true;
        body();
        {
          const MutexLock inner(mutex_);
          entry->has_ended = true;
          ended_.notify_all();
        }
        last();
      });
  if (status.ok()) entries_.splice(entries_.end(), entry);
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

bool ThreadSet::wait_all(std::uint64_t generation) {
  while (!wait_one_poll(generation)) {
    if (is_interrupted()) return false;
  }
  reap();
  return true;
}

// True when none runs any more.
bool ThreadSet::wait_one_poll(std::uint64_t generation) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kInterruptPollMs);
  const auto runs = [generation](const Entry& entry) {
    return !entry.has_ended && entry.generation <= generation;
  };
  const MutexLock lock(mutex_);
  while (std::any_of(entries_.begin(), entries_.end(), runs)) {
    if (!ended_.wait_until(mutex_, until)) return false;
  }
  return true;
}

void ThreadSet::reap() {
  std::list<Entry> ended;
  const MutexLock lock(mutex_);
  ended = take_ended();
}

}  // namespace amps::client
