// SPDX-License-Identifier: Apache-2.0
// The records of a `sow` frame: each has a small header of its own and `l` bytes (protocol 2.4).
// Threads: one at a time. Views: as HeaderDecoder.
#pragma once

#include <string_view>

#include "base/buffer.h"
#include "base/status.h"
#include "wire/header.h"
#include "wire/header_decoder.h"

namespace amps::wire {

class SowBatchReader {
 public:
  // `outer` is the frame's header; records inherit what they do not say themselves, but `l` and `k`.
  SowBatchReader(const Header& outer, std::string_view records) noexcept;
  // False at the end or on an error; see status(). `record` keeps command and query id of the frame.
  bool next(Header* record, std::string_view* body);
  const Status& status() const noexcept { return status_; }

 private:
  void inherit(Header* record) const noexcept;

  Header outer_;
  std::string_view rest_;
  HeaderDecoder decoder_;
  Status status_;
};

// Appends one record. `key` empty: no `k`.
void append_sow_record(Buffer* out, std::string_view key, std::string_view body);

}  // namespace amps::wire
