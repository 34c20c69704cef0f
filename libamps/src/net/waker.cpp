// SPDX-License-Identifier: Apache-2.0
#include "net/waker.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include "base/interrupt.h"
#include "base/limits.h"

namespace amps::net {

// Without descriptors nothing here can work; the ABI's catch-all reports it.
Waker::Waker() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "no descriptor for a waker");
}

Waker::~Waker() {
  ::close(fd_);
}

void Waker::wake() const noexcept {
  const eventfd_t one = 1;
  while (::write(fd_, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

void Waker::reset() const noexcept {
  eventfd_t count = 0;
  while (::read(fd_, &count, sizeof(count)) < 0 && errno == EINTR) {
  }
}

bool Waker::is_awake() const noexcept {
  pollfd entry{fd_, POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

namespace {

// Milliseconds for poll(), rounded up so that a wait never ends early; -1 without a deadline.
int poll_timeout(Deadline deadline) {
  if (deadline == kNoDeadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

}  // namespace

Ready wait_for(int fd, bool for_write, Deadline deadline, const Waker* waker, bool interruptible) {
  const bool asks = interruptible && has_interrupt_hook();
  for (;;) {
    const int left = poll_timeout(deadline);
    const bool whole = !asks || (left >= 0 && left <= static_cast<int>(kInterruptPollMs));
    // poll() skips negative descriptors, so a missing waker needs no case of its own.
    pollfd entries[2] = {{waker == nullptr ? -1 : waker->fd(), POLLIN, 0},
                         {fd, static_cast<short>(for_write ? POLLOUT : POLLIN), 0}};
    const int count = ::poll(entries, 2, whole ? left : static_cast<int>(kInterruptPollMs));
    // A busy peer must not keep a woken thread from noticing, so the waker goes first.
    if (count > 0 && entries[0].revents != 0) return Ready::kWoken;
    if (count > 0) return for_write ? Ready::kWritable : Ready::kReadable;
    if (asks && is_interrupted()) return Ready::kInterrupted;
    if (count == 0 && whole && left >= 0) return Ready::kTimedOut;
  }
}

}  // namespace amps::net
