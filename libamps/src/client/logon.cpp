// SPDX-License-Identifier: Apache-2.0
// Session: the logon dialogue (protocol 3.1) and what follows it.
#include <charconv>
#include <string>
#include <utility>

#include "base/limits.h"
#include "client/client.h"
#include "client/commands.h"
#include "client/failure.h"
#include "client/publisher.h"
#include "client/session.h"
#include "wire/options.h"
#include "wire/reason.h"

namespace amps::client {
namespace {

// "5.3.4.1" as 5030401: two digits for each part after the first.
std::uint64_t packed_version(std::string_view text) noexcept {
  std::uint64_t packed = 0;
  for (int part = 0; part < 4; ++part) {
    unsigned value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto used = static_cast<std::size_t>(end.ptr - text.data());
    packed = packed * 100 + (value > 99 && part > 0 ? 99 : value);
    text.remove_prefix(used);
    if (!text.empty() && text.front() == '.')
      text.remove_prefix(1);
    else
      text = {};
  }
  return packed;
}

amps_result ask(const AuthenticatorPlugin& authenticator,
                amps_result (*amps_authenticator_vt_t::*entry)(void*, amps_span_t, amps_span_t, amps_span_t*),
                const std::string& user, const std::string& password, std::string* token) {
  amps_span_t said{nullptr, 0};
  const amps_result result = authenticator.call(entry, wire::span_of(user), wire::span_of(password), &said);
  token->assign(wire::view_of(said));
  return result;
}

// The URI may ask for readable bodies, unless the options say something about it themselves (protocol 1.4).
std::string logon_options(std::string list, bool wants_pretty) {
  if (!wants_pretty || wire::find_option(list, "pretty")) return list;
  return list.empty() ? "pretty=true" : std::move(list) + ",pretty=true";
}

}  // namespace

Status Session::logon(const AuthenticatorPlugin& authenticator, const char* options, std::uint32_t timeout_ms,
                      std::string* command_id) {
  bool has_authenticator_failed = false;
  AMPS_RETURN_IF_ERROR(log_on(authenticator, options, timeout_ms, command_id, &has_authenticator_failed));
  AMPS_RETURN_IF_ERROR(start_heartbeat());
  return recover_publishes();
}

Status Session::log_on(const AuthenticatorPlugin& authenticator, const char* options,
                       std::uint32_t timeout_ms, std::string* command_id, bool* has_authenticator_failed) {
  AMPS_RETURN_IF_ERROR(client_.may_wait());
  ConnectionPtr connection;
  {
    const MutexLock lock(mutex_);
    AMPS_RETURN_IF_ERROR(require_current());
    if (connection_ == nullptr) return Status(AMPS_E_DISCONNECTED, "connect before logging on");
    if (is_logged_on_) return Status(AMPS_E_DUPLICATE_LOGON, "the client has logged on already");
    connection = connection_;
  }
  const Status status =
      logon_dialogue(*connection, authenticator, options, timeout_ms, command_id, has_authenticator_failed);
  if (!status.ok()) {
    // A refused connection is of no use; a time-out or Ctrl-C leaves it in an unknown state.
    if (this->connection() == connection) drop(status);
    return status;
  }
  {
    const MutexLock lock(mutex_);
    if (connection_ != connection)
      return Status(AMPS_E_DISCONNECTED, "the connection was lost after the logon");
    is_logged_on_ = true;
  }
  announce(connection, AMPS_STATE_LoggedOn);
  return Status();
}

Status Session::logon_dialogue(Connection& connection, const AuthenticatorPlugin& authenticator,
                               const char* options, std::uint32_t timeout_ms, std::string* command_id,
                               bool* has_authenticator_failed) {
  const auto told = [&](amps_result result, std::string_view what) {
    *has_authenticator_failed = result != AMPS_E_OK;
    return callback_status(result, what);
  };
  Credentials who;
  {
    const MutexLock lock(mutex_);
    who = credentials_;
  }
  const std::string name = client_.settings().text(AMPS_CLIENT_NAME);
  const std::string version =
      std::string(amps_version_string()) + ":" + client_.settings().text(AMPS_CLIENT_LANGUAGE);
  const std::string list = logon_options(
      options != nullptr ? std::string(options) : client_.settings().text(AMPS_CLIENT_LOGON_OPTIONS),
      who.wants_pretty);
  const std::string correlation = client_.settings().text(AMPS_CLIENT_LOGON_CORRELATION);
  std::string token = who.password;
  if (authenticator.has(&amps_authenticator_vt_t::authenticate)) {
    AMPS_RETURN_IF_ERROR(
        told(ask(authenticator, &amps_authenticator_vt_t::authenticate, who.user, who.password, &token),
             "authenticating"));
  }
  const std::string cid = client_.commands().next_id();
  const WaitLimit limit(timeout_ms);
  for (std::uint32_t round = 0;; ++round) {
    wire::Header header;
    header.command = AMPS_COMMAND_Logon;
    header.set(AMPS_Command, "logon");
    header.set(AMPS_CommandId, cid);
    header.ack_types = AMPS_ACK_Processed;
    header.set(AMPS_AckType, "processed");
    header.set(AMPS_ClientName, name);
    if (!who.message_type.empty()) header.set(AMPS_MessageType, who.message_type);
    if (!who.user.empty()) header.set(AMPS_UserId, who.user);
    if (!token.empty()) header.set(AMPS_Password, token);
    header.set(AMPS_Version, version);
    if (!correlation.empty()) header.set(AMPS_CorrelationId, correlation);
    if (!list.empty()) header.set(AMPS_Options, list);
    Ack ack;
    AMPS_RETURN_IF_ERROR(client_.commands().ask(header, {}, AMPS_ACK_Processed, SendMode::kInternal,
                                                connection.generation(), limit, &ack));
    if (ack.is_success()) {
      note_logon(ack);
      if (command_id != nullptr) *command_id = cid;
      const auto result = authenticator.call(&amps_authenticator_vt_t::completed, wire::span_of(who.user),
                                             wire::span_of(token), wire::span_of(ack.reason));
      return told(result, "the authenticator's completed()");
    }
    if (!ack.is_retry()) return command_failure("logon", ack);
    if (round >= kLogonRoundsMax) {
      return Status(AMPS_E_AUTHENTICATION,
                    "the server asked for more than " + std::to_string(kLogonRoundsMax) + " logon rounds",
                    ack.reason);
    }
    if (!ack.user_id.empty()) who.user = ack.user_id;
    const std::string challenge = !ack.password.empty() ? ack.password : ack.reason;
    if (!authenticator.has(&amps_authenticator_vt_t::retry)) {
      return Status(AMPS_E_AUTHENTICATION,
                    "the server asked to retry the logon, which needs an authenticator", ack.reason);
    }
    AMPS_RETURN_IF_ERROR(
        told(ask(authenticator, &amps_authenticator_vt_t::retry, who.user, challenge, &token),
             "answering the logon challenge"));
  }
}

void Session::note_logon(const Ack& ack) {
  Settings& settings = client_.settings();
  settings.store_text(AMPS_CLIENT_SERVER_VERSION_TEXT, ack.version);
  settings.store_number(AMPS_CLIENT_SERVER_VERSION, packed_version(ack.version));
  const std::string hash = ack.bookmark.substr(0, ack.bookmark.find('|'));
  settings.store_text(AMPS_CLIENT_NAME_HASH_TEXT, hash);
  std::uint64_t value = 0;
  (void)std::from_chars(hash.data(), hash.data() + hash.size(), value);
  settings.store_number(AMPS_CLIENT_NAME_HASH, value);
  const auto store = client_.plugins().get<amps_bookmark_store_vt_t>();
  (void)store.call(&amps_bookmark_store_vt_t::set_server_version, packed_version(ack.version));
  const MutexLock lock(mutex_);
  persisted_ = ack.sequence.value_or(0);
}

Status Session::recover_publishes() {
  const ConnectionPtr connection = this->connection();
  if (connection == nullptr) return Status(AMPS_E_DISCONNECTED, "the connection was lost after the logon");
  std::uint64_t persisted = 0;
  {
    const MutexLock lock(mutex_);
    persisted = persisted_;
  }
  AMPS_RETURN_IF_ERROR(client_.publisher().recover(persisted, connection->generation()));
  if (client_.plugins().has_publish_store()) announce(connection, AMPS_STATE_PublishReplayed);
  return Status();
}

Status Session::set_heartbeat(std::uint32_t interval_s, std::uint32_t timeout_s) {
  client_.heartbeat().set(interval_s, timeout_s);
  ConnectionPtr connection;
  {
    const MutexLock lock(mutex_);
    if (is_logged_on_) connection = connection_;
  }
  if (connection == nullptr) return Status();
  AMPS_RETURN_IF_ERROR(client_.heartbeat().start(*connection));
  if (interval_s != 0) announce(connection, AMPS_STATE_HeartbeatInitiated);
  return Status();
}

Status Session::start_heartbeat() {
  const ConnectionPtr connection = this->connection();
  if (connection == nullptr || !client_.heartbeat().is_set()) return Status();
  AMPS_RETURN_IF_ERROR(client_.heartbeat().start(*connection));
  announce(connection, AMPS_STATE_HeartbeatInitiated);
  return Status();
}

}  // namespace amps::client
