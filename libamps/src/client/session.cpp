// SPDX-License-Identifier: Apache-2.0
#include "client/session.h"

#include <cxxabi.h>

#include <algorithm>
#include <utility>

#include "base/interrupt.h"
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

constexpr milliseconds kDrainMax{1000};  // How long a deliberate disconnect waits for what is being written.

// Shows the bytes to the client's filters of this moment.
net::FilterStream::Filter filter_of(Client& client) {
  return [&client](bool incoming, std::string_view* bytes) -> Status {
    const RawFilter raw = client.listeners().raw_filter();
    if (raw.fn != nullptr) {
      raw.fn(reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size(), incoming ? 1 : 0, raw.userdata);
    }
    const auto filter = client.listeners().filter();
    if (filter == nullptr) return Status();
    amps_transport_bytes_t shown{sizeof shown, incoming ? 1 : 0, wire::span_of(*bytes)};
    Status status;
    try {
      status = callback_status(filter->c().fn(&shown, filter->c().userdata), "the transport filter");
    } catch (const ::abi::__forced_unwind&) {
      throw;
    } catch (const std::exception& error) {
      status = Status(AMPS_E_CALLBACK, std::string("the transport filter threw: ") + error.what());
    } catch (...) {
      status = Status(AMPS_E_CALLBACK, "the transport filter threw something that is no std::exception");
    }
    if (!status.ok()) {
      client.report(status.code(), status.text());
      return status;
    }
    *bytes = wire::view_of(shown.bytes);
    return Status();
  };
}

}  // namespace

Status Session::connect(std::string_view uri) {
  const bool is_restorer = thread_context().restoring == &client_;
  const bool goes_all_the_way = client_.is_ha() && !is_restorer && client_.listeners().lost() == nullptr &&
                                static_cast<bool>(client_.plugins().get<amps_server_chooser_vt_t>());
  return goes_all_the_way ? connect_and_logon() : open(uri);
}

Status Session::connect_and_logon() {
  AMPS_RETURN_IF_ERROR(client_.may_wait());
  if (!client_.is_ha()) return Status(AMPS_E_USAGE, "connect_and_logon needs an HA client");
  std::uint64_t began = 0;
  bool is_others = false;  // Another thread is at it.
  {
    const MutexLock lock(mutex_);
    if (connection_ != nullptr && is_logged_on_ && !is_restoring_) {
      return Status(AMPS_E_ALREADY_CONNECTED, "the client is connected already");
    }
    began = epoch_;
    is_others = is_restoring_;
    is_restoring_ = true;
  }
  if (is_others) return wait_restored(0);
  const RestoringScope restoring(&client_);
  Status status;
  do {
    status = Recovery(client_).run(began);
  } while (status.ok() && !end_restoring() && epoch() == began);
  const MutexLock lock(mutex_);
  is_restoring_ = false;
  changed_.notify_all();
  if (status.ok() && epoch_ != began) return Status(AMPS_E_DISCONNECTED, "the client was disconnected");
  return status;
}

