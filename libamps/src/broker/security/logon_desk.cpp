// SPDX-License-Identifier: Apache-2.0
#include "broker/security/logon_desk.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <iterator>
#include <string>
#include <utility>

#include "base/sync.h"
#include "broker/session.h"

namespace amps::broker {

namespace {

constexpr int kWorkers = 4;                // Hashing passwords must not take every core.
constexpr std::size_t kWaitingMax = 1024;  // Of those, few would be answered before their time is over.
constexpr std::chrono::milliseconds kPatience(500);  // At the end, for workers that are asking somebody.

}  // namespace

struct LogonDesk::State {
  struct Entry {
    SessionHost* host;
    std::uint64_t connection_id;
    Question question;
  };
  Mutex mutex{LockRank::kSession};
  CondVar changed;
  std::deque<Entry> waiting AMPS_GUARDED_BY(mutex);
  int working AMPS_GUARDED_BY(mutex) = 0;  // Workers that have not ended.
  bool stopping AMPS_GUARDED_BY(mutex) = false;
};

LogonDesk::LogonDesk() : state_(std::make_shared<State>()) {}

LogonDesk::~LogonDesk() {
  stop();
}

Status LogonDesk::start() {
  for (int i = 0; i < kWorkers; ++i) {
    {
      MutexLock lock(state_->mutex);
      ++state_->working;
    }
    Thread thread;
    const std::shared_ptr<State> state = state_;
    const Status status =
        thread.start(("ampsd-logon-" + std::to_string(i)).c_str(), [state] { work(state.get()); });
    if (!status.ok()) {
      MutexLock lock(state_->mutex);
      --state_->working;
      return status;
    }
    threads_.push_back(std::move(thread));
  }
  return {};
}

void LogonDesk::work(State* state) {
  for (;;) {
    State::Entry entry;
    {
      MutexLock lock(state->mutex);
      while (state->waiting.empty() && !state->stopping) state->changed.wait(state->mutex);
      if (state->stopping) break;
      entry = std::move(state->waiting.front());
      state->waiting.pop_front();
    }
    Answer answer = entry.question();
    entry.question = nullptr;  // May own the last reference to a callback.
    MutexLock lock(state->mutex);
    // Hosts live until stop() has been called.
    if (state->stopping) break;
    entry.host->run_in(entry.connection_id, std::move(answer));
  }
  MutexLock lock(state->mutex);
  --state->working;
  state->changed.notify_all();
}

bool LogonDesk::ask(SessionHost* host, std::uint64_t connection_id, Question question) {
  {
    MutexLock lock(state_->mutex);
    if (state_->stopping || state_->waiting.size() >= kWaitingMax) return false;
    state_->waiting.push_back({host, connection_id, std::move(question)});
  }
  state_->changed.notify_one();
  return true;
}

void LogonDesk::forget(std::uint64_t connection_id) {
  std::deque<State::Entry> dropped;  // Freed without the lock: they may own callbacks.
  MutexLock lock(state_->mutex);
  std::deque<State::Entry>& waiting = state_->waiting;
  const auto gone = std::stable_partition(waiting.begin(), waiting.end(), [&](const State::Entry& entry) {
    return entry.connection_id != connection_id;
  });
  std::move(gone, waiting.end(), std::back_inserter(dropped));
  waiting.erase(gone, waiting.end());
}

void LogonDesk::stop() noexcept {
  std::deque<State::Entry> dropped;
  bool all_ended = false;
  {
    MutexLock lock(state_->mutex);
    state_->stopping = true;
    dropped.swap(state_->waiting);
    state_->changed.notify_all();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (state_->working != 0 && state_->changed.wait_until(state_->mutex, deadline)) {
    }
    all_ended = state_->working == 0;
  }
  for (Thread& thread : threads_) {
    // One that ended cannot be told from one that is stuck, and both may be let go.
    if (all_ended && !thread.is_current()) {
      thread.join();
    } else if (thread.joinable()) {
      thread.detach();
    }
  }
  threads_.clear();
}

}  // namespace amps::broker
