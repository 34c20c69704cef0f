// SPDX-License-Identifier: Apache-2.0
// Who may use a transport: made of the configuration, and of what the embedding program decides.
// Threads: made at start; read from any afterwards.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/file_io.h"
#include "base/status.h"
#include "broker/configuration.h"
#include "broker/security/authenticator.h"
#include "broker/security/rights_source.h"

namespace amps::broker {

struct TransportAccess {
  AuthenticationConfiguration authentication;
  // None: `authentication` alone decides, at once. Owned by this, by the program that handed it over, and by
  // a worker of the desk while it is asked.
  std::shared_ptr<Authenticator> authenticator;
  std::shared_ptr<RightsSource> rights;  // None: everybody may do everything. Owned as the authenticator.

  // A decision needs somebody who may block.
  bool has_questions() const noexcept { return authenticator != nullptr || rights != nullptr; }
  // Nobody has to prove anything.
  bool is_open() const noexcept;
  bool has_implicit_logon() const noexcept;
  // What the modules without questions say about a logon. Empty: it may go on. Else why not, for the log.
  std::string_view refusal(std::string_view user) const noexcept;
  // By whom an accepted client is known; empty: nobody vouches for its name.
  std::string_view identity(std::string_view user) const noexcept;
};

// What access is made of besides the configuration. None: not given.
struct AccessParts {
  std::shared_ptr<Authenticator> authenticator;  // Instead of the module of the instance.
  FileIo* file_io = nullptr;
  std::shared_ptr<RightsSource> rights;  // The same.
};

// Fails when a file cannot be read, and when nobody could be asked for the rights of an implicit logon.
Status open_access(const Configuration& configuration, const TransportConfiguration& transport,
                   const AccessParts& parts, TransportAccess* out);

}  // namespace amps::broker