Status Session::open(std::string_view text) {
  AMPS_RETURN_IF_ERROR(client_.may_wait());
  net::Uri uri;
  AMPS_RETURN_IF_ERROR(net::parse_uri(text, &uri));
  net::ConnectOptions options;
  std::uint64_t epoch = 0;
  {
    const MutexLock lock(mutex_);
    if (is_connecting_ || connection_ != nullptr) {
      return Status(AMPS_E_ALREADY_CONNECTED, "the client is connected already");
    }
    is_connecting_ = true;
    connect_waker_.reset();
    epoch = epoch_;
    options.preflight_headers = preflight_headers_;
  }
  client_.settings().store_text(AMPS_CLIENT_URI, text);
  client_.settings().store_text(AMPS_CLIENT_URI_REDACTED, net::redact_uri(text));
  options.deadline = steady_clock::now() + milliseconds(client_.settings().number(AMPS_CLIENT_CONNECT_TIMEOUT_MS));
  options.waker = &connect_waker_;
  std::unique_ptr<net::ByteStream> stream;
  Status status = net::connect(uri, options, &stream);
  ConnectionPtr connection;
  {
    const MutexLock lock(mutex_);
    is_connecting_ = false;
    if (status.ok() && epoch != epoch_) status = Status(AMPS_E_DISCONNECTED, "the client was disconnected meanwhile");
    if (!status.ok()) return status;
    connection = std::make_shared<Connection>(client_, ++generation_);
    connection->set_stream(std::make_unique<net::FilterStream>(std::move(stream), filter_of(client_)));
    connection_ = connection;
    is_logged_on_ = false;
    credentials_ = {uri.user, uri.password, uri.message_type};
    // Under the lock, so that a disconnect sees either no connection or all of it.
    client_.outbound().attach(connection, !client_.is_ha() && !client_.plugins().has_publish_store());
  }
  status = start_threads(connection);
  if (!status.ok()) {
    drop(status);
    return status;
  }
  client_.listeners().announce(AMPS_STATE_Connected);
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
  amps_client* client = &client_;
  const std::uint64_t generation = connection->generation();
  const bool asks_first = client_.listeners().thread_created() != nullptr;
  hold(client);
  Status status = client_.threads().start(
      "amps-receive", generation,
      [this, connection = ConnectionPtr(connection), start]() mutable {
        const auto created = client_.listeners().thread_created();
        if (created != nullptr) {
          const NoWaitScope no_wait;
          Status said = callback_status(created->c().fn(created->c().userdata), "the thread-created callback");
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
      },
      [client] { unhold(client); });
  if (!status.ok()) {
    unhold(client);
    return status;
  }
  hold(client);
  status = client_.threads().start(
      "amps-write", generation, [this, connection = ConnectionPtr(connection)]() mutable {
        client_.outbound().write_loop(connection);
        connection.reset();
      },
      [client] { unhold(client); });
  if (!status.ok()) {
    unhold(client);
    return status;
  }
  if (!asks_first) return Status();
  const MutexLock lock(start->mutex);
  while (!start->is_known) start->changed.wait(start->mutex);
  return start->status;
}

void Session::run_receive_thread(const ConnectionPtr& connection) {
  thread_context().delivering = &client_;
  {
    ReceiveLoop loop(*connection);
    loop.run();
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
  return is_restoring_;
}

bool Session::may_come_back() const {
  const MutexLock lock(mutex_);
  return is_restoring_ || (connection_ != nullptr && connection_->is_failed() && !connection_->is_deliberate());
}

bool Session::is_disconnected() const {
  const MutexLock lock(mutex_);
  return !is_restoring_ && (connection_ == nullptr || connection_->is_failed());
}

std::uint64_t Session::epoch() const {
  const MutexLock lock(mutex_);
  return epoch_;
}

Status Session::wait_restored(std::uint32_t timeout_ms) {
  if (thread_context().restoring == &client_ || thread_context().no_wait_depth != 0) {
    return Status(AMPS_E_DISCONNECTED, "the client is not connected");
  }
  const auto deadline = steady_clock::now() + milliseconds(timeout_ms);
  const bool asks_hook = !thread_context().is_library_thread;
  mutex_.lock();
  // A connection that has failed is about to be dealt with by lost().
  while (is_restoring_ || (connection_ != nullptr && connection_->is_failed() && !connection_->is_deliberate())) {
    changed_.wait_until(mutex_, steady_clock::now() + milliseconds(kInterruptPollMs));
    mutex_.unlock();
    if (asks_hook && is_interrupted()) return Status(AMPS_E_INTERRUPTED, "interrupted while the session is restored");
    if (timeout_ms != 0 && steady_clock::now() >= deadline) {
      return Status(AMPS_E_TIMED_OUT, "the session was not restored within " + std::to_string(timeout_ms) + " ms");
    }
    mutex_.lock();
  }
  const bool is_ready = connection_ != nullptr && is_logged_on_;
  mutex_.unlock();
  return is_ready ? Status() : Status(AMPS_E_DISCONNECTED, "the client is not connected");
}

bool Session::pause(milliseconds time, std::uint64_t epoch, Status* interrupted) {
  const auto deadline = steady_clock::now() + time;
  const bool asks_hook = !thread_context().is_library_thread;
  mutex_.lock();
  while (epoch == epoch_ && steady_clock::now() < deadline) {
    changed_.wait_until(mutex_, std::min(deadline, steady_clock::now() + milliseconds(kInterruptPollMs)));
    if (!asks_hook) continue;
    mutex_.unlock();
    const bool is_over = is_interrupted();
    mutex_.lock();
    if (is_over) {
      *interrupted = Status(AMPS_E_INTERRUPTED, "interrupted while connecting");
      break;
    }
  }
  const bool goes_on = epoch == epoch_ && interrupted->ok();
  mutex_.unlock();
  return goes_on;
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
  }
  if (connection == nullptr) return;
  (void)connection->take_loss();
  connection->fail(why, true);
  client_.acks().fail_all(connection->generation(), Status(AMPS_E_DISCONNECTED, why.text()));
}

void Session::disconnect() {
  ConnectionPtr connection;
  std::uint64_t generation = 0;
  bool was_restoring = false;
  // A thread of this library must not wait for one, least of all for itself.
  const bool may_wait = !thread_context().is_library_thread && thread_context().no_wait_depth == 0;
  if (this->connection() != nullptr) {
    (void)client_.queue_acks().flush();
    if (thread_context().delivering != &client_) client_.outbound().drain(kDrainMax);
    else client_.outbound().flush_deferred();
  }
  {
    const MutexLock lock(mutex_);
    ++epoch_;
    connection = std::exchange(connection_, nullptr);
    is_logged_on_ = false;
    was_restoring = is_restoring_;
    generation = generation_;
    connect_waker_.wake();
    changed_.notify_all();
  }
  const Status why(AMPS_E_DISCONNECTED, "the client was disconnected");
  if (connection != nullptr) {
    (void)connection->take_loss();
    connection->fail(why, true);
  }
  client_.acks().fail_all(generation, why);
  client_.queue_acks().clear();
  client_.router().clear(false);
  client_.commands().forget_all();
  if (connection != nullptr || was_restoring) {
    client_.listeners().announce(AMPS_STATE_Disconnected);
    if (client_.is_ha()) client_.listeners().announce(AMPS_STATE_Shutdown);
  }
  connection.reset();
  if (may_wait) client_.threads().wait_all(generation);
}

void Session::lost(const ConnectionPtr& connection) {
  if (!connection->take_loss()) return;
  bool was_current = false;
  bool is_ours = false;
  {
    const MutexLock lock(mutex_);
    was_current = connection_ == connection;
    if (was_current) {
      connection_ = nullptr;
      is_logged_on_ = false;
      // In the middle of a recovery, that goes on by itself.
      is_ours = !is_restoring_;
      if (is_ours) is_restoring_ = true;
    }
    changed_.notify_all();
  }
  const Status why = connection->failure();
  client_.acks().fail_all(connection->generation(), Status(AMPS_E_DISCONNECTED, why.text()));
  if (!was_current) return;
  client_.queue_acks().clear();
  client_.router().clear(client_.is_ha());
  client_.listeners().announce(AMPS_STATE_Disconnected);
  if (is_ours) restore(connection);
}

// Brings the session back as the program wants it: by its handler, by itself, or not at all.
void Session::restore(const ConnectionPtr& connection) {
  const RestoringScope restoring(&client_);
  const std::uint64_t began = epoch();
  for (;;) {
    const auto handler = client_.listeners().lost();
    const RawDisconnect raw = client_.listeners().raw_disconnect();
    if (raw.fn != nullptr) (void)raw.fn(static_cast<amps_client*>(&client_), raw.userdata);
    Status status;
    if (handler != nullptr) {
      status = call_lost_handler(connection);
    } else if (client_.is_ha()) {
      status = Recovery(client_).run(began);
      if (!status.ok() && epoch() == began) client_.report(status.code(), status.text());
    }
    const bool has_tried = handler != nullptr || client_.is_ha();
    if (end_restoring() || !has_tried || !status.ok() || epoch() != began) break;
  }
  const MutexLock lock(mutex_);
  is_restoring_ = false;
  changed_.notify_all();
}

// True when there is a connection, after which losses are dealt with anew. Else the restored
// connection was lost before anybody knew of it, or there was none.
bool Session::end_restoring() {
  const MutexLock lock(mutex_);
  if (connection_ == nullptr) return false;
  is_restoring_ = false;
  changed_.notify_all();
  return true;
}

Status Session::call_lost_handler(const ConnectionPtr&) {
  const auto handler = client_.listeners().lost();
  if (handler == nullptr || !client_.try_retain()) return Status(AMPS_E_DISCONNECTED, "the client is closed");
  amps_client_ref_t ref{&client_};
  Status status;
  const std::uint64_t before = [&] {
    const MutexLock lock(mutex_);
    return generation_;
  }();
  try {
    status = callback_status(handler->c().fn(&ref, handler->c().userdata), "the disconnect handler");
  } catch (const ::abi::__forced_unwind&) {
    throw;
  } catch (const std::exception& error) {
    status = Status(AMPS_E_CALLBACK, std::string("the disconnect handler threw: ") + error.what());
  } catch (...) {
    status = Status(AMPS_E_CALLBACK, "the disconnect handler threw something that is no std::exception");
  }
  if (!status.ok()) client_.report(status.code(), status.text());
  const bool has_connected = [&] {
    const MutexLock lock(mutex_);
    return generation_ != before;
  }();
  client_.release();
  // A handler that did not connect has decided to stay disconnected.
  if (status.ok() && !has_connected) return Status(AMPS_E_DISCONNECTED, "the disconnect handler did not connect");
  return status;
}

}  // namespace amps::client
