// SPDX-License-Identifier: Apache-2.0
// What a broker is told about topics that keep state. Filled in by the configuration's reader, which has
// checked everything that can be checked without knowing message types.
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace amps::broker {

// SOW/Topic (broker 3, 13.2).
struct SowTopicConfiguration {
  std::string name;
  std::string message_type;
  std::vector<std::string> keys;   // Paths; none: publishers supply keys.
  std::string key_domain;          // Empty: the topic's name.
  bool is_persistent = true;       // Durability; needs a file name.
  std::string file_name;           // With %n expanded already.
  bool recover_from_epoch = true;  // RecoveryPoint: epoch or now.
  // Expiration: disabled, enabled without a default (0), or a default in milliseconds.
  bool expires = false;
  std::uint64_t expiration_ms = 0;
  struct History {
    std::uint64_t window_ms = 0;
    std::uint64_t granularity_ms = 0;
  };
  std::optional<History> history;
  std::vector<std::string> preprocessing;  // Fields: "expression AS /path HINT ...".
  std::vector<std::string> enrichment;
  std::vector<std::vector<std::string>> hash_indexes;  // Paths of each.
  std::uint64_t slab_bytes = 5u << 20;                 // Records are smaller than this by 64.
};

// TransactionLog (broker 10, 13.2). Without an instance of it nothing is logged.
struct TransactionLogConfiguration {
  std::string directory;                    // JournalDirectory. Empty: a temporary one, removed on stop.
  std::string archive_directory;            // Where the archive action moves old files. Empty: there is none.
  std::uint64_t segment_bytes = 64u << 20;  // JournalSize: of one file, at least 10 MiB.
  std::uint32_t preallocated_files = 2;     // PreallocatedJournalFiles: at least 1.
  // SyncBeforeAck. False: `persisted` is acknowledged when the system has taken the bytes, and a power cut
  // may lose what was acknowledged within the last `flush_interval_us`. A killed process loses nothing either
  // way.
  bool sync_before_ack = true;
  std::uint64_t flush_interval_us = 100'000;  // FlushInterval: between syncs when acks do not wait for them.
  // InactiveClientAckExpiration: what is known of a publisher that was away for so long is forgotten. 0:
  // never.
  std::uint64_t inactive_client_ms = 0;
  std::uint64_t client_count_max = 100'000;  // Names known at the same time; further ones are refused.
  struct Topic {
    std::string name;  // Literal, or a regular expression.
    std::string message_type;
  };
  std::vector<Topic> topics;  // None: names of clients are unique, and nothing is logged.
};

}  // namespace amps::broker
