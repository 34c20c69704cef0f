// SPDX-License-Identifier: Apache-2.0
// The seam to those who decide about logons.
// Threads: asked on any event loop, without a lock. Blocks: must not.
#pragma once

#include <string>
#include <string_view>

namespace amps::broker {

enum class LogonDecision { kAccept, kChallenge, kRefuse };

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // kChallenge: `*challenge` is sent as the password to answer.
  virtual LogonDecision decide(std::string_view client_name, std::string_view user, std::string_view password,
                               std::string* challenge) = 0;
};

}  // namespace amps::broker
