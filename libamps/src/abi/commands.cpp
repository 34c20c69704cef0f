// SPDX-License-Identifier: Apache-2.0
// amps_client.h: commands and queue acknowledgements; amps_message_ack().
#include "abi/client_guard.h"
#include "client/failure.h"
#include "client/message.h"

using amps::Status;
using amps::abi::guarded;
using amps::abi::guarded_with;
using amps::abi::keep_span;
using amps::abi::view_of;
using amps::client::Client;
using amps::client::CommandIds;
using amps::client::HandlerPtr;
using amps::client::Message;

namespace {

Status require(const void* pointer, const char* what) {
  return pointer != nullptr ? Status() : Status(AMPS_E_USAGE, std::string(what) + " is NULL");
}

}  // namespace

extern "C" {

amps_result amps_client_execute(amps_client_t* client, const amps_message_t* command,
                                const amps_handler_t* handler, uint32_t timeout_ms, uint32_t flags,
                                amps_span_t* id) {
  return guarded_with(client, handler, [&](Client& c, HandlerPtr taken) -> Status {
    AMPS_RETURN_IF_ERROR(require(command, "the command"));
    CommandIds ids;
    constexpr std::uint32_t kPublic = AMPS_EXECUTE_NO_RESUBSCRIBE | AMPS_EXECUTE_AS_IS;
    Status status =
        c.commands().execute(*Message::from(command), std::move(taken), timeout_ms, flags & kPublic, &ids);
    if (status.ok() && id != nullptr) *id = keep_span(ids.main());
    return status;
  });
}

amps_result amps_client_unsubscribe(amps_client_t* client, amps_span_t ids) {
  return guarded(client, [&](Client& c) { return c.commands().unsubscribe(view_of(ids)); });
}

amps_result amps_client_send(amps_handle client, amps_handle message) {
  return guarded(client, [&](Client& c) -> Status {
    AMPS_RETURN_IF_ERROR(require(message, "the message"));
    return c.commands().send(*Message::from(static_cast<amps_message_t*>(message)));
  });
}

amps_result amps_client_add_route(amps_client_t* client, amps_span_t id, const amps_handler_t* handler,
                                  uint32_t ack_types, int32_t is_subscription) {
  return guarded_with(client, handler, [&](Client& c, HandlerPtr taken) -> Status {
    if (id.len == 0) return Status(AMPS_E_USAGE, "a route needs an id");
    c.commands().add_route(view_of(id), std::move(taken), ack_types, is_subscription != 0);
    return Status();
  });
}

amps_result amps_client_remove_route(amps_client_t* client, amps_span_t id) {
  return guarded(client, [&](Client& c) -> Status {
    if (c.commands().remove_route(view_of(id))) return Status();
    return Status(AMPS_E_NOT_FOUND, "there is no route for '" + std::string(view_of(id)) + "'");
  });
}

amps_result amps_client_ack(amps_client_t* client, amps_span_t topic, amps_span_t bookmarks,
                            amps_span_t options) {
  return guarded(client, [&](Client& c) {
    return c.queue_acks().acknowledge(view_of(topic), view_of(bookmarks), view_of(options), 0);
  });
}

amps_result amps_client_flush_acks(amps_client_t* client) {
  return guarded(client, [](Client& c) { return c.queue_acks().flush(); });
}

amps_result amps_client_discard(amps_client_t* client, amps_message_t* message) {
  return guarded(client, [&](Client& c) -> Status {
    AMPS_RETURN_IF_ERROR(require(message, "the message"));
    amps_message_ref_t ref{message};
    return amps::client::callback_status(
        c.plugins().get<amps_bookmark_store_vt_t>().call(&amps_bookmark_store_vt_t::discard, &ref),
        "the bookmark store's discard()");
  });
}

amps_result amps_message_ack(amps_message_t* message, amps_span_t options) {
  Message* body = message == nullptr ? nullptr : Message::from(message);
  if (body == nullptr || !body->delivery.is_queue || body->owner() == nullptr) return AMPS_E_OK;
  return guarded(body->owner(), [&](Client& c) {
    body->delivery.ignore_auto_ack = true;  // It is acknowledged once.
    return c.queue_acks().acknowledge(body->get(AMPS_Topic), body->get(AMPS_Bookmark), view_of(options),
                                      body->delivery.backlog_max);
  });
}

}  // extern "C"
