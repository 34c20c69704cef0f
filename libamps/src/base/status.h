// SPDX-License-Identifier: Apache-2.0
// The result of an operation: a code of amps_types.h and a sentence. A success is two words without
// memory behind them, because every publish and every delivery passes several.
// Threads: a value; use each object on one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
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
  // These need no memory.
  static Status wordless(amps_result code) noexcept {
    Status status;
    status.code_ = code;
    return status;
  }
  static Status out_of_memory() noexcept { return wordless(AMPS_E_MEMORY); }
  // Where there is no memory for its words, a copy has only the code.
  Status(const Status& other) noexcept : code_(other.code_), words_(copy_of(other.words_.get())) {}
  Status(Status&& other) noexcept
      : code_(std::exchange(other.code_, AMPS_E_OK)), words_(std::move(other.words_)) {}
  Status& operator=(Status other) noexcept {
    code_ = other.code_;
    words_ = std::move(other.words_);
    return *this;
  }
  ~Status() = default;

  bool ok() const noexcept { return code_ == AMPS_E_OK; }
  amps_result code() const noexcept { return code_; }
  // Of a failure without words: "out of memory".
  const std::string& text() const noexcept { return words_ != nullptr ? words_->text : no_words(!ok()); }
  const std::string& reason() const noexcept { return words_ != nullptr ? words_->reason : no_words(false); }

 private:
  struct Words {
    std::string text;
    std::string reason;
  };

  static std::unique_ptr<Words> copy_of(const Words* words) noexcept {
    if (words == nullptr) return nullptr;
    try {
      return std::make_unique<Words>(*words);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }
  static const std::string& no_words(bool has_failed) noexcept {
    static const std::string* const texts =
        new std::string[2]{"", "out of memory"};  // For every thread's life.
    return texts[has_failed ? 1 : 0];
  }

  amps_result code_ = AMPS_E_OK;
  std::unique_ptr<Words> words_;
};

// Leaves the enclosing function with the status of `expression` unless it is a success.
#define AMPS_RETURN_IF_ERROR(expression) AMPS_RETURN_IF_ERROR_COUNTED(expression, __COUNTER__)
// A name for each, since the expression may hold a function that uses the macro too.
#define AMPS_RETURN_IF_ERROR_COUNTED(expression, count) AMPS_RETURN_IF_ERROR_NAMED(expression, count)
#define AMPS_RETURN_IF_ERROR_NAMED(expression, count)                                   \
  do {                                                                                  \
    if (::amps::Status amps_status_##count = (expression); !amps_status_##count.ok()) { \
      return amps_status_##count;                                                       \
    }                                                                                   \
  } while (false)

}  // namespace amps
