// SPDX-License-Identifier: Apache-2.0
// The result of an operation: a code of amps_types.h and a sentence.
// Threads: a value; use each object on one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "amps/amps_types.h"

namespace amps {

class [[nodiscard]] Status {
 public:
  Status() noexcept = default;  // Success.
  Status(amps_result code, std::string text) : code_(code), text_(std::move(text)) {}
  // The server's own words, kept apart so that programs can compare them.
  Status(amps_result code, std::string text, std::string reason)
      : code_(code), text_(std::move(text)), reason_(std::move(reason)) {}

  bool ok() const noexcept { return code_ == AMPS_E_OK; }
  amps_result code() const noexcept { return code_; }
  const std::string& text() const noexcept { return text_; }
  const std::string& reason() const noexcept { return reason_; }

 private:
  amps_result code_ = AMPS_E_OK;
  std::string text_;
  std::string reason_;
};

// Leaves the enclosing function with the status of `expression` unless it is a success.
#define AMPS_RETURN_IF_ERROR(expression)                                  \
  do {                                                                    \
    if (::amps::Status amps_status_ = (expression); !amps_status_.ok()) { \
      return amps_status_;                                                \
    }                                                                     \
  } while (false)

}  // namespace amps
