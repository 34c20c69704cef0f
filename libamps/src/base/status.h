// SPDX-License-Identifier: Apache-2.0
// The result of an operation: a code of amps_types.h and a sentence. A success is two words without
// memory behind them, because every publish and every delivery passes several.
// Threads: a value; use each object on one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "amps/amps_types.h"

namespace amps {

class [[nodiscard]] Status {
 public:
  Status() noexcept = default;  // Success.
  // The reason is the server's own words, kept apart so that programs can compare them.
  Status(amps_result code, std::string text, std::string reason = std::string())
      : code_(code), words_(new Words{std::move(text), std::move(reason)}) {}
  Status(const Status& other)
      : code_(other.code_), words_(other.words_ == nullptr ? nullptr : new Words(*other.words_)) {}
  Status(Status&&) noexcept = default;
  Status& operator=(Status other) noexcept {
    code_ = other.code_;
    words_ = std::move(other.words_);
    return *this;
  }
  ~Status() = default;

  bool ok() const noexcept { return code_ == AMPS_E_OK; }
  amps_result code() const noexcept { return code_; }
  const std::string& text() const noexcept { return words_ == nullptr ? none() : words_->text; }
  const std::string& reason() const noexcept { return words_ == nullptr ? none() : words_->reason; }

 private:
  struct Words {
    std::string text;
    std::string reason;
  };

  static const std::string& none() noexcept {
    static const std::string& empty = *new std::string();  // Outlives every thread that reads it.
    return empty;
  }

  amps_result code_ = AMPS_E_OK;
  std::unique_ptr<Words> words_;
};

// Leaves the enclosing function with the status of `expression` unless it is a success.
#define AMPS_RETURN_IF_ERROR(expression)                                  \
  do {                                                                    \
    if (::amps::Status amps_status_ = (expression); !amps_status_.ok()) { \
      return amps_status_;                                                \
    }                                                                     \
  } while (false)

}  // namespace amps
