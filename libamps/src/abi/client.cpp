// SPDX-License-Identifier: Apache-2.0
// amps_client.h: the library, life, numbers and texts, session, publishing.
#include "abi/client_guard.h"
#include "amps/amps_plugins.h"
#include "base/interrupt.h"
#include "client/thread_context.h"
#include "client/timer.h"
#include "client/unique_id.h"

using amps::Status;
using amps::abi::guarded;
using amps::abi::keep_span;
using amps::abi::text_of;
using amps::abi::view_of;
using amps::client::AuthenticatorPlugin;
using amps::client::Client;

namespace amps::abi {

Client* client_of(amps_client_t* handle, Status* why) noexcept {
  if (handle == nullptr || handle->magic != amps_client::kMagic) {
    *why = Status(AMPS_E_USAGE, handle == nullptr ? "the client is NULL" : "the handle is no client");
    return nullptr;
  }
  Client* client = Client::from(handle);
  if (!client->is_foreign()) return client;
  *why = Status(AMPS_E_USAGE, "the client was made before fork(); make another one in the child");
  return nullptr;
}

}  // namespace amps::abi

namespace {

constexpr const char* kVersion = AMPS_PROJECT_VERSION;  // Of meson.build.

Status make_client(amps_client_t** out, std::string_view name, std::uint32_t kind) {
  if (out == nullptr) return Status(AMPS_E_USAGE, "there is no place for the client");
  *out = nullptr;
  if (kind != AMPS_CLIENT_KIND_PLAIN && kind != AMPS_CLIENT_KIND_HA) {
    return Status(AMPS_E_USAGE, "there is no client kind " + std::to_string(kind));
  }
  *out = new Client(name.empty() ? amps::client::unique_id() : std::string(name), kind);
  return Status();
}

}  // namespace

