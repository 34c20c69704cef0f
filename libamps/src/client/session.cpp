// SPDX-License-Identifier: Apache-2.0
#include "client/session.h"

#include <cxxabi.h>

#include <algorithm>
#include <utility>

#include "base/interrupt.h"
#include "base/within_memory.h"
#include "client/client.h"
#include "client/commands.h"
#include "client/delivery_turn.h"
#include "client/failure.h"
#include "client/outbound.h"
#include "client/publisher.h"
#include "client/queue_acks.h"
#include "client/receive_loop.h"
#include "client/recovery.h"
#include "client/thread_context.h"
#include "net/connector.h"
#include "net/filter_stream.h"

namespace amps::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kDrainMax{500};  // How long a deliberate disconnect waits for what is being written.

// Shows the bytes to the client's filters of this moment: first to the one that looks on, then to the one
// that may change them.
Status run_filters(Client& client, bool incoming, std::string_view* bytes) {
  const RawFilter raw = client.listeners().raw_filter();
  if (raw.fn != nullptr) {
    raw.fn(reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size(), incoming ? 1 : 0,
           raw.userdata);
  }
  const auto filter = client.listeners().filter();
  if (filter == nullptr) return Status();
  amps_transport_bytes_t shown{sizeof shown, incoming ? 1 : 0, wire::span_of(*bytes)};
  AMPS_RETURN_IF_ERROR(callback_status(filter->c().fn(&shown, filter->c().userdata), "the transport filter"));
  *bytes = shown.bytes.ptr == nullptr ? std::string_view() : wire::view_of(shown.bytes);
  return Status();
}

// What a filter throws is the same as its refusal, so that nothing passes a filter that broke.
net::FilterStream::Filter filter_of(Client& client) {
  return [&client](bool incoming, std::string_view* bytes) -> Status {
    Status status;
    try {
      status = run_filters(client, incoming, bytes);
    } catch (const ::abi::__forced_unwind&) {
      throw;
    } catch (const std::exception& error) {
      status = Status(AMPS_E_CALLBACK, std::string("the transport filter threw: ") + error.what());
    } catch (...) {
      status = Status(AMPS_E_CALLBACK, "the transport filter threw something that is no std::exception");
    }
    if (!status.ok()) client.report(status.code(), status.text());
    return status;
  };
}

}  // namespace

Status Session::connect(std::string_view uri) {
  const bool is_restorer = thread_context().restoring == &client_;
  const bool goes_all_the_way = client_.is_ha() && !is_restorer && client_.listeners().lost() == nullptr &&
                                static_cast<bool>(client_.plugins().get<amps_server_chooser_vt_t>());
  return goes_all_the_way ? connect_and_logon() : open(uri);
}

Status Session::open(std::string_view text) {
  AMPS_RETURN_IF_ERROR(client_.may_wait());
  net::Uri uri;
  AMPS_RETURN_IF_ERROR(net::parse_uri(text, &uri));
  net::ConnectOptions options;
  std::uint64_t epoch = 0;
  {
    const MutexLock lock(mutex_);
    AMPS_RETURN_IF_ERROR(require_current());
    if (is_connecting_ || connection_ != nullptr) {
      return Status(AMPS_E_ALREADY_CONNECTED, "the client is connected already");
    }
    options.preflight_headers = preflight_headers_;
    is_connecting_ = true;
    connect_waker_.reset();
    epoch = epoch_;
  }
  options.deadline =
      std::min(steady_clock::now() + milliseconds(client_.settings().number(AMPS_CLIENT_CONNECT_TIMEOUT_MS)),
               thread_context().restoring_deadline);
  options.waker = &connect_waker_;
  ConnectionPtr connection;
  Status status;
  try {
    client_.settings().store_text(AMPS_CLIENT_URI, text);
    client_.settings().store_text(AMPS_CLIENT_URI_REDACTED, net::redact_uri(text));
    std::unique_ptr<net::ByteStream> stream;
    status = net::connect(uri, options, &stream);
    if (status.ok()) status = make_connection(std::move(stream), &connection);
  } catch (...) {
    const MutexLock lock(mutex_);
    is_connecting_ = false;
    throw;
  }
  {
    const MutexLock lock(mutex_);
    is_connecting_ = false;
    if (status.ok() && epoch != epoch_)
      status = Status(AMPS_E_DISCONNECTED, "the client was disconnected meanwhile");
    if (!status.ok()) return status;
    credentials_ = {uri.user, uri.password, uri.message_type, uri.pretty};
    // Under the lock, so that a disconnect sees either no connection or all of it.
    // Others' frames must not go out before the logon that restores the session.
    const bool is_restorer = thread_context().restoring == &client_;
    client_.outbound().attach(connection,
                              !client_.is_ha() && !client_.plugins().has_publish_store() && !is_restorer);
    connection_ = connection;
    is_logged_on_ = false;
  }
  if (!within_memory([&] { status = start_threads(connection); })) status = Status::out_of_memory();
  if (!status.ok()) {
    drop(status);
    return status;
  }
  announce(connection, AMPS_STATE_Connected);
  return Status();
}

