// SPDX-License-Identifier: Apache-2.0
#include "client/recovery.h"

#include <algorithm>

#include "base/within_memory.h"
#include "client/client.h"
#include "client/failure.h"
#include "client/session.h"
#include "client/thread_context.h"

namespace amps::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Against a busy loop when a program's strategy or chooser asks for none between failures.
constexpr milliseconds kPauseMin{1};

// While a subscription manager subscribes on this thread. Requires: the client was retained for it.
class ResubscribingScope {
 public:
  explicit ResubscribingScope(Client* client) noexcept : client_(client) {
    thread_context().is_resubscribing = true;
  }
  ~ResubscribingScope() {
    thread_context().is_resubscribing = false;
    client_->release();
  }
  ResubscribingScope(const ResubscribingScope&) = delete;
  ResubscribingScope& operator=(const ResubscribingScope&) = delete;

 private:
  Client* const client_;
};

}  // namespace

void Recovery::limit(std::uint64_t timeout_ms) {
  limit_ms_ = timeout_ms;
  if (timeout_ms != 0) deadline_ = steady_clock::now() + milliseconds(timeout_ms);
}

Status Recovery::run(std::uint64_t epoch) {
  const RestoringScope restoring(&client_, epoch);
  thread_context().is_recovering = true;
  for (;;) {
    bool is_final = false;
    Status status;
    if (!within_memory([&] { status = attempt(epoch, &is_final); })) {
      status = Status::out_of_memory();  // As bad as a server that is not there.
      is_final = false;
      client_.session().drop(status);
    }
    if (status.ok() || is_final) return status;
    if (client_.session().epoch() != epoch) return Status(AMPS_E_DISCONNECTED, "the client was disconnected");
    if (steady_clock::now() >= deadline_) {
      return Status(AMPS_E_TIMED_OUT, "no server was reached within " + std::to_string(limit_ms_) +
                                          " ms; the last failure: " + status.text());
    }
    Status interrupted;
    if (!client_.session().pause(kPauseMin, epoch, &interrupted) && !interrupted.ok()) return interrupted;
  }
}

Status Recovery::choose(const ServerChooserPlugin& chooser, std::string* uri) {
  amps_span_t chosen{nullptr, 0};
  AMPS_RETURN_IF_ERROR(callback_status(chooser.call(&amps_server_chooser_vt_t::current_uri, &chosen),
                                       "the server chooser's current_uri()"));
  uri->assign(wire::view_of(chosen));
  if (!uri->empty()) return Status();
  amps_span_t said{nullptr, 0};
  (void)chooser.call(&amps_server_chooser_vt_t::error, &said);
  const std::string why(wire::view_of(said));
  return Status(AMPS_E_CONNECTION, "the server chooser offers no server" + (why.empty() ? why : ": " + why));
}

Status Recovery::attempt(std::uint64_t epoch, bool* is_final) {
  *is_final = true;
  const auto chooser = client_.plugins().get<amps_server_chooser_vt_t>();
  if (!chooser) return Status(AMPS_E_USAGE, "an HA client needs a server chooser before it connects");
  std::string uri;
  AMPS_RETURN_IF_ERROR(choose(chooser, &uri));
  const auto strategy = client_.plugins().get<amps_delay_strategy_vt_t>();
  std::uint32_t delay_ms = 0;
  AMPS_RETURN_IF_ERROR(
      callback_status(strategy.call(&amps_delay_strategy_vt_t::wait_duration, wire::span_of(uri), &delay_ms),
                      "the delay strategy"));
  Status interrupted;
  const auto delay =
      std::min<std::chrono::nanoseconds>(milliseconds(delay_ms), deadline_ - steady_clock::now());
  const auto pause = std::chrono::duration_cast<milliseconds>(std::max(delay, std::chrono::nanoseconds(0)));
  if (!client_.session().pause(pause, epoch, &interrupted)) {
    return interrupted.ok() ? Status(AMPS_E_DISCONNECTED, "the client was disconnected") : interrupted;
  }
  if (steady_clock::now() >= deadline_) {
    *is_final = false;
    return Status(AMPS_E_TIMED_OUT,
                  "the time was over before " + uri.substr(0, uri.find("://")) + " was tried");
  }
  Status status = bring_up(chooser, uri);
  if (status.ok()) {
    (void)chooser.call(&amps_server_chooser_vt_t::report_success, static_cast<amps_client_t*>(&client_));
    (void)strategy.call(&amps_delay_strategy_vt_t::reset);
    return Status();
  }
  client_.session().drop(status);
  if (status.code() == AMPS_E_INTERRUPTED) return status;
  // A chooser whose report_failure() fails has given up.
  const Status reported = callback_status(
      chooser.call(&amps_server_chooser_vt_t::report_failure, static_cast<std::int32_t>(status.code()),
                   wire::span_of(status.text()), static_cast<amps_client_t*>(&client_)),
      "the server chooser's report_failure()");
  if (!reported.ok()) return reported;
  *is_final = has_caller_ && has_authenticator_failed_;
  return status;
}

Status Recovery::bring_up(const ServerChooserPlugin& chooser, const std::string& uri) {
  Session& session = client_.session();
  has_authenticator_failed_ = false;
  const amps_authenticator_vt_t* table = nullptr;
  void* self = nullptr;
  AMPS_RETURN_IF_ERROR(
      callback_status(chooser.call(&amps_server_chooser_vt_t::current_authenticator, &table, &self),
                      "the server chooser's current_authenticator()"));
  const AuthenticatorPlugin authenticator(table, self);
  // A server that accepts and then says nothing must not keep us from the next one.
  const Settings& settings = client_.settings();
  const std::uint64_t limit = settings.number(AMPS_CLIENT_TIMEOUT_MS);
  const std::uint64_t attempt = limit != 0 ? limit : settings.number(AMPS_CLIENT_CONNECT_TIMEOUT_MS);
  ThreadContext& context = thread_context();
  context.restoring_deadline = std::min(deadline_, steady_clock::now() + milliseconds(attempt));
  AMPS_RETURN_IF_ERROR(session.open(uri));
  AMPS_RETURN_IF_ERROR(session.log_on(authenticator, nullptr, 0, nullptr, &has_authenticator_failed_));
  context.restoring_deadline = deadline_;
  AMPS_RETURN_IF_ERROR(session.start_heartbeat());
  AMPS_RETURN_IF_ERROR(session.recover_publishes());
  return resubscribe(session.connection());
}

Status Recovery::resubscribe(const ConnectionPtr& connection) {
  const auto manager = client_.plugins().get<amps_subscription_manager_vt_t>();
  if (!client_.try_retain()) return Status(AMPS_E_DISCONNECTED, "the client is closed");
  Status status;
  {
    const ResubscribingScope resubscribing(&client_);
    amps_client_ref_t ref{&client_};
    status = callback_status(manager.call(&amps_subscription_manager_vt_t::resubscribe, &ref),
                             "the subscription manager's resubscribe()");
  }
  if (status.ok()) client_.session().announce(connection, AMPS_STATE_Resubscribed);
  return status;
}

}  // namespace amps::client
