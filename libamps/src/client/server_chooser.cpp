// SPDX-License-Identifier: Apache-2.0
#include "client/server_chooser.h"

#include <utility>

#include "net/uri.h"
#include "wire/header.h"

namespace amps::client {

namespace {

Status check_uri(std::string_view uri) {
  net::Uri parsed;
  return net::parse_uri(uri, &parsed);
}

// What the table's spans point to: valid until the calling thread asks the next time.
amps_span_t keep(std::string text) {
  thread_local std::string kept;
  kept = std::move(text);
  return wire::span_of(kept);
}

amps_result current_uri(void* self, amps_span_t* uri) {
  *uri = keep(ServerChooser::of(self)->current_uri());
  return AMPS_E_OK;
}

amps_result current_authenticator(void* self, const amps_authenticator_vt_t** table,
                                  void** authenticator_self) {
  // The list keeps the authenticator while its URI may be tried.
  const AuthenticatorPlugin authenticator = ServerChooser::of(self)->current_authenticator();
  *table = authenticator.table();
  *authenticator_self = authenticator.self();
  return AMPS_E_OK;
}

amps_result report_failure(void* self, std::int32_t, amps_span_t text, amps_client_t*) {
  ServerChooser::of(self)->report_failure(wire::view_of(text));
  return AMPS_E_OK;
}

amps_result report_success(void* self, amps_client_t*) {
  ServerChooser::of(self)->report_success();
  return AMPS_E_OK;
}

amps_result error(void* self, amps_span_t* text) {
  *text = keep(ServerChooser::of(self)->error());
  return AMPS_E_OK;
}

}  // namespace

const amps_server_chooser_vt_t* ServerChooser::table() noexcept {
  static const amps_server_chooser_vt_t table = {sizeof(amps_server_chooser_vt_t),
                                                 "libamps/default",
                                                 &Part::retain,
                                                 &Part::release,
                                                 &client::current_uri,
                                                 &client::current_authenticator,
                                                 &client::report_failure,
                                                 &client::report_success,
                                                 &client::error};
  return &table;
}

Status ServerChooser::add(std::string_view uri, AuthenticatorPlugin authenticator) {
  AMPS_RETURN_IF_ERROR(check_uri(uri));
  const MutexLock lock(mutex_);
  servers_.push_back({std::string(uri), std::move(authenticator)});
  return {};
}

Status ServerChooser::prepend(std::string_view uri) {
  AMPS_RETURN_IF_ERROR(check_uri(uri));
  const MutexLock lock(mutex_);
  servers_.insert(servers_.begin(), Server{std::string(uri), {}});
  current_ = 0;  // A server put first is the next one tried.
  return {};
}

void ServerChooser::remove(std::string_view uri) {
  Server removed;  // Its authenticator goes after the lock.
  const MutexLock lock(mutex_);
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (servers_[i].uri != uri) continue;
    std::swap(removed, servers_[i]);
    servers_.erase(servers_.begin() + static_cast<std::ptrdiff_t>(i));
    if (current_ > i) --current_;
    if (current_ >= servers_.size()) current_ = 0;
    return;
  }
}

void ServerChooser::advance() {
  if (!servers_.empty()) current_ = (current_ + 1) % servers_.size();
}

void ServerChooser::next() {
  const MutexLock lock(mutex_);
  advance();
}

std::string ServerChooser::current_uri() const {
  const MutexLock lock(mutex_);
  return servers_.empty() ? std::string() : servers_[current_].uri;
}

AuthenticatorPlugin ServerChooser::current_authenticator() const {
  const MutexLock lock(mutex_);
  return servers_.empty() ? AuthenticatorPlugin() : servers_[current_].authenticator;
}

void ServerChooser::report_failure(std::string_view text) {
  const MutexLock lock(mutex_);
  last_failure_ = text;
  advance();
}

void ServerChooser::report_success() {
  const MutexLock lock(mutex_);
  last_failure_.clear();
}

std::string ServerChooser::error() const {
  const MutexLock lock(mutex_);
  if (servers_.empty()) return "the server chooser has no URI; add one";
  return last_failure_;
}

}  // namespace amps::client
