// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"

#include <pthread.h>
#include <signal.h>

#include <cassert>
#include <cstring>
#include <new>
#include <string>
#include <system_error>

namespace amps {
namespace {

constexpr std::size_t kThreadNameBytesMax = 15;  // Linux refuses longer names instead of cutting them.

// Blocks every signal on the calling thread for its own life: a new thread inherits the mask.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

Status Thread::start(const char* name, std::function<void()> body) {
  assert(!thread_.joinable());
  const std::string short_name(name, strnlen(name, kThreadNameBytesMax));  // Short enough to need no memory.
  const SignalsBlocked blocked;
  try {
    thread_ = std::thread([short_name, body = std::move(body)] {
      pthread_setname_np(pthread_self(), short_name.c_str());
      body();
    });
  } catch (const std::system_error& error) {
    return {AMPS_E_MEMORY, "cannot start thread '" + short_name + "': " + error.code().message()};
  } catch (const std::bad_alloc&) {
    return {AMPS_E_MEMORY, "cannot start thread '" + short_name + "': out of memory"};
  }
  return {};
}

void Thread::join() {
  if (thread_.joinable()) thread_.join();
}

void Thread::detach() {
  if (thread_.joinable()) thread_.detach();
}

}  // namespace amps
