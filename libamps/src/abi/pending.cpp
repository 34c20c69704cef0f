// SPDX-License-Identifier: Apache-2.0
#include "amps/amps.h"
#include "amps/amps_ssl.h"
#pragma GCC diagnostic ignored "-Wunused-parameter"
extern "C" {
amps_result amps_message_ack(amps_message_t *message, amps_span_t options) { return AMPS_E_UNKNOWN; }
uint32_t amps_abi_version(void) { return {}; }
const char * amps_version_string(void) { return ""; }
void amps_last_error(int32_t *code, amps_span_t *text, amps_span_t *reason) {  }
void amps_callback_error(int32_t code, amps_span_t text) {  }
amps_uint64_t amps_now(void) { return {}; }
void amps_set_interrupt_hook(int32_t (*hook)(void)) {  }
amps_result amps_client_new(amps_client_t **out, amps_span_t name, uint32_t kind) { return AMPS_E_UNKNOWN; }
void amps_client_retain(amps_client_t *client) {  }
void amps_client_release(amps_client_t *client) {  }
uint32_t amps_client_kind(const amps_client_t *client) { return {}; }
amps_handle amps_client_create(const amps_char *name) { return {}; }
amps_result amps_client_set_name(amps_handle client, const amps_char *name) { return AMPS_E_UNKNOWN; }
void amps_client_destroy(amps_handle client) {  }
size_t amps_client_get_error(amps_handle client, amps_char *buffer, size_t size) { return {}; }
amps_result amps_client_set_number(amps_client_t *client, amps_client_number_t which, uint64_t value) { return AMPS_E_UNKNOWN; }
amps_result amps_client_get_number(amps_client_t *client, amps_client_number_t which, uint64_t *value) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_text(amps_client_t *client, amps_client_text_t which, amps_span_t value) { return AMPS_E_UNKNOWN; }
amps_result amps_client_get_text(amps_client_t *client, amps_client_text_t which, amps_span_t *value) { return AMPS_E_UNKNOWN; }
amps_result amps_client_connection_info(amps_client_t *client, void (*visit)(amps_span_t key, amps_span_t value, void *userdata), void *userdata) { return AMPS_E_UNKNOWN; }
amps_result amps_client_connect(amps_handle client, const amps_char *uri) { return AMPS_E_UNKNOWN; }
amps_result amps_client_logon(amps_client_t *client, const struct amps_authenticator_vt *authenticator, void *self, const char *options, uint32_t timeout_ms, amps_span_t *command_id) { return AMPS_E_UNKNOWN; }
amps_result amps_client_connect_and_logon(amps_client_t *client) { return AMPS_E_UNKNOWN; }
void amps_client_disconnect(amps_handle client) {  }
amps_result amps_client_set_heartbeat(amps_client_t *client, uint32_t interval_s, uint32_t timeout_s) { return AMPS_E_UNKNOWN; }
amps_result amps_client_add_http_preflight_header(amps_client_t *client, amps_span_t line) { return AMPS_E_UNKNOWN; }
amps_result amps_client_clear_http_preflight_headers(amps_client_t *client) { return AMPS_E_UNKNOWN; }
amps_result amps_client_publish(amps_client_t *client, amps_span_t topic, amps_span_t data, uint32_t expiration_s, uint32_t flags, uint64_t *sequence) { return AMPS_E_UNKNOWN; }
amps_result amps_client_publish_flush(amps_client_t *client, uint32_t timeout_ms, uint32_t ack_type) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_handler(amps_client_t *client, amps_handler_slot_t slot, const amps_handler_t *handler) { return AMPS_E_UNKNOWN; }
amps_result amps_client_get_handler(amps_client_t *client, amps_handler_slot_t slot, amps_handler_t *handler) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_command_handler(amps_client_t *client, uint32_t command, const amps_handler_t *handler) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_lost_handler(amps_client_t *client, const amps_disconnect_handler_t *handler) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_exception_listener(amps_client_t *client, const amps_exception_listener_t *listener) { return AMPS_E_UNKNOWN; }
void amps_client_report(amps_client_t *client, int32_t code, amps_span_t text) {  }
amps_result amps_client_add_state_listener(amps_client_t *client, const amps_state_listener_t *listener) { return AMPS_E_UNKNOWN; }
amps_result amps_client_remove_state_listener(amps_client_t *client, void (*fn)(int32_t state, void *userdata), void *userdata) { return AMPS_E_UNKNOWN; }
amps_result amps_client_clear_state_listeners(amps_client_t *client) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_failed_write_handler(amps_client_t *client, const amps_failed_write_handler_t *handler) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_transport_filter(amps_client_t *client, const amps_transport_filter_t *filter) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_thread_created(amps_client_t *client, const amps_thread_callback_t *callback) { return AMPS_E_UNKNOWN; }
amps_result amps_client_deferred_execution(amps_client_t *client, const amps_thread_callback_t *callback) { return AMPS_E_UNKNOWN; }
void amps_set_delivery_hooks(const amps_delivery_hooks_t *hooks) {  }
amps_result amps_client_execute(amps_client_t *client, const amps_message_t *command, const amps_handler_t *handler, uint32_t timeout_ms, uint32_t flags, amps_span_t *id) { return AMPS_E_UNKNOWN; }
amps_result amps_client_execute_stream(amps_client_t *client, const amps_message_t *command, uint32_t timeout_ms, uint32_t flags, amps_stream_t **out) { return AMPS_E_UNKNOWN; }
amps_result amps_client_unsubscribe(amps_client_t *client, amps_span_t ids) { return AMPS_E_UNKNOWN; }
amps_result amps_client_send(amps_handle client, amps_handle message) { return AMPS_E_UNKNOWN; }
amps_result amps_client_add_route(amps_client_t *client, amps_span_t id, const amps_handler_t *handler, uint32_t ack_types, int32_t is_subscription) { return AMPS_E_UNKNOWN; }
amps_result amps_client_remove_route(amps_client_t *client, amps_span_t id) { return AMPS_E_UNKNOWN; }
amps_result amps_client_ack(amps_client_t *client, amps_span_t topic, amps_span_t bookmarks, amps_span_t options) { return AMPS_E_UNKNOWN; }
amps_result amps_client_flush_acks(amps_client_t *client) { return AMPS_E_UNKNOWN; }
amps_result amps_client_discard(amps_client_t *client, amps_message_t *message) { return AMPS_E_UNKNOWN; }
void amps_stream_retain(amps_stream_t *stream) {  }
void amps_stream_release(amps_stream_t *stream) {  }
amps_result amps_stream_next(amps_stream_t *stream, uint32_t timeout_ms, amps_message_ref_t *message, amps_stream_state_t *state) { return AMPS_E_UNKNOWN; }
void amps_stream_close(amps_stream_t *stream) {  }
amps_result amps_stream_set_conflating(amps_stream_t *stream, int32_t conflating) { return AMPS_E_UNKNOWN; }
amps_result amps_stream_set_max_depth(amps_stream_t *stream, size_t messages) { return AMPS_E_UNKNOWN; }
size_t amps_stream_max_depth(const amps_stream_t *stream) { return {}; }
size_t amps_stream_depth(const amps_stream_t *stream) { return {}; }
amps_result amps_stream_id(const amps_stream_t *stream, FieldId which, amps_span_t *id) { return AMPS_E_UNKNOWN; }
void amps_client_set_message_handler(amps_handle client, amps_handler handler, void *userdata) {  }
void amps_client_set_disconnect_handler(amps_handle client, amps_handler handler, void *userdata) {  }
void amps_client_set_transport_filter_function(amps_handle client, amps_transport_filter_function filter, void *userdata) {  }
AMPS_SOCKET amps_client_get_socket(amps_handle client) { return {}; }
amps_result amps_client_set_server_chooser(amps_client_t *, const amps_server_chooser_vt_t *, void *self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_get_server_chooser(amps_client_t *, const amps_server_chooser_vt_t **, void **self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_delay_strategy(amps_client_t *, const amps_delay_strategy_vt_t *, void *self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_get_delay_strategy(amps_client_t *, const amps_delay_strategy_vt_t **, void **self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_failed_resubscribe(amps_client_t *, const amps_failed_resubscribe_vt_t *, void *self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_subscription_manager(amps_client_t *, const amps_subscription_manager_vt_t *, void *self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_get_subscription_manager(amps_client_t *, const amps_subscription_manager_vt_t **, void **self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_bookmark_store(amps_client_t *, const amps_bookmark_store_vt_t *, void *self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_get_bookmark_store(amps_client_t *, const amps_bookmark_store_vt_t **, void **self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_set_publish_store(amps_client_t *, const amps_publish_store_vt_t *, void *self) { return AMPS_E_UNKNOWN; }
amps_result amps_client_get_publish_store(amps_client_t *, const amps_publish_store_vt_t **, void **self) { return AMPS_E_UNKNOWN; }
amps_result amps_memory_subscription_manager_new(const amps_subscription_manager_vt_t **vt, void **self) { return AMPS_E_UNKNOWN; }
}
