// SPDX-License-Identifier: Apache-2.0
// What a transaction log tells about itself.
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace amps::broker {

struct LogFileFacts {
  std::string path;
  std::uint64_t number = 0;
  std::uint64_t size_bytes = 0;  // Of the records in it.
  std::uint64_t first_us = 0;    // Of its first and its last message; 0: it has none.
  std::uint64_t last_us = 0;
  bool is_archived = false;
};

struct LogFacts {
  std::vector<LogFileFacts> files;  // Oldest first.
  std::uint64_t durable_txid = 0;
  std::uint64_t waiting_bytes = 0;  // Appended, and not on the disk yet.
  std::uint64_t write_count = 0;    // Since the start, each with what it took.
  std::uint64_t write_bytes = 0;
  std::uint64_t write_us = 0;  // The sync included.
};

}  // namespace amps::broker
