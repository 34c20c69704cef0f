// SPDX-License-Identifier: Apache-2.0
// The receive thread of a connection: reads blocks, delivers their frames, sleeps.
// Threads: the receive thread. Blocks: for bytes, and for the delivering turn.
#pragma once

#include "base/status.h"
#include "client/connection.h"
#include "client/dispatcher.h"

namespace amps::client {

class ReceiveLoop {
 public:
  explicit ReceiveLoop(Connection& connection);
  ~ReceiveLoop();
  ReceiveLoop(const ReceiveLoop&) = delete;
  ReceiveLoop& operator=(const ReceiveLoop&) = delete;
  // Returns when the connection has failed and what had arrived is delivered.
  void run();

 private:
  // False when the connection was lost before.
  bool wait_for_turn();
  // False when the connection is over.
  bool deliver_frames();
  bool deliver_backlog();
  bool deliver(std::string_view frame, Settled settled);
  bool read();
  bool sleep(bool for_write);

  Connection& connection_;
  Client& client_;
  Dispatcher dispatcher_;
  bool was_read_full_ = false;  // The last read filled its room: there is more.
};

}  // namespace amps::client
