// SPDX-License-Identifier: Apache-2.0
// A thread with an event loop and the connections it owns.
// Threads: adopt(), schedule(), request_close(), on_storage(), stop() and connection_count() from any;
// start() and the destructor by the owner; the rest on this thread. Lock rank: kEventLoop.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/sync.h"
#include "base/thread.h"
#include "broker/connection.h"
#include "broker/outbox.h"
#include "broker/replay/log_watch.h"
#include "broker/session.h"
#include "net/event_loop.h"
#include "wire/frame_reader.h"

namespace amps::broker {

class ConnectionRegistry;

class IoThread final : public OutboxHome, public SessionHost, public StorageWaiter {
 public:
  IoThread(const Services& services, OutboxLimits* limits, ConnectionRegistry* registry);
  ~IoThread() override;  // Requires: joined. Connections end here.
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  Status open() { return loop_.open(); }
  Status start(const char* name);
  void stop() noexcept { loop_.stop(); }
  void join() { thread_.join(); }

  // Makes a connection of a stream that was just accepted.
  void adopt(ConnectionInfo info, std::unique_ptr<net::ByteStream> stream);
  std::size_t connection_count() const noexcept { return count_.load(std::memory_order_relaxed); }
  net::EventLoop& loop() noexcept { return loop_; }
  // Tells of every connection, on this thread. `done` is never called when the thread ends before.
  void describe(bool with_subscriptions, std::function<void(std::vector<ClientFacts>)> done);

  void schedule(Outbox* outbox) override;
  std::uint64_t now_ms() const noexcept override { return loop_.now_ms(); }
  void flush() noexcept override;
  void request_close(std::uint64_t connection_id, Disconnect reason) override;
  void run_in(std::uint64_t connection_id, std::function<void(Session&)> work) override;
  void on_storage() noexcept override;

  // For its connections.
  std::unique_ptr<wire::FrameReader> borrow_reader();
  void give_back(std::unique_ptr<wire::FrameReader> reader) noexcept;
  void read_again(std::uint64_t connection_id);  // In the next round: its stream holds decoded bytes.
  // Tells the connection once, when the storage has changed. False: it is going to be told already.
  bool await_storage(Connection* connection);
  void retire(std::uint64_t connection_id);  // Frees the connection at the end of the round.
  void wake_others() noexcept;               // Those to whose connections something was appended here.
  LogWatch* log_watch() noexcept { return log_watch_.get(); }  // None: there is no transaction log.

 private:
  struct Arrival {
    ConnectionInfo info;
    std::unique_ptr<net::ByteStream> stream;
  };
  void run();
  void end_round();
  void welcome_arrivals();
  void tell_awaiting();
  void bury_retired();
  void tell_log_moved();

  const Services& services_;
  OutboxLimits* const limits_;
  ConnectionRegistry* const registry_;
  net::EventLoop loop_;
  Thread thread_;
  std::unique_ptr<LogWatch> log_watch_;
  std::atomic<std::size_t> count_{0};  // Relaxed: a measure for choosing the least busy thread.
  // Who waits looks at the storage after it has raised the count, and the storage at the count after it has
  // changed: one of them sees the other. Sequentially consistent, for that.
  std::atomic<std::size_t> awaiting_count_{0};
  std::atomic<bool> storage_changed_{false};

  // Owned by the thread.
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> retired_;
  std::unordered_set<Connection*> awaiting_;  // Those awaiting_count_ counts.
  std::vector<Outbox*> ready_;                // Scheduled by this thread.
  std::vector<Outbox*> flushing_;             // Being written now; entries are cleared when they are retired.
  std::vector<IoThread*> to_wake_;
  std::unique_ptr<wire::FrameReader> spare_reader_;

  Mutex mutex_{LockRank::kEventLoop};
  std::vector<Outbox*> ready_from_others_ AMPS_GUARDED_BY(mutex_);
  std::vector<Arrival> arrivals_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::broker