extern "C" {

uint32_t amps_abi_version(void) {
  return AMPS_ABI_VERSION;
}
const char* amps_version_string(void) {
  return kVersion;
}

void amps_last_error(int32_t* code, amps_span_t* text, amps_span_t* reason) {
  const Status& latest = amps::client::last_failure();
  if (code != nullptr) *code = latest.code();
  if (text != nullptr) *text = amps::abi::span_of(latest.text());
  if (reason != nullptr) *reason = amps::abi::span_of(latest.reason());
}

void amps_callback_error(int32_t code, amps_span_t text) {
  amps::client::set_callback_failure(static_cast<amps_result>(code), view_of(text));
}

amps_uint64_t amps_now(void) {
  return amps::client::now_ms();
}

void amps_set_interrupt_hook(int32_t (*hook)(void)) {
  amps::set_interrupt_hook(hook);
}

amps_result amps_client_new(amps_client_t** out, amps_span_t name, uint32_t kind) {
  return guarded([&] { return make_client(out, view_of(name), kind); });
}

void amps_client_retain(amps_client_t* client) {
  if (client != nullptr) Client::from(client)->retain();
}

void amps_client_release(amps_client_t* client) {
  if (client == nullptr) return;
  (void)guarded([&] {
    Client::from(client)->release();
    return Status();
  });
}

uint32_t amps_client_kind(const amps_client_t* client) {
  return client != nullptr && client->magic == amps_client::kMagic ? client->kind : 0;
}

amps_handle amps_client_create(const amps_char* name) {
  amps_client_t* client = nullptr;
  (void)guarded([&] { return make_client(&client, text_of(name), AMPS_CLIENT_KIND_PLAIN); });
  return client;
}

amps_result amps_client_set_name(amps_handle client, const amps_char* name) {
  return amps_client_set_text(static_cast<amps_client_t*>(client), AMPS_CLIENT_NAME,
                              amps::abi::span_of(text_of(name)));
}

void amps_client_destroy(amps_handle client) {
  if (client == nullptr) return;
  amps_client_disconnect(client);
  amps_client_release(static_cast<amps_client_t*>(client));
}

size_t amps_client_get_error(amps_handle client, amps_char* buffer, size_t size) {
  std::size_t length = 0;
  (void)guarded([&] {
    Status why;
    Client* object = amps::abi::client_of(static_cast<amps_client_t*>(client), &why);
    const Status failure = object != nullptr ? object->failure() : why;
    length = failure.text().size();
    if (buffer != nullptr && size > 0) {
      const std::size_t count = failure.text().copy(buffer, size - 1);
      buffer[count] = '\0';
    }
    return Status();
  });
  return length;
}

amps_result amps_client_set_number(amps_client_t* client, amps_client_number_t which, uint64_t value) {
  return guarded(client, [&](Client& c) { return c.settings().set_number(which, value); });
}

amps_result amps_client_get_number(amps_client_t* client, amps_client_number_t which, uint64_t* value) {
  return guarded(client, [&](Client& c) -> Status {
    if (static_cast<unsigned>(which) >= AMPS_CLIENT_NUMBER_COUNT || value == nullptr) {
      return Status(AMPS_E_USAGE,
                    "there is no client number " + std::to_string(static_cast<unsigned>(which)));
    }
    *value = c.number(which);
    return Status();
  });
}

amps_result amps_client_set_text(amps_client_t* client, amps_client_text_t which, amps_span_t value) {
  return guarded(client, [&](Client& c) -> Status {
    if (which == AMPS_CLIENT_NAME && !c.session().is_disconnected()) {
      return Status(AMPS_E_ALREADY_CONNECTED, "the name is set before the client connects");
    }
    return c.settings().set_text(which, view_of(value));
  });
}

amps_result amps_client_get_text(amps_client_t* client, amps_client_text_t which, amps_span_t* value) {
  return guarded(client, [&](Client& c) -> Status {
    if (static_cast<unsigned>(which) > AMPS_CLIENT_LANGUAGE || value == nullptr) {
      return Status(AMPS_E_USAGE, "there is no client text " + std::to_string(static_cast<unsigned>(which)));
    }
    *value = keep_span(c.settings().text(which));
    return Status();
  });
}

amps_result amps_client_connection_info(amps_client_t* client,
                                        void (*visit)(amps_span_t key, amps_span_t value, void* userdata),
                                        void* userdata) {
  return guarded(client, [&](Client& c) -> Status {
    if (visit == nullptr) return Status(AMPS_E_USAGE, "there is no function to show the keys to");
    const auto show = [&](std::string_view key, const std::string& value) {
      visit(amps::abi::span_of(key), amps::abi::span_of(value), userdata);
    };
    show("client.name", c.settings().text(AMPS_CLIENT_NAME));
    show("client.uri", c.settings().text(AMPS_CLIENT_URI_REDACTED));
    show("client.version",
         std::string(amps_version_string()) + ":" + c.settings().text(AMPS_CLIENT_LANGUAGE));
    show("client.kind", c.is_ha() ? "ha" : "plain");
    show("client.connected", c.session().is_disconnected() ? "false" : "true");
    show("server.version", c.settings().text(AMPS_CLIENT_SERVER_VERSION_TEXT));
    return Status();
  });
}

amps_result amps_client_connect(amps_handle client, const amps_char* uri) {
  return guarded(client, [&](Client& c) { return c.session().connect(text_of(uri)); });
}

amps_result amps_client_logon(amps_client_t* client, const amps_authenticator_vt_t* authenticator, void* self,
                              const char* options, uint32_t timeout_ms, amps_span_t* command_id) {
  return guarded(client, [&](Client& c) -> Status {
    std::string id;
    AMPS_RETURN_IF_ERROR(
        c.session().logon(AuthenticatorPlugin(authenticator, self), options, timeout_ms, &id));
    if (command_id != nullptr) *command_id = keep_span(id);
    return Status();
  });
}

amps_result amps_client_connect_and_logon(amps_client_t* client) {
  return guarded(client, [](Client& c) { return c.session().connect_and_logon(); });
}

void amps_client_disconnect(amps_handle client) {
  (void)guarded(client, [](Client& c) {
    c.session().disconnect();
    return Status();
  });
}

amps_result amps_client_set_heartbeat(amps_client_t* client, uint32_t interval_s, uint32_t timeout_s) {
  return guarded(client, [&](Client& c) { return c.session().set_heartbeat(interval_s, timeout_s); });
}

amps_result amps_client_add_http_preflight_header(amps_client_t* client, amps_span_t line) {
  return guarded(client, [&](Client& c) -> Status {
    const std::string_view text = view_of(line);
    if (text.find(':') == std::string_view::npos || text.find_first_of("\r\n") != std::string_view::npos) {
      return Status(AMPS_E_USAGE, "a preflight header is one line, \"Name: value\"");
    }
    c.session().add_preflight_header(text);
    return Status();
  });
}

amps_result amps_client_clear_http_preflight_headers(amps_client_t* client) {
  return guarded(client, [](Client& c) {
    c.session().clear_preflight_headers();
    return Status();
  });
}

amps_result amps_client_publish(amps_client_t* client, amps_span_t topic, amps_span_t data,
                                uint32_t expiration_s, uint32_t flags, uint64_t* sequence) {
  return guarded(client, [&](Client& c) {
    if (amps::abi::lacks_bytes(topic.ptr, topic.len) || amps::abi::lacks_bytes(data.ptr, data.len)) {
      return Status(AMPS_E_USAGE, "topic or data is NULL, but has a length");
    }
    return c.publisher().publish(view_of(topic), view_of(data), expiration_s, flags, sequence);
  });
}

amps_result amps_client_publish_flush(amps_client_t* client, uint32_t timeout_ms, uint32_t ack_type) {
  return guarded(client, [&](Client& c) { return c.publisher().flush(timeout_ms, ack_type); });
}

}  // extern "C"
