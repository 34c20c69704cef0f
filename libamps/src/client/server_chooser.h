// SPDX-License-Identifier: Apache-2.0
// The default server chooser: goes round a list of URIs and stays where it succeeded.
// Threads: any; it has a lock of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/sync.h"
#include "client/part.h"
#include "client/plugin.h"

namespace amps::client {

class ServerChooser final : public Part {
 public:
  static const amps_server_chooser_vt_t* table() noexcept;
  // The chooser behind a table's self. Requires: the pair came from the library.
  static ServerChooser* of(void* self) noexcept {
    return static_cast<ServerChooser*>(static_cast<Part*>(self));
  }
  void* self() noexcept { return static_cast<Part*>(this); }

  // Fails with AMPS_E_URI when the text is no URI.
  Status add(std::string_view uri, AuthenticatorPlugin authenticator);
  Status prepend(std::string_view uri);
  void remove(std::string_view uri);  // Removing what is not there is no failure.
  void next();

  std::string current_uri() const;  // Empty when the list is.
  AuthenticatorPlugin current_authenticator() const;
  void report_failure(std::string_view text);
  void report_success();
  std::string error() const;

 private:
  struct Server {
    std::string uri;
    AuthenticatorPlugin authenticator;
  };
  void advance() AMPS_REQUIRES(mutex_);

  mutable Mutex mutex_{LockRank::kLeaf};
  std::vector<Server> servers_ AMPS_GUARDED_BY(mutex_);
  std::size_t current_ AMPS_GUARDED_BY(mutex_) = 0;  // Index of the server to try.
  std::string last_failure_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::client
