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

}  // namespace amps::broker
