// SPDX-License-Identifier: Apache-2.0
// The default subscription manager: keeps commands in memory and places them again, in order.
// Threads: any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/sync.h"
#include "client/message.h"
#include "client/part.h"
#include "client/plugin.h"

namespace amps::client {

class Client;

class SubscriptionRegistry final : public Part {
 public:
  static const amps_subscription_manager_vt_t* table() noexcept;
  // Requires: the pair of table and self came from the library.
  static SubscriptionRegistry* of(void* self) noexcept {
    return static_cast<SubscriptionRegistry*>(static_cast<Part*>(self));
  }
  void* self() noexcept { return static_cast<Part*>(this); }

  void add(const amps_handler_t& handler, const Message& command, std::uint32_t ack_types)
      AMPS_EXCLUDES(mutex_);
  void remove(std::string_view sub_id) AMPS_EXCLUDES(mutex_);
  void clear() AMPS_EXCLUDES(mutex_);
  Status resubscribe(Client& client) AMPS_EXCLUDES(mutex_);

 private:
  struct Release {
    void operator()(Message* message) const noexcept { message->release(); }
  };
  struct Entry {
    std::string sub_id;
    amps_handler_t handler;
    std::shared_ptr<Message>
        command;  // Shared by the list and by a resubscription going through a copy of it.
    std::uint32_t ack_types;
  };
  Status place(Client& client, const Entry& entry);

  Mutex mutex_{LockRank::kLeaf};
  std::vector<Entry> entries_ AMPS_GUARDED_BY(mutex_);  // In the order they were placed.
};

}  // namespace amps::client
