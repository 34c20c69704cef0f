// SPDX-License-Identifier: Apache-2.0
// The numbers log lines begin with. Operators search for them, so a number keeps its meaning for ever
// (broker 14.4); docs/guide/monitoring.md lists them.
// Threads: constants.
#pragma once

#include <cstddef>
#include <string_view>

namespace amps::broker {

// X(name, number, what the line says).
#define AMPS_LOG_ID_TABLE(X)                                                                        \
  X(ConfigurationRemark, "00-0001", "the configuration has an element without use")                 \
  X(Started, "00-0015", "the broker has started")                                                   \
  X(Listening, "00-0016", "a transport or the statistics listen")                                   \
  X(FileChecked, "00-0020", "what a file that was checked holds")                                   \
  X(LinesDropped, "00-0099", "lines came faster than they could be written")                        \
  X(Traffic, "01-0001", "a frame, at level trace")                                                  \
  X(CommandFailed, "02-0001", "a command was answered with a failure")                              \
  X(NameInUse, "02-0025", "a client was disconnected because of its name")                          \
  X(Accepted, "07-0001", "a connection was accepted")                                               \
  X(Refused, "07-0002", "a connection was refused")                                                 \
  X(Disconnected, "07-0013", "a client was disconnected, for any other reason")                     \
  X(Heartbeat, "07-0042", "a client was disconnected because nothing came from it")                 \
  X(TransportEnabled, "07-0046", "a transport was enabled")                                         \
  X(TransportDisabled, "07-0047", "a transport was disabled")                                       \
  X(LoggedOn, "12-0010", "a client has logged on")                                                  \
  X(LogRepaired, "30-0001", "the transaction log was mended at start")                              \
  X(LogFailed, "30-0002", "the transaction log accepts nothing")                                    \
  X(LogGoesOn, "30-0003", "the transaction log accepts messages again")                             \
  X(LogFiles, "30-0004", "files of the transaction log were moved or removed")                      \
  X(LogFilesFailed, "30-0005", "a file of the transaction log could not be made, moved or removed") \
  X(RecordsRefused, "30-0006", "logged messages are no records of their topics")                    \
  X(SowRepaired, "31-0001", "the end of a topic's file was cut off")                                \
  X(SowFailed, "31-0002", "a topic's file cannot be written")                                       \
  X(SowCompacted, "31-0003", "a topic's file was compacted, or not")                                \
  X(QueueRead, "32-0001", "how many messages a queue has at start")                                 \
  X(DeadLetterLost, "32-0002", "an expired message could not be published")                         \
  X(QueueFailed, "32-0003", "queues cannot read the log")                                           \
  X(ViewFailed, "33-0001", "a view could not take a change in")                                     \
  X(SlowClient, "70-0011", "a client was disconnected because it was too slow")

enum class LogId {
#define AMPS_X(name, number, what) k##name,
  AMPS_LOG_ID_TABLE(AMPS_X)
#undef AMPS_X
};

constexpr std::string_view kLogNumbers[] = {
#define AMPS_X(name, number, what) number,
    AMPS_LOG_ID_TABLE(AMPS_X)
#undef AMPS_X
};

constexpr std::string_view log_number(LogId id) noexcept {
  return kLogNumbers[static_cast<std::size_t>(id)];
}

}  // namespace amps::broker
