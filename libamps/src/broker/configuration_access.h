// SPDX-License-Identifier: Apache-2.0
// What a broker is told about who may use it and how it is watched (broker 12, 14).
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/log.h"
#include "net/listener.h"

namespace amps::broker {

// Authentication (broker 12.1). A callback of the embedding program takes precedence.
struct AuthenticationConfiguration {
  enum class Module {
    kDefault,       // Everybody may log on; see allow_spoofing.
    kImplicit,      // The same, and commands before a logon are an anonymous logon.
    kRejectAll,     // Nobody may.
    kPasswordFile,  // Who is in the file, with the password of the file.
  };
  Module module = Module::kDefault;
  bool allow_spoofing = false;    // kDefault: the user name that a client gives is its identity.
  bool require_username = false;  // kDefault: a logon without a user name is refused.
  std::string file_name;          // kPasswordFile.
};

// Entitlement (broker 12.2, 12.3). A callback of the embedding program takes precedence.
struct EntitlementConfiguration {
  enum class Module {
    kAllowAll,
    kDenyAll,
    kRightsFile,    // What the permission document of the user says.
    kSimpleAccess,  // The same topics for everybody.
  };
  Module module = Module::kAllowAll;
  std::string file_name;                    // kRightsFile.
  std::vector<std::string> allowed_topics;  // kSimpleAccess: patterns.
  std::vector<std::string> denied_topics;   // Patterns; decide before the allowed ones.
  bool may_read = true;
  bool may_write = true;
};

// Admin (broker 14): the HTTP server of the statistics.
struct AdminConfiguration {
  net::ListenAddress address;
  std::uint64_t interval_ms = 10'000;  // Between the samples behind the rates.
  bool has_actions = false;            // Requests may change things; needs the token.
  std::string token_file;              // Holds the token that requests for actions carry.
  std::vector<std::string> hosts;      // Names other than those of loopback that requests may ask for.
};

// Logging/Target (broker 14.4).
struct LogTargetConfiguration {
  enum class Protocol { kStdout, kStderr, kFile };
  Protocol protocol = Protocol::kStderr;
  std::string file_name;             // kFile. %n is the number of the file, the rest is for strftime.
  std::uint64_t rotation_bytes = 0;  // 0: one file for ever.
  amps_log_level_t level = AMPS_LOG_WARNING;  // From here up.
  // Numbers of lines, or patterns of them: lines of any level that go there too, and those that never do.
  std::vector<std::string> included;
  std::vector<std::string> excluded;
};

}  // namespace amps::broker
