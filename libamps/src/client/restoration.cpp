// SPDX-License-Identifier: Apache-2.0
// Session: bringing it up for an HA client, noticing a loss, and who does what about it. One thread
// restores at a time; a disconnect makes its epoch an old one, which ends what it does.
#include <cxxabi.h>

#include <exception>
#include <string>

#include "base/within_memory.h"
#include "client/client.h"
#include "client/failure.h"
#include "client/recovery.h"
#include "client/session.h"
#include "client/thread_context.h"

namespace amps::client {
namespace {

constexpr std::uint64_t kRestoredByOthers = UINT64_MAX;  // No epoch.

}  // namespace

Status Session::connect_and_logon() {
  AMPS_RETURN_IF_ERROR(client_.may_wait());
  if (!client_.is_ha()) return Status(AMPS_E_USAGE, "connect_and_logon needs an HA client");
  const ThreadContext& context = thread_context();
  if (context.restoring == &client_) {
    if (context.is_recovering)
      return Status(AMPS_E_USAGE, "the client is connecting, and waits for this callback");
    // A disconnect handler's way to restore the session.
    return Recovery(client_, true).run(context.restoring_epoch);
  }
  std::uint64_t began = 0;
  AMPS_RETURN_IF_ERROR(begin_restoring(&began));
  if (began == kRestoredByOthers) return Status();
  const RestoringScope restoring(&client_, began);
  Recovery recovery(client_, true);
  recovery.limit(client_.settings().number(AMPS_CLIENT_TIMEOUT_MS));
  Status status;
  do {
    if (!within_memory([&] { status = recovery.run(began); })) status = Status::out_of_memory();
  } while (!end_restoring(status));
  if (status.ok() && epoch() != began) return Status(AMPS_E_DISCONNECTED, "the client was disconnected");
  return status;
}

// Makes the caller the one who restores, or waits for who is at it; one at a time calls choosers.
Status Session::begin_restoring(std::uint64_t* began) {
  const std::uint64_t called = epoch();
  for (;;) {
    {
      const MutexLock lock(mutex_);
      if (epoch_ != called) return Status(AMPS_E_DISCONNECTED, "the client was disconnected");
      if (!is_restoring_) {
        if (connection_ != nullptr && is_logged_on_) {
          return Status(AMPS_E_ALREADY_CONNECTED, "the client is connected already");
        }
        is_restoring_ = true;
        restoring_epoch_ = *began = epoch_;
        return Status();
      }
    }
    AMPS_RETURN_IF_ERROR(wait_while(&Session::has_stale_restorer, WaitLimit(0)));
    const Status restored = wait_restored(WaitLimit(0));
    if (restored.ok()) *began = kRestoredByOthers;
    if (restored.code() != AMPS_E_DISCONNECTED) return restored;
  }
}

// True when restoring is over: there is a connection, whose loss would be dealt with anew, or nobody
// goes on. False when the restored connection was lost before anybody knew of it.
bool Session::end_restoring(const Status& status) {
  const MutexLock lock(mutex_);
  if (status.ok() && is_being_restored() && connection_ == nullptr) return false;
  is_restoring_ = false;
  changed_.notify_all();
  return true;
}

void Session::lost(const ConnectionPtr& connection) {
  if (!connection->take_loss()) return;
  const Status why = connection->failure();
  client_.acks().fail_all(connection->generation(), Status(AMPS_E_DISCONNECTED, why.text()));
  const bool has_restorer = client_.is_ha() || client_.listeners().lost() != nullptr ||
                            client_.listeners().raw_disconnect().fn != nullptr;
  bool is_ours = false;
  std::uint64_t began = 0;
  {
    const MutexLock lock(mutex_);
    while (connection_ == connection && has_stale_restorer()) changed_.wait(mutex_);
    if (connection_ != connection) return;
    connection_ = nullptr;
    is_logged_on_ = false;
    // In the middle of a recovery, that goes on by itself.
    is_ours = has_restorer && !is_restoring_;
    if (is_ours) {
      is_restoring_ = true;
      restoring_epoch_ = began = epoch_;
    }
    changed_.notify_all();
    while (announcing_count_ != 0) changed_.wait(mutex_);
  }
  client_.queue_acks().clear();
  (void)within_memory([this] { client_.router().clear(client_.is_ha()); });
  (void)within_memory([this] { client_.listeners().announce(AMPS_STATE_Disconnected); });
  if (is_ours) restore(began);
}

// Brings the session back as the program wants it: by its handler, by itself, or not at all.
void Session::restore(std::uint64_t began) {
  const RestoringScope restoring(&client_, began);
  Status status;
  do {
    if (!within_memory([&] { status = restore_once(began); })) status = Status::out_of_memory();
  } while (!end_restoring(status));
}

Status Session::restore_once(std::uint64_t began) {
  const RawDisconnect raw = client_.listeners().raw_disconnect();
  if (raw.fn != nullptr) (void)raw.fn(static_cast<amps_client*>(&client_), raw.userdata);
  if (client_.listeners().lost() != nullptr) return call_lost_handler();
  if (!client_.is_ha()) return Status(AMPS_E_DISCONNECTED, "nobody restores the session");
  Status status = Recovery(client_, false).run(began);
  if (!status.ok() && epoch() == began) client_.report(status.code(), status.text());
  return status;
}

Status Session::call_lost_handler() {
  const auto handler = client_.listeners().lost();
  if (handler == nullptr || !client_.try_retain()) return Status(AMPS_E_DISCONNECTED, "the client is closed");
  amps_client_ref_t ref{&client_};
  Status status;
  const auto generation = [&] {
    const MutexLock lock(mutex_);
    return generation_;
  };
  const std::uint64_t before = generation();
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
  const bool has_connected = generation() != before;
  client_.release();
  if (!status.ok()) return status;
  // A handler that did not connect has decided to stay disconnected.
  if (!has_connected) return Status(AMPS_E_DISCONNECTED, "the disconnect handler did not connect");
  client_.outbound().open_gate();  // It may have logged on by a command of its own.
  return Status();
}

}  // namespace amps::client
