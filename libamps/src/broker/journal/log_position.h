// SPDX-License-Identifier: Apache-2.0
// Places in the transaction log.
// Threads: values.
#pragma once

#include <cstdint>

#include "broker/journal/journal_record.h"

namespace amps::broker {

// A place between two records.
struct LogPosition {
  std::uint64_t segment = 0;  // Number of the file; 0: before all of them.
  std::uint64_t offset = 0;   // In the file.

  friend bool operator==(const LogPosition& left, const LogPosition& right) noexcept {
    return left.segment == right.segment && left.offset == right.offset;
  }
  friend bool operator!=(const LogPosition& left, const LogPosition& right) noexcept {
    return !(left == right);
  }
  friend bool operator<(const LogPosition& left, const LogPosition& right) noexcept {
    return left.segment != right.segment ? left.segment < right.segment : left.offset < right.offset;
  }
};

// The end of a part of the log: where it is, and the last record before it.
struct LogEnd {
  LogPosition position;
  std::uint64_t txid = 0;  // 0: there is no record yet.
  BookmarkId bookmark;     // Of the last publish.
  std::uint64_t timestamp_us = 0;
};

// One record of the log.
struct RecordPlace {
  LogPosition begin;
  LogPosition end;
  std::uint64_t txid = 0;
};

}  // namespace amps::broker
