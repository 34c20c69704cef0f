// SPDX-License-Identifier: Apache-2.0
// Where the rights of a user come from.
// Threads: asked by the workers of the LogonDesk, several at once. Blocks: may, unless it is immediate.
#pragma once

#include <memory>
#include <string>

#include "base/file_io.h"
#include "broker/configuration_access.h"
#include "broker/security/rights.h"

namespace amps::broker {

struct RightsRequest {
  std::string user;  // Empty: nobody in particular.
  std::string client_name;
};

class RightsSource {
 public:
  virtual ~RightsSource() = default;
  // A failure refuses the logon; its text goes to the log.
  virtual Status fetch(const RightsRequest& request, const RightsContext& context,
                       std::shared_ptr<const Rights>* out) = 0;
  // It never blocks, and may be asked on an event loop.
  virtual bool is_immediate() const noexcept { return false; }
};

// The source of a module. None for the one that allows everything. Fails when its file cannot be read or has
// something in it that is not understood. `io` outlives the source.
Status open_rights_source(const EntitlementConfiguration& entitlement, FileIo* io,
                          std::shared_ptr<RightsSource>* out);

}  // namespace amps::broker
