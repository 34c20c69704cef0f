// SPDX-License-Identifier: Apache-2.0
#include "broker/security/logon_desk.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/random_hash.h"
#include "base/sync.h"
#include "broker/session.h"

namespace amps::broker {

namespace {

constexpr int kWorkers = 4;                // Hashing passwords must not take every core.
constexpr std::size_t kWaitingMax = 1024;  // Of those, few would be answered before their time is over.
constexpr std::size_t kWaitingOfAddressMax = 256;
constexpr std::size_t kWaitingOfSuspectMax = 64;  // All decided before the time of the last is over.
constexpr std::uint64_t kSuspectMs = 10'000;
constexpr std::uint64_t kGuessMs = 100;       // Between the questions of a suspect address.
constexpr std::size_t kSuspectsSwept = 1024;  // With more, those that are no longer suspect are forgotten …
constexpr std::size_t kSuspectsMax = 1u << 16;       // … and with so many, all.
constexpr std::chrono::milliseconds kPatience(500);  // At the end, for workers that are asking somebody.

std::string address_of(std::string_view peer) {
  return std::string(peer.substr(0, peer.rfind(':')));
}

}  // namespace

struct LogonDesk::State {
  struct Entry {
    SessionHost* host;
    std::uint64_t connection_id;
    std::string address;
    Question question;
  };
  struct Suspect {
    std::uint64_t until_ms;
    std::uint64_t next_ms;  // When its next question may be decided.
  };
  explicit State(const Clock& its_clock) : clock(its_clock) {}
  // A question that may be decided now. False: none; `*wait_ms` says for how long, UINT64_MAX until a change.
  bool take(Entry* out, std::uint64_t* wait_ms) AMPS_REQUIRES(mutex);
  Suspect* find_suspect(const std::string& address, std::uint64_t now_ms) AMPS_REQUIRES(mutex);
  void sweep(std::uint64_t now_ms) AMPS_REQUIRES(mutex);

  const Clock& clock;
  Mutex mutex{LockRank::kSession};
  CondVar changed;
  std::deque<Entry> waiting AMPS_GUARDED_BY(mutex);
  int working AMPS_GUARDED_BY(mutex) = 0;  // Workers that have not ended.
  bool stopping AMPS_GUARDED_BY(mutex) = false;
  std::unordered_map<std::string, Suspect, RandomHash> suspects AMPS_GUARDED_BY(mutex);
};

LogonDesk::State::Suspect* LogonDesk::State::find_suspect(const std::string& address, std::uint64_t now_ms) {
  const auto found = suspects.find(address);
  return found == suspects.end() || found->second.until_ms <= now_ms ? nullptr : &found->second;
}

bool LogonDesk::State::take(Entry* out, std::uint64_t* wait_ms) {
  const std::uint64_t now_ms = clock.steady_ms();
  *wait_ms = UINT64_MAX;
  for (auto at = waiting.begin(); at != waiting.end(); ++at) {
    Suspect* const suspect = find_suspect(at->address, now_ms);
    if (suspect != nullptr && suspect->next_ms > now_ms) {
      *wait_ms = std::min(*wait_ms, suspect->next_ms - now_ms);
      continue;
    }
    if (suspect != nullptr) suspect->next_ms = now_ms + kGuessMs;
    *out = std::move(*at);
    waiting.erase(at);
    return true;
  }
  return false;
}

void LogonDesk::State::sweep(std::uint64_t now_ms) {
  if (suspects.size() < kSuspectsSwept) return;
  for (auto at = suspects.begin(); at != suspects.end();) {
    at = at->second.until_ms <= now_ms ? suspects.erase(at) : std::next(at);
  }
  if (suspects.size() >= kSuspectsMax) suspects.clear();
}

LogonDesk::LogonDesk(const Clock& clock) : state_(std::make_shared<State>(clock)) {}

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
      std::uint64_t wait_ms = 0;
      while (!state->stopping && !state->take(&entry, &wait_ms)) {
        if (wait_ms == UINT64_MAX) {
          state->changed.wait(state->mutex);
        } else {
          const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
          static_cast<void>(state->changed.wait_until(state->mutex, until));
        }
      }
      if (state->stopping) break;
      if (!state->waiting.empty()) state->changed.notify_one();  // Somebody has to wait for the next.
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

bool LogonDesk::ask(SessionHost* host, std::uint64_t connection_id, std::string_view peer,
                    Question question) {
  std::string address = address_of(peer);
  {
    MutexLock lock(state_->mutex);
    if (state_->stopping || state_->waiting.size() >= kWaitingMax) return false;
    const bool is_suspect = state_->find_suspect(address, state_->clock.steady_ms()) != nullptr;
    const auto count =
        std::count_if(state_->waiting.begin(), state_->waiting.end(),
                      [&address](const State::Entry& entry) { return entry.address == address; });
    if (static_cast<std::size_t>(count) >= (is_suspect ? kWaitingOfSuspectMax : kWaitingOfAddressMax)) {
      return false;
    }
    state_->waiting.push_back({host, connection_id, std::move(address), std::move(question)});
  }
  state_->changed.notify_one();
  return true;
}

void LogonDesk::refused(std::string_view peer) {
  const std::uint64_t now_ms = state_->clock.steady_ms();
  MutexLock lock(state_->mutex);
  state_->sweep(now_ms);
  State::Suspect& suspect = state_->suspects[address_of(peer)];
  suspect = {now_ms + kSuspectMs, std::max(suspect.next_ms, now_ms + kGuessMs)};
}

void LogonDesk::notice_time() {
  state_->changed.notify_all();
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
