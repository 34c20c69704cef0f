// SPDX-License-Identifier: Apache-2.0
// The seam to those who decide about logons.
// Threads: asked by the workers of the LogonDesk, several at once. Blocks: may; a logon that is not decided
// within its time limit is refused.
#pragma once

#include <string>

namespace amps::broker {

enum class LogonDecision { kAccept, kChallenge, kRefuse };

struct LogonRequest {
  std::string client_name;
  std::string user;
  std::string password;

  LogonRequest() = default;
  LogonRequest(LogonRequest&&) = default;
  LogonRequest& operator=(LogonRequest&&) = default;
  // Memory is reused for other texts; a password must not turn up among them.
  ~LogonRequest() {
    volatile char* const bytes = password.data();
    for (std::size_t i = 0; i < password.size(); ++i) bytes[i] = '\0';
  }
};

struct LogonAnswer {
  LogonDecision decision = LogonDecision::kRefuse;
  std::string challenge;  // kChallenge: sent as the password to answer.
  std::string detail;     // kRefuse: why. For the log; the client learns nothing of it.
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // kAccept: the user name of the request is the identity.
  virtual LogonAnswer decide(const LogonRequest& request) = 0;
};

}  // namespace amps::broker
