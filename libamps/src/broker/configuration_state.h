// SPDX-License-Identifier: Apache-2.0
// What a broker is told about topics that keep state. Filled in by the configuration's reader, which has
// checked everything that can be checked without knowing message types.
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "broker/queue/queue_rules.h"

namespace amps::broker {

// SOW/Topic/History (broker 3.9). Not nested, because clang refuses an optional of a nested struct with
// defaults.
struct HistoryConfiguration {
  std::uint64_t window_ms = 0;
  std::uint64_t granularity_ms = 0;
};

// SOW/Topic (broker 3, 13.2).
struct SowTopicConfiguration {
  std::string name;
  std::string message_type;
  std::string place;               // See configuration_place.h.
  std::vector<std::string> keys;   // Paths; none: publishers supply keys.
  std::string key_domain;          // Empty: the topic's name.
  bool is_persistent = true;       // Durability; needs a file name.
  std::string file_name;           // With %n expanded already.
  bool recover_from_epoch = true;  // RecoveryPoint: epoch or now.
  // Expiration: disabled, enabled without a default (0), or a default in milliseconds.
  bool expires = false;
  std::uint64_t expiration_ms = 0;
  std::optional<HistoryConfiguration> history;
  std::vector<std::string> preprocessing;  // Fields: "expression AS /path HINT ...".
  std::vector<std::string> enrichment;
  std::vector<std::vector<std::string>> hash_indexes;  // Paths of each.
  std::uint64_t slab_bytes = 5u << 20;                 // Records are smaller than this by 64.
};

// SOW/Queue, LocalQueue and GroupLocalQueue (broker 9, 13.2); on a single instance they behave alike.
struct QueueConfiguration {
  std::string name;
  std::string message_type;
  std::string place;  // See configuration_place.h.
  std::string
      underlying_topic;        // Literal, or a regular expression. Never empty: the queue's name by default.
  std::string publish_target;  // Where publishes to the queue's name go: a literal topic. Never empty.
  QueueRules rules;
  std::string filter;              // Only matching messages enter; empty: all.
  std::string priority;            // An expression; empty: oldest first. Never together with a barrier.
  std::string barrier_expression;  // Empty: there are no barrier messages.
  enum class Recovery { kEpoch, kNow, kPosition };
  Recovery recovery = Recovery::kEpoch;  // RecoveryPoint: where a queue without state of its own begins.
  std::string recovery_position;         // kPosition: a bookmark or a timestamp.
  std::uint64_t target_depth = 0;        // TargetQueueDepth: at most about so many are active; 0: all.
};

// A field of a topic, as joins name it. An empty message type is that of the view.
struct JoinField {
  std::string message_type;
  std::string topic;
  std::string path;
};

// SOW/View (broker 7.2).
struct ViewConfiguration {
  std::string name;
  std::string message_type;
  std::string place;  // See configuration_place.h.
  // One source: the topic, and no joins. Several: the joins name them.
  std::string source_message_type;  // Empty: that of the view.
  std::string source;
  struct Join {
    JoinField left;
    JoinField right;
  };
  std::vector<Join> joins;
  std::vector<std::string> projection;  // Fields: "expression AS /path".
  std::vector<std::string> grouping;    // Source fields.
  std::string filter;                   // One source only.
  bool inline_conflation = false;       // A waiting update of a group is overwritten by the next.
  bool join_null_equivalency = false;   // NULL, empty and missing join each other.
  std::string key_domain;               // Empty: the view's name.
  std::vector<std::vector<std::string>> hash_indexes;
};

// SOW/ConflatedTopic (broker 6.2): a copy of a topic, view or conflated topic of the same type.
struct ConflatedTopicConfiguration {
  std::string name;
  std::string message_type;
  std::string place;  // See configuration_place.h.
  std::string source;
  std::uint64_t interval_ms = 5000;  // At least 100.
  std::string filter;
  std::vector<std::vector<std::string>> hash_indexes;
  std::vector<std::string> enrichment;
};

// Actions/Action (broker 13.5): a publish when a message of a queue expires. Variables in `target` and `data`
// are filled in.
struct ExpireActionConfiguration {
  std::string topic;  // The queue.
  std::string message_type;
  std::string reason;  // As AMPS_REASON says it; empty: any.
  std::string target;  // Where it is published.
  std::string target_type;
  std::string data = "{{AMPS_DATA}}";
};

// One element of SOW.
using StateConfiguration =
    std::variant<SowTopicConfiguration, QueueConfiguration, ViewConfiguration, ConflatedTopicConfiguration>;

// TransactionLog (broker 10, 13.2). Without an instance of it nothing is logged.
struct TransactionLogConfiguration {
  std::string directory;                    // JournalDirectory. Empty: a temporary one, removed on stop.
  std::string archive_directory;            // Where old files are moved. Empty: there is none.
  std::uint64_t archive_after_ms = 0;       // ArchiveAfter: how old such files are; 0: none is moved.
  std::uint64_t remove_after_ms = 0;        // RemoveAfter: the same for files that go; 0: all stay.
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
