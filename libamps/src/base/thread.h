// SPDX-License-Identifier: Apache-2.0
// A named thread that takes no signals: those belong to the program's own threads, and a handler
// of the program (or of Python) must never run on ours.
// Threads: one at a time uses the object. Blocks: join, and the destructor of a running thread.
#pragma once

#include <functional>
#include <thread>

#include "base/status.h"

namespace amps {

class Thread {
 public:
  Thread() noexcept = default;
  ~Thread() { join(); }
  Thread(Thread&&) noexcept = default;
  Thread& operator=(Thread&&) = delete;
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  // Requires: not running. `name` is cut to the 15 bytes that Linux keeps. `body` must not throw.
  // Fails with AMPS_E_MEMORY when the system gives no thread.
  Status start(const char* name, std::function<void()> body);
  bool joinable() const noexcept { return thread_.joinable(); }
  // Waits for the end; nothing when not running. Requires: not called by the thread itself.
  void join();
  // Lets it run on its own; for threads that end themselves.
  void detach();
  // True when the caller is this thread.
  bool is_current() const noexcept { return thread_.get_id() == std::this_thread::get_id(); }

 private:
  std::thread thread_;
};

}  // namespace amps
