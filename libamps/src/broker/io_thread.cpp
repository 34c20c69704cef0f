// SPDX-License-Identifier: Apache-2.0
#include "broker/io_thread.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "broker/connection_registry.h"

namespace amps::broker {

namespace {

constexpr std::size_t kReaderBytesMax = 1u << 20;  // A reader that held a large message is not kept.

// The event loop this thread runs, so that appending can tell its own connections from others'.
thread_local IoThread* current_thread = nullptr;

}  // namespace

IoThread::IoThread(const Services& services, OutboxLimits* limits, ConnectionRegistry* registry)
    : services_(services), limits_(limits), registry_(registry), loop_(services.clock) {
  loop_.set_round_end([this] { end_round(); });
  if (services.journal != nullptr) log_watch_ = std::make_unique<LogWatch>(services.journal, &loop_);
}

IoThread::~IoThread() {
  IoThread* const previous = std::exchange(current_thread, this);
  while (!connections_.empty()) connections_.begin()->second->close(Disconnect::kShutdown);
  bury_retired();
  current_thread = previous;
}

Status IoThread::start(const char* name) {
  return thread_.start(name, [this] { run(); });
}

void IoThread::run() {
  current_thread = this;
  loop_.run();
  current_thread = nullptr;
}

void IoThread::adopt(ConnectionInfo info, std::unique_ptr<net::ByteStream> stream) {
  count_.fetch_add(1, std::memory_order_relaxed);
  {
    MutexLock lock(mutex_);
    arrivals_.push_back({std::move(info), std::move(stream)});
  }
  loop_.wake();
}

void IoThread::welcome_arrivals() {
  std::vector<Arrival> arrivals;
  {
    MutexLock lock(mutex_);
    arrivals.swap(arrivals_);
  }
  for (Arrival& arrival : arrivals) {
    const std::uint64_t id = arrival.info.id;
    auto connection = std::make_unique<Connection>(this, services_, limits_, std::move(arrival.info),
                                                   std::move(arrival.stream));
    registry_->add(id, this, connection->outbox());
    Connection* const added = connection.get();
    connections_.emplace(id, std::move(connection));
    added->open();
  }
}

void IoThread::schedule(Outbox* outbox) {
  IoThread* const caller = current_thread;
  if (caller == this) {
    ready_.push_back(outbox);
    return;
  }
  {
    MutexLock lock(mutex_);
    ready_from_others_.push_back(outbox);
  }
  if (caller == nullptr) return loop_.wake();
  if (std::find(caller->to_wake_.begin(), caller->to_wake_.end(), this) == caller->to_wake_.end()) {
    caller->to_wake_.push_back(this);
  }
}

void IoThread::wake_others() noexcept {
  for (IoThread* other : to_wake_) other->loop_.wake();
  to_wake_.clear();
  if (limits_->total_bytes.load(std::memory_order_relaxed) > limits_->total_bytes_max) {
    registry_->close_slowest();
  }
}

void IoThread::flush() noexcept {
  wake_others();
  if (!flushing_.empty()) return;  // Called while writing; the caller's round will see to the rest.
  flushing_.swap(ready_);
  {
    MutexLock lock(mutex_);
    flushing_.insert(flushing_.end(), ready_from_others_.begin(), ready_from_others_.end());
    ready_from_others_.clear();
  }
  for (std::size_t i = 0; i < flushing_.size(); ++i) {
    if (flushing_[i] != nullptr) flushing_[i]->connection()->flush();
  }
  flushing_.clear();
}

void IoThread::end_round() {
  welcome_arrivals();
  tell_awaiting();
  tell_log_moved();
  flush();
  wake_others();
  bury_retired();
  if (!ready_.empty()) loop_.wake();  // Written in part; the next round must not wait.
}

void IoThread::tell_log_moved() {
  if (log_watch_ == nullptr) return;
  for (const std::uint64_t id : log_watch_->take()) {
    const auto found = connections_.find(id);
    if (found != connections_.end()) found->second->log_moved();
  }
}

void IoThread::request_close(std::uint64_t connection_id, Disconnect reason) {
  loop_.post([this, connection_id, reason] {
    const auto found = connections_.find(connection_id);
    if (found == connections_.end()) return;
    if (reason == Disconnect::kEntitlementReset && !found->second->has_given_rights()) return;
    found->second->close(reason);
  });
}

void IoThread::run_in(std::uint64_t connection_id, std::function<void(Session&)> work) {
  loop_.post([this, connection_id, work = std::move(work)] {
    const auto found = connections_.find(connection_id);
    if (found != connections_.end()) found->second->resume(work);
  });
}

void IoThread::describe(bool with_subscriptions, std::function<void(std::vector<ClientFacts>)> done) {
  loop_.post([this, with_subscriptions, done = std::move(done)] {
    std::vector<ClientFacts> clients;
    for (const auto& [id, connection] : connections_) {
      connection->describe(with_subscriptions, &clients.emplace_back());
    }
    done(std::move(clients));
  });
}

void IoThread::read_again(std::uint64_t connection_id) {
  loop_.post([this, connection_id] {
    const auto found = connections_.find(connection_id);
    constexpr std::uint32_t kReadable = 1;  // EPOLLIN.
    if (found != connections_.end()) found->second->on_ready(kReadable);
  });
}

void IoThread::retire(std::uint64_t connection_id) {
  const auto found = connections_.find(connection_id);
  if (found == connections_.end()) return;
  registry_->remove(connection_id);
  awaiting_.erase(found->second.get());
  awaiting_count_.store(awaiting_.size());
  retired_.push_back(std::move(found->second));
  connections_.erase(found);
  count_.fetch_sub(1, std::memory_order_relaxed);
}

// A retired session has left its topic space, so nobody schedules its outbox any more; entries made
// before that are taken out here.
void IoThread::bury_retired() {
  if (retired_.empty()) return;
  std::vector<std::unique_ptr<Connection>> retired;
  retired.swap(retired_);
  const auto is_retired = [&retired](const Outbox* outbox) {
    return outbox != nullptr && std::any_of(retired.begin(), retired.end(), [outbox](const auto& connection) {
             return connection->outbox() == outbox;
           });
  };
  ready_.erase(std::remove_if(ready_.begin(), ready_.end(), is_retired), ready_.end());
  MutexLock lock(mutex_);
  auto& others = ready_from_others_;
  others.erase(std::remove_if(others.begin(), others.end(), is_retired), others.end());
}

bool IoThread::await_storage(Connection* connection) {
  if (!awaiting_.insert(connection).second) return false;
  awaiting_count_.store(awaiting_.size());
  return true;
}

void IoThread::on_storage() noexcept {
  if (awaiting_count_.load() != 0 && !storage_changed_.exchange(true)) loop_.wake();
}

void IoThread::tell_awaiting() {
  if (!storage_changed_.exchange(false)) return;
  std::unordered_set<Connection*> awaiting;
  awaiting.swap(awaiting_);
  awaiting_count_.store(0);
  for (Connection* connection : awaiting) connection->on_storage();
}

std::unique_ptr<wire::FrameReader> IoThread::borrow_reader() {
  if (spare_reader_ != nullptr) return std::move(spare_reader_);
  return std::make_unique<wire::FrameReader>(kLogonBytesMax);
}

void IoThread::give_back(std::unique_ptr<wire::FrameReader> reader) noexcept {
  if (spare_reader_ == nullptr && reader->memory_bytes() <= kReaderBytesMax)
    spare_reader_ = std::move(reader);
}

}  // namespace amps::broker
