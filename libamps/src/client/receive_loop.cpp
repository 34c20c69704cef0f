// SPDX-License-Identifier: Apache-2.0
#include "client/receive_loop.h"

#include "client/client.h"
#include "client/delivery_turn.h"
#include "client/outbound.h"
#include "client/thread_context.h"

namespace amps::client {

ReceiveLoop::ReceiveLoop(Connection& connection)
    : connection_(connection), client_(connection.client()), dispatcher_(connection) {}

void ReceiveLoop::run() {
  bool goes_on = wait_for_turn();
  while (goes_on && deliver_frames()) {
    client_.outbound().flush_deferred();
    if (client_.listeners().has_deferred()) client_.listeners().run_deferred();
    goes_on = read();
  }
}

// Also after what was thrown: others wait for the turn.
ReceiveLoop::~ReceiveLoop() {
  before_wait();
  dispatcher_.rest();
  client_.delivery_turn().give_up(&connection_.waker());
}

// The handler of an earlier connection may still be running. Until it returns, frames are read but
// not delivered; they are dropped if this connection is lost meanwhile, like those it did not get any more.
bool ReceiveLoop::wait_for_turn() {
  if (client_.delivery_turn().take(&connection_.waker())) return true;
  connection_.start_stolen();
  while (!client_.delivery_turn().take(&connection_.waker())) {
    if (connection_.is_failed()) return false;
    connection_.help();
    if (connection_.is_backlog_full()) {
      // Reading pauses; only the turn or the end of the connection can change something.
      net::Deadline soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
      (void)net::wait_for(connection_.waker().fd(), false, soon, nullptr, false);
    } else {
      (void)net::wait_for(connection_.stream().fd(), false, net::kNoDeadline, &connection_.waker(), false);
    }
    connection_.waker().reset();
  }
  return true;
}

bool ReceiveLoop::deliver(std::string_view frame, Settled settled) {
  if (connection_.is_deliberate()) return false;
  const Status status = dispatcher_.deliver(frame, settled);
  if (status.ok()) return true;
  client_.report(status.code(), status.text());
  connection_.fail(status);
  return false;
}

bool ReceiveLoop::deliver_frames() {
  if (connection_.is_stolen() && !deliver_backlog()) return false;
  std::string_view frame;
  while (connection_.reader().next(&frame)) {
    if (!deliver(frame, Settled::kNo)) return false;
    if (__builtin_expect(connection_.is_stolen(), 0) && !deliver_backlog()) return false;
  }
  connection_.reader().set_frame_bytes_max(connection_.frame_bytes_max());
  const Status& status = connection_.reader().status();
  if (!status.ok()) {
    client_.report(status.code(), status.text());
    connection_.fail(status);
  }
  return !connection_.is_failed();
}

bool ReceiveLoop::deliver_backlog() {
  Buffer frames;
  while (connection_.take_backlog(&frames)) {
    bool goes_on = true;
    Backlog::for_each(frames.view(), [&](std::string_view frame, Settled settled) {
      goes_on = deliver(frame, settled);
      return goes_on;
    });
    if (!goes_on) return false;
    client_.outbound().flush_deferred();
  }
  return true;
}

bool ReceiveLoop::read() {
  // After a short read there is most likely nothing; a binding that holds its lock asks first, because
  // giving the lock up costs more than the question.
  bool may_read =
      was_read_full_ || connection_.stream().has_buffered_input() || thread_context().may_hold_binding_lock;
  for (;;) {
    bool for_write = false;
    if (may_read) {
      std::size_t room = 0;
      char* to = connection_.reader().prepare(&room);
      const net::IoResult result = connection_.stream().read_some(to, room);
      switch (result.state) {
        case net::IoState::kOk:
          connection_.reader().commit(result.size);
          connection_.count_read();
          was_read_full_ = result.size == room;
          return true;
        case net::IoState::kClosed:
          connection_.fail(Status(AMPS_E_DISCONNECTED, "the server closed the connection"));
          return false;
        case net::IoState::kFailed:
          connection_.fail(connection_.stream().status());
          return false;
        case net::IoState::kWantWrite:
          for_write = true;
          break;
        case net::IoState::kWantRead:
          break;
      }
    }
    if (!sleep(for_write)) return false;
    may_read = true;
  }
}

bool ReceiveLoop::sleep(bool for_write) {
  dispatcher_.rest();
  before_wait();
  const net::Ready ready =
      net::wait_for(connection_.stream().fd(), for_write, net::kNoDeadline, &connection_.waker(), false);
  if (ready == net::Ready::kWoken) {
    connection_.waker().reset();
    if (client_.listeners().has_deferred()) client_.listeners().run_deferred();
  }
  return !connection_.is_failed();
}

}  // namespace amps::client
