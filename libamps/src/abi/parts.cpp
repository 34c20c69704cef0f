// SPDX-License-Identifier: Apache-2.0
// The plug-ins the library brings, as (table, self) pairs.
#include "abi/guard.h"
#include "amps/amps_plugins.h"
#include "client/delay_strategy.h"
#include "client/server_chooser.h"
#include "client/subscription_registry.h"

using amps::Status;
using amps::abi::guarded;
using amps::abi::view_of;
using amps::client::AuthenticatorPlugin;
using amps::client::DelayLimits;
using amps::client::DelayStrategy;
using amps::client::ServerChooser;
using amps::client::SubscriptionRegistry;

namespace {

Status require(const void* argument, const char* name) {
  if (argument != nullptr) return {};
  return Status(AMPS_E_USAGE, std::string(name) + " is NULL");
}

Status make_delay(const DelayLimits& limits, const amps_delay_strategy_vt_t** vt, void** self) {
  AMPS_RETURN_IF_ERROR(require(vt, "vt"));
  AMPS_RETURN_IF_ERROR(require(self, "self"));
  if (!(limits.exponent >= 1.0) || !(limits.jitter >= 0.0)) {
    return Status(AMPS_E_USAGE,
                  "a delay strategy needs an exponent of at least 1 and a jitter of at least 0");
  }
  *self = (new DelayStrategy(limits))->self();
  *vt = DelayStrategy::table();
  return {};
}

}  // namespace

extern "C" {

amps_result amps_default_chooser_new(const amps_server_chooser_vt_t** vt, void** self) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(require(vt, "vt"));
    AMPS_RETURN_IF_ERROR(require(self, "self"));
    *self = (new ServerChooser())->self();
    *vt = ServerChooser::table();
    return {};
  });
}

amps_result amps_default_chooser_add(void* self, amps_span_t uri,
                                     const amps_authenticator_vt_t* authenticator, void* authenticator_self) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(require(self, "self"));
    return ServerChooser::of(self)->add(view_of(uri), AuthenticatorPlugin(authenticator, authenticator_self));
  });
}

amps_result amps_default_chooser_prepend(void* self, amps_span_t uri) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(require(self, "self"));
    return ServerChooser::of(self)->prepend(view_of(uri));
  });
}

amps_result amps_default_chooser_remove(void* self, amps_span_t uri) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(require(self, "self"));
    ServerChooser::of(self)->remove(view_of(uri));
    return {};
  });
}

amps_result amps_default_chooser_next(void* self) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(require(self, "self"));
    ServerChooser::of(self)->next();
    return {};
  });
}

amps_result amps_fixed_delay_new(uint32_t delay_ms, uint32_t retry_max_ms,
                                 const amps_delay_strategy_vt_t** vt, void** self) {
  return guarded([&] { return make_delay({delay_ms, delay_ms, 1.0, retry_max_ms, 0.0}, vt, self); });
}

amps_result amps_exponential_delay_new(uint32_t initial_ms, uint32_t delay_max_ms, double exponent,
                                       uint32_t retry_max_ms, double jitter,
                                       const amps_delay_strategy_vt_t** vt, void** self) {
  return guarded([&] {
    return make_delay({initial_ms, delay_max_ms, exponent, retry_max_ms, jitter}, vt, self);
  });
}

amps_result amps_memory_subscription_manager_new(const amps_subscription_manager_vt_t** vt, void** self) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(require(vt, "vt"));
    AMPS_RETURN_IF_ERROR(require(self, "self"));
    *self = (new SubscriptionRegistry())->self();
    *vt = SubscriptionRegistry::table();
    return {};
  });
}

}  // extern "C"
