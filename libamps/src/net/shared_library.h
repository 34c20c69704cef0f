// SPDX-License-Identifier: Apache-2.0
// A library found at run time. It is never unloaded: threads may still be inside it.
// Threads: a value. Blocks: open() reads files.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"

namespace amps::net {

class SharedLibrary {
 public:
  // By name, as the dynamic loader finds it, or by path. The failure has the loader's text.
  static Status open(const std::string& name, amps_result code, SharedLibrary* out);
  // Only when the process has loaded it already; false else.
  static bool find_loaded(const std::string& path, SharedLibrary* out);

  bool is_open() const noexcept { return handle_ != nullptr; }
  bool is_same(const SharedLibrary& other) const noexcept { return handle_ == other.handle_; }
  // Also looks into the libraries that this one needs; nullptr when there is none of that name.
  void* symbol(const char* name) const noexcept;

 private:
  void* handle_ = nullptr;
};

}  // namespace amps::net
