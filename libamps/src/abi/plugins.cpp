// SPDX-License-Identifier: Apache-2.0
// amps_plugins.h: putting parts into a client.
#include "amps/amps_plugins.h"

#include "abi/client_guard.h"

using amps::Status;
using amps::abi::guarded;
using amps::client::Client;
using amps::client::Plugin;

namespace {

template <typename Table>
amps_result set_plugin(amps_client_t* client, const Table* table, void* self,
                       bool only_disconnected = false) {
  return guarded(client, [&](Client& c) -> Status {
    if (only_disconnected && !c.session().is_disconnected()) {
      return Status(AMPS_E_ALREADY_CONNECTED, "a store is set before the client connects");
    }
    c.plugins().set(Plugin<Table>(table, self));
    return Status();
  });
}

// The table and self as installed; no reference changes hands.
template <typename Table>
amps_result get_plugin(amps_client_t* client, const Table** table, void** self) {
  return guarded(client, [&](Client& c) {
    const Plugin<Table> part = c.plugins().get<Table>();
    if (table != nullptr) *table = part.table();
    if (self != nullptr) *self = part.self();
    return Status();
  });
}

}  // namespace

extern "C" {

amps_result amps_client_set_server_chooser(amps_client_t* client, const amps_server_chooser_vt_t* vt,
                                           void* self) {
  return set_plugin(client, vt, self);
}
amps_result amps_client_get_server_chooser(amps_client_t* client, const amps_server_chooser_vt_t** vt,
                                           void** self) {
  return get_plugin(client, vt, self);
}
amps_result amps_client_set_delay_strategy(amps_client_t* client, const amps_delay_strategy_vt_t* vt,
                                           void* self) {
  return set_plugin(client, vt, self);
}
amps_result amps_client_get_delay_strategy(amps_client_t* client, const amps_delay_strategy_vt_t** vt,
                                           void** self) {
  return get_plugin(client, vt, self);
}
amps_result amps_client_set_failed_resubscribe(amps_client_t* client, const amps_failed_resubscribe_vt_t* vt,
                                               void* self) {
  return set_plugin(client, vt, self);
}
amps_result amps_client_set_subscription_manager(amps_client_t* client,
                                                 const amps_subscription_manager_vt_t* vt, void* self) {
  return set_plugin(client, vt, self);
}
amps_result amps_client_get_subscription_manager(amps_client_t* client,
                                                 const amps_subscription_manager_vt_t** vt, void** self) {
  return get_plugin(client, vt, self);
}
amps_result amps_client_set_bookmark_store(amps_client_t* client, const amps_bookmark_store_vt_t* vt,
                                           void* self) {
  return set_plugin(client, vt, self, true);
}
amps_result amps_client_get_bookmark_store(amps_client_t* client, const amps_bookmark_store_vt_t** vt,
                                           void** self) {
  return get_plugin(client, vt, self);
}
amps_result amps_client_set_publish_store(amps_client_t* client, const amps_publish_store_vt_t* vt,
                                          void* self) {
  return set_plugin(client, vt, self, true);
}
amps_result amps_client_get_publish_store(amps_client_t* client, const amps_publish_store_vt_t** vt,
                                          void** self) {
  return get_plugin(client, vt, self);
}

}  // extern "C"