Status Session::make_connection(std::unique_ptr<net::ByteStream> stream, ConnectionPtr* connection) {
  std::uint64_t generation = 0;
  {
    const MutexLock lock(mutex_);
    generation = ++generation_;
  }
  try {
    *connection = std::make_shared<Connection>(client_, generation);
    (*connection)->set_stream(std::make_unique<net::FilterStream>(std::move(stream), filter_of(client_)));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {  // No descriptor is left.
    connection->reset();
    return Status(AMPS_E_CONNECTION, error.what());
  }
  return Status();
}

Status Session::start_threads(const ConnectionPtr& connection) {
  struct Start {
    Mutex mutex{LockRank::kLeaf};
    CondVar changed;
    bool is_known = false;
    Status status;
  };
  const auto start = std::make_shared<Start>();  // Shared by this call and the new thread.
  const std::uint64_t generation = connection->generation();
  const bool asks_first = client_.listeners().thread_created() != nullptr;
  AMPS_RETURN_IF_ERROR(client_.start_thread(
      "amps-receive", generation, [this, connection = ConnectionPtr(connection), start]() mutable {
        const auto created = client_.listeners().thread_created();
        if (created != nullptr) {
          const NoWaitScope no_wait;
          Status said =
              callback_status(created->c().fn(created->c().userdata), "the thread-created callback");
          const bool goes_on = said.ok();
          {
            const MutexLock lock(start->mutex);
            start->status = std::move(said);
            start->is_known = true;
            start->changed.notify_all();
          }
          if (!goes_on) connection->fail(Status(AMPS_E_CALLBACK, "the thread-created callback failed"), true);
        }
        run_receive_thread(connection);
        connection.reset();
        thread_end();
      }));
  AMPS_RETURN_IF_ERROR(client_.start_thread("amps-write", generation,
                                            [this, connection = ConnectionPtr(connection)]() mutable {
                                              client_.outbound().write_loop(connection);
                                              connection.reset();
                                            }));
  if (!asks_first) return Status();
  const MutexLock lock(start->mutex);
  while (!start->is_known) start->changed.wait(start->mutex);
  return start->status;
}

void Session::run_receive_thread(const ConnectionPtr& connection) {
  thread_context().delivering = &client_;
  const bool had_memory = within_memory([&] { ReceiveLoop(*connection).run(); });
  if (!had_memory) {
    // A message may have been dealt with half-way: the connection ends, as for one that does not decode.
    client_.report(AMPS_E_MEMORY, Status::out_of_memory().text());
    connection->fail(Status::out_of_memory());
  }
  thread_context().delivering = nullptr;
  lost(connection);
}

ConnectionPtr Session::connection() const {
  const MutexLock lock(mutex_);
  return connection_;
}

bool Session::is_restoring() const {
  const MutexLock lock(mutex_);
  return is_being_restored();
}

bool Session::may_come_back() const {
  const MutexLock lock(mutex_);
  return is_coming_back();
}

bool Session::is_coming_back() const {
  return is_being_restored() ||
         (connection_ != nullptr && connection_->is_failed() && !connection_->is_deliberate());
}

bool Session::is_disconnected() const {
  const MutexLock lock(mutex_);
  return !is_being_restored() && (connection_ == nullptr || connection_->is_failed());
}

std::uint64_t Session::epoch() const {
  const MutexLock lock(mutex_);
  return epoch_;
}

Status Session::require_current() const {
  const ThreadContext& context = thread_context();
  if (context.restoring != &client_ || context.restoring_epoch == epoch_) return Status();
  return Status(AMPS_E_DISCONNECTED, "the client was disconnected");
}

Status Session::wait_while(bool (Session::*holds)() const, const WaitLimit& limit) {
  const bool asks_hook = !thread_context().is_library_thread;
  const MutexLock lock(mutex_);
  const std::uint64_t called = epoch_;
  while (epoch_ == called && (this->*holds)()) {
    changed_.wait_until(mutex_, limit.next(milliseconds(kInterruptPollMs)));
    const MutexUnlock unlock(mutex_);
    if (asks_hook && is_interrupted())
      return Status(AMPS_E_INTERRUPTED, "interrupted while the session is restored");
    if (limit.is_over()) return limit.status("the session was not restored");
  }
  return Status();
}

Status Session::wait_restored(const WaitLimit& limit) {
  if (thread_context().restoring == &client_ || thread_context().no_wait_depth != 0) {
    return client_.outbound().not_connected();
  }
  AMPS_RETURN_IF_ERROR(wait_while(&Session::is_coming_back, limit));
  const MutexLock lock(mutex_);
  const bool is_ready = connection_ != nullptr && is_logged_on_;
  return is_ready ? Status() : client_.outbound().not_connected();
}

void Session::announce(const ConnectionPtr& connection, amps_connection_state_t state) {
  {
    const MutexLock lock(mutex_);
    if (connection_ != connection) return;
    ++announcing_count_;
  }
  client_.listeners().announce(state);
  const MutexLock lock(mutex_);
  --announcing_count_;
  changed_.notify_all();
}

bool Session::pause(milliseconds time, std::uint64_t epoch, Status* interrupted) {
  const auto deadline = steady_clock::now() + time;
  const bool asks_hook = !thread_context().is_library_thread;
  const MutexLock lock(mutex_);
  while (epoch == epoch_ && steady_clock::now() < deadline) {
    changed_.wait_until(mutex_, std::min(deadline, steady_clock::now() + milliseconds(kInterruptPollMs)));
    if (!asks_hook) continue;
    const MutexUnlock unlock(mutex_);
    if (!is_interrupted()) continue;
    *interrupted = Status(AMPS_E_INTERRUPTED, "interrupted while connecting");
    return false;
  }
  return epoch == epoch_;
}

void Session::add_preflight_header(std::string_view line) {
  const MutexLock lock(mutex_);
  preflight_headers_.emplace_back(line);
}

void Session::clear_preflight_headers() {
  const MutexLock lock(mutex_);
  preflight_headers_.clear();
}

void Session::drop(const Status& why) {
  ConnectionPtr connection;
  {
    const MutexLock lock(mutex_);
    connection = std::exchange(connection_, nullptr);
    is_logged_on_ = false;
    changed_.notify_all();
  }
  if (connection == nullptr) return;
  (void)connection->take_loss();
  connection->fail(why, true);
  client_.acks().fail_all(connection->generation(), Status(AMPS_E_DISCONNECTED, why.text()));
  client_.listeners().announce(AMPS_STATE_Disconnected);
}

// Ends what others send, and lets what they sent go out.
void Session::say_goodbye() {
  client_.outbound().close_gate();
  (void)client_.queue_acks().flush();
  if (thread_context().delivering != &client_)
    client_.outbound().drain(kDrainMax);
  else
    client_.outbound().flush_deferred();
}

void Session::disconnect() {
  // A thread of this library must not wait for one, least of all for itself.
  const bool may_wait = !thread_context().is_library_thread && thread_context().no_wait_depth == 0;
  Status why = Status::wordless(AMPS_E_DISCONNECTED);
  (void)within_memory([&] { why = Status(AMPS_E_DISCONNECTED, "the client was disconnected"); });
  ConnectionPtr connection;
  bool was_restoring = false;
  std::uint64_t generation = 0;
  {
    const MutexLock lock(mutex_);
    was_restoring = is_being_restored();
    ++epoch_;
    if (thread_context().restoring == &client_) {
      // Its own doing: a disconnect handler may connect again.
      restoring_epoch_ = thread_context().restoring_epoch = epoch_;
    }
    connection = connection_;
    if (connection != nullptr) (void)connection->take_loss();
    is_logged_on_ = false;
    connect_waker_.wake();
    changed_.notify_all();
  }
  // It goes on to its end, whatever it has no memory for.
  if (connection != nullptr) (void)within_memory([this] { say_goodbye(); });
  {
    const MutexLock lock(mutex_);
    connection = std::exchange(connection_, nullptr);
    generation = generation_;
    changed_.notify_all();
    while (may_wait && announcing_count_ != 0) changed_.wait(mutex_);
  }
  if (connection != nullptr) {
    (void)connection->take_loss();
    connection->fail(why, true);
  }
  client_.acks().fail_all(generation, why);
  client_.queue_acks().clear();
  (void)within_memory([this] { client_.router().clear(false); });
  (void)within_memory([this] { client_.commands().forget_all(); });
  if (connection != nullptr || was_restoring) {
    (void)within_memory([this] { client_.listeners().announce(AMPS_STATE_Disconnected); });
    (void)within_memory([this] { client_.listeners().announce(AMPS_STATE_Shutdown); });
  }
  connection.reset();
  if (may_wait) (void)client_.threads().wait_all(generation);
}

}  // namespace amps::client
