// SPDX-License-Identifier: Apache-2.0
#include "client/subscription_registry.h"

#include <algorithm>
#include <utility>

#include "client/client.h"
#include "client/commands.h"
#include "client/failure.h"

namespace amps::client {
namespace {

amps_result subscribe_entry(void* self, const amps_handler_t* handler, amps_message_ref_t* command,
                            std::uint32_t ack_types) {
  SubscriptionRegistry::of(self)->add(*handler, *Message::from(command->body), ack_types);
  return AMPS_E_OK;
}

amps_result unsubscribe_entry(void* self, amps_span_t id) {
  SubscriptionRegistry::of(self)->remove(wire::view_of(id));
  return AMPS_E_OK;
}

amps_result clear_entry(void* self) {
  SubscriptionRegistry::of(self)->clear();
  return AMPS_E_OK;
}

amps_result resubscribe_entry(void* self, amps_client_ref_t* client) {
  const Status status = SubscriptionRegistry::of(self)->resubscribe(*Client::from(client->body));
  if (!status.ok()) set_callback_failure(status.code(), status.text());
  return status.code();
}

}  // namespace

const amps_subscription_manager_vt_t* SubscriptionRegistry::table() noexcept {
  static const amps_subscription_manager_vt_t table = {sizeof(amps_subscription_manager_vt_t),
                                                       "libamps/default",
                                                       &Part::retain,
                                                       &Part::release,
                                                       subscribe_entry,
                                                       unsubscribe_entry,
                                                       clear_entry,
                                                       resubscribe_entry};
  return &table;
}

void SubscriptionRegistry::add(const amps_handler_t& handler, const Message& command,
                               std::uint32_t ack_types) {
  Entry entry{std::string(command.get(AMPS_SubscriptionId)), handler,
              std::shared_ptr<Message>(command.copy(), Release()), ack_types};
  const MutexLock lock(mutex_);
  for (Entry& known : entries_) {
    if (known.sub_id != entry.sub_id) continue;
    std::swap(known, entry);
    return;
  }
  entries_.push_back(std::move(entry));
}

void SubscriptionRegistry::remove(std::string_view sub_id) {
  const MutexLock lock(mutex_);
  entries_.erase(
      std::remove_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.sub_id == sub_id; }),
      entries_.end());
}

void SubscriptionRegistry::clear() {
  const MutexLock lock(mutex_);
  entries_.clear();
}

Status SubscriptionRegistry::resubscribe(Client& client) {
  std::vector<Entry> entries;
  {
    const MutexLock lock(mutex_);
    entries = entries_;
  }
  for (const Entry& entry : entries) AMPS_RETURN_IF_ERROR(place(client, entry));
  return Status();
}

Status SubscriptionRegistry::place(Client& client, const Entry& entry) {
  const auto timeout =
      static_cast<std::uint32_t>(client.settings().number(AMPS_CLIENT_RESUBSCRIPTION_TIMEOUT_MS));
  const Status status = client.commands().execute(*entry.command, make_callback(&entry.handler), timeout,
                                                  AMPS_EXECUTE_NO_RESUBSCRIBE | Commands::kOnlyKept, nullptr);
  if (status.ok() || status.code() == AMPS_E_DISCONNECTED || status.code() == AMPS_E_INTERRUPTED)
    return status;
  const auto judge = client.plugins().get<amps_failed_resubscribe_vt_t>();
  if (!judge) return status;
  amps_message_ref_t ref{entry.command.get()};
  std::int32_t drop = 0;
  AMPS_RETURN_IF_ERROR(callback_status(
      judge.call(&amps_failed_resubscribe_vt_t::failure, &ref, entry.ack_types,
                 static_cast<std::int32_t>(status.code()), wire::span_of(status.text()), &drop),
      "the failed-resubscribe handler"));
  if (drop == 0) return status;
  client.commands().drop(entry.sub_id);
  return Status();
}

}  // namespace amps::client
