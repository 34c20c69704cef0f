// SPDX-License-Identifier: Apache-2.0
// A logon that waits for a decision, with what is needed to go on once its frame is gone.
// Threads: the event loop of the session.
#pragma once

#include <cstdint>
#include <string>

#include "broker/session.h"

namespace amps::broker {

class PendingLogon {
 public:
  PendingLogon(const Command& command, std::string client_name, TopicSpace* space);
  PendingLogon(const PendingLogon&) = delete;
  PendingLogon& operator=(const PendingLogon&) = delete;

  const Command& command() const noexcept { return command_; }
  const std::string& client_name() const noexcept { return client_name_; }
  TopicSpace* space() const noexcept { return space_; }

  // A refusal is told later, so that guessing passwords takes time. UINT64_MAX: there is none.
  std::uint64_t refusal_ms = UINT64_MAX;
  std::string detail;  // Of the refusal, for the log.

 private:
  static constexpr FieldId kKept[] = {AMPS_CommandId, AMPS_UserId, AMPS_CorrelationId, AMPS_Version};
  std::string texts_[4];
  wire::Header header_;  // Views of them.
  Command command_;
  const std::string client_name_;
  TopicSpace* const space_;
};

}  // namespace amps::broker
