// SPDX-License-Identifier: Apache-2.0
// Where the answers to one command go.
// Threads: constant once in the router, but for the atomics.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/callback.h"

namespace amps::client {

struct Route {
  std::vector<std::string> ids;  // Command, subscription and query id, each once.
  std::string sub_id, query_id;  // As the server knows them; empty when it does not.
  HandlerPtr handler;
  std::uint32_t user_acks = 0;                // What the handler sees; other acks are ours.
  bool is_subscription = false;               // Stays until unsubscribed; others end with their last ack.
  bool uses_bookmarks = false;                // Its messages pass through the bookmark store.
  std::atomic<std::uint32_t> acks_due{0};     // Of a command that ends: what has not come yet.
  std::atomic<bool> is_queue{false};          // The server granted a backlog: messages want acks.
  std::atomic<std::uint32_t> backlog_max{0};  // That backlog; 0 when unknown.
};

using RoutePtr =
    std::shared_ptr<Route>;  // Shared by the tables it stands in and by the thread delivering to it.

}  // namespace amps::client
