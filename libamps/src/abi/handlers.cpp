// SPDX-License-Identifier: Apache-2.0
// amps_client.h: handlers and listeners.
#include <algorithm>
#include <cstring>

#include "abi/client_guard.h"
#include "client/thread_context.h"
#include "wire/header_decoder.h"

using amps::Status;
using amps::abi::guarded;
using amps::abi::guarded_with;
using amps::abi::view_of;
using amps::client::CallbackPtr;
using amps::client::Client;
using amps::client::HandlerPtr;

namespace {

// Puts a listener in; they differ only in their struct.
template <typename Struct>
amps_result set_listener(amps_client_t* client, const Struct* from) {
  return guarded_with(client, from, [](Client& c, CallbackPtr<Struct> listener) {
    c.listeners().set(std::move(listener));
    return Status();
  });
}

// What was set, as much of it as the caller's struct holds. Its release stays ours.
template <typename Struct>
Status give(const amps::client::CallbackPtr<Struct>& known, Struct* to) {
  if (to == nullptr || to->struct_size < sizeof to->struct_size) {
    return Status(AMPS_E_USAGE, "a struct with its struct_size is needed");
  }
  Struct out = known != nullptr ? known->c() : Struct{};
  out.release = nullptr;
  out.struct_size = to->struct_size;
  std::memcpy(to, &out, std::min<std::size_t>(out.struct_size, sizeof out));
  return Status();
}

bool is_one_bit(std::uint32_t bits) noexcept {
  return bits != 0 && (bits & (bits - 1)) == 0;
}

}  // namespace

extern "C" {

amps_result amps_client_set_handler(amps_client_t* client, amps_handler_slot_t slot,
                                    const amps_handler_t* handler) {
  return guarded_with(client, handler, [&](Client& c, HandlerPtr taken) -> Status {
    if (static_cast<unsigned>(slot) >= AMPS_SLOT_COUNT)
      return Status(AMPS_E_USAGE, "there is no such handler slot");
    c.router().set_slot(slot, std::move(taken));
    return Status();
  });
}

amps_result amps_client_get_handler(amps_client_t* client, amps_handler_slot_t slot,
                                    amps_handler_t* handler) {
  return guarded(client, [&](Client& c) -> Status {
    if (static_cast<unsigned>(slot) >= AMPS_SLOT_COUNT)
      return Status(AMPS_E_USAGE, "there is no such handler slot");
    return give(c.router().slot(slot), handler);
  });
}

amps_result amps_client_set_command_handler(amps_client_t* client, uint32_t command,
                                            const amps_handler_t* handler) {
  return guarded_with(client, handler, [&](Client& c, HandlerPtr taken) -> Status {
    if (!is_one_bit(command) || command > AMPS_COMMAND_Flush) {
      return Status(AMPS_E_USAGE, "a command is one AMPS_COMMAND_ bit");
    }
    c.router().set_command_handler(static_cast<unsigned>(__builtin_ctz(command)), std::move(taken));
    return Status();
  });
}

amps_result amps_client_set_lost_handler(amps_client_t* client, const amps_disconnect_handler_t* handler) {
  return set_listener(client, handler);
}

amps_result amps_client_set_exception_listener(amps_client_t* client,
                                               const amps_exception_listener_t* listener) {
  return set_listener(client, listener);
}

amps_result amps_client_get_exception_listener(amps_client_t* client, amps_exception_listener_t* listener) {
  return guarded(client, [&](Client& c) { return give(c.listeners().exception(), listener); });
}

void amps_client_report(amps_client_t* client, int32_t code, amps_span_t text) {
  (void)guarded(client, [&](Client& c) {
    c.report(code, view_of(text));
    return Status();
  });
}

amps_result amps_client_add_state_listener(amps_client_t* client, const amps_state_listener_t* listener) {
  return guarded_with(client, listener, [](Client& c, CallbackPtr<amps_state_listener_t> taken) {
    if (taken != nullptr) c.listeners().add_state_listener(std::move(taken));
    return Status();
  });
}

amps_result amps_client_remove_state_listener(amps_client_t* client,
                                              void (*fn)(int32_t state, void* userdata), void* userdata) {
  return guarded(client, [&](Client& c) {
    c.listeners().remove_state_listener(fn, userdata);
    return Status();
  });
}

amps_result amps_client_clear_state_listeners(amps_client_t* client) {
  return guarded(client, [](Client& c) {
    c.listeners().clear_state_listeners();
    return Status();
  });
}

amps_result amps_client_set_failed_write_handler(amps_client_t* client,
                                                 const amps_failed_write_handler_t* handler) {
  return set_listener(client, handler);
}

amps_result amps_client_get_failed_write_handler(amps_client_t* client,
                                                 amps_failed_write_handler_t* handler) {
  return guarded(client, [&](Client& c) { return give(c.listeners().failed_write(), handler); });
}

amps_result amps_client_set_transport_filter(amps_client_t* client, const amps_transport_filter_t* filter) {
  return set_listener(client, filter);
}

amps_result amps_client_set_thread_created(amps_client_t* client, const amps_thread_callback_t* callback) {
  return set_listener(client, callback);
}

amps_result amps_client_deferred_execution(amps_client_t* client, const amps_thread_callback_t* callback) {
  return guarded_with(client, callback, [](Client& c, CallbackPtr<amps_thread_callback_t> taken) -> Status {
    if (taken == nullptr) return Status(AMPS_E_USAGE, "there is no function to run");
    c.listeners().defer(std::move(taken));
    const auto connection = c.session().connection();
    if (connection != nullptr) connection->waker().wake();
    return Status();
  });
}

void amps_set_delivery_hooks(const amps_delivery_hooks_t* hooks) {
  amps_delivery_hooks_t known{};
  if (hooks != nullptr) std::memcpy(&known, hooks, std::min<std::size_t>(hooks->struct_size, sizeof known));
  amps::client::set_delivery_hooks(known);
}

}  // extern "C"
