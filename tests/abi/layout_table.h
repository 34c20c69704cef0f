/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the members of the public structs lie on a machine with 64-bit pointers. Programs compiled
 * long ago rely on it: rows are appended, never changed.
 */
#ifndef AMPS_TESTS_LAYOUT_TABLE_H
#define AMPS_TESTS_LAYOUT_TABLE_H

/* S(struct, size) begins a struct; M(struct, member, offset, size) follow. */
#define AMPS_LAYOUT_TABLE(S, M)                             \
  S(amps_span_t, 16)                                        \
  M(amps_span_t, ptr, 0, 8)                                 \
  M(amps_span_t, len, 8, 8)                                 \
  S(amps_message_t, 48)                                     \
  M(amps_message_t, struct_size, 0, 4)                      \
  M(amps_message_t, field_count, 4, 4)                      \
  M(amps_message_t, present, 8, 8)                          \
  M(amps_message_t, command, 16, 4)                         \
  M(amps_message_t, ack_types, 20, 4)                       \
  M(amps_message_t, data, 24, 16)                           \
  M(amps_message_t, fields, 40, 8)                          \
  S(amps_message_ref_t, 8)                                  \
  M(amps_message_ref_t, body, 0, 8)                         \
  S(amps_client_ref_t, 8)                                   \
  M(amps_client_ref_t, body, 0, 8)                          \
  S(amps_handler_t, 40)                                     \
  M(amps_handler_t, struct_size, 0, 4)                      \
  M(amps_handler_t, flags, 4, 4)                            \
  M(amps_handler_t, fn, 8, 8)                               \
  M(amps_handler_t, userdata, 16, 8)                        \
  M(amps_handler_t, release, 24, 8)                         \
  M(amps_handler_t, owner, 32, 8)                           \
  S(amps_disconnect_handler_t, 32)                          \
  M(amps_disconnect_handler_t, struct_size, 0, 4)           \
  M(amps_disconnect_handler_t, fn, 8, 8)                    \
  M(amps_disconnect_handler_t, userdata, 16, 8)             \
  M(amps_disconnect_handler_t, release, 24, 8)              \
  S(amps_exception_listener_t, 32)                          \
  M(amps_exception_listener_t, struct_size, 0, 4)           \
  M(amps_exception_listener_t, fn, 8, 8)                    \
  M(amps_exception_listener_t, userdata, 16, 8)             \
  M(amps_exception_listener_t, release, 24, 8)              \
  S(amps_state_listener_t, 32)                              \
  M(amps_state_listener_t, struct_size, 0, 4)               \
  M(amps_state_listener_t, fn, 8, 8)                        \
  M(amps_state_listener_t, userdata, 16, 8)                 \
  M(amps_state_listener_t, release, 24, 8)                  \
  S(amps_failed_write_handler_t, 32)                        \
  M(amps_failed_write_handler_t, struct_size, 0, 4)         \
  M(amps_failed_write_handler_t, fn, 8, 8)                  \
  M(amps_failed_write_handler_t, userdata, 16, 8)           \
  M(amps_failed_write_handler_t, release, 24, 8)            \
  S(amps_transport_bytes_t, 24)                             \
  M(amps_transport_bytes_t, struct_size, 0, 4)              \
  M(amps_transport_bytes_t, incoming, 4, 4)                 \
  M(amps_transport_bytes_t, bytes, 8, 16)                   \
  S(amps_transport_filter_t, 32)                            \
  M(amps_transport_filter_t, struct_size, 0, 4)             \
  M(amps_transport_filter_t, fn, 8, 8)                      \
  M(amps_transport_filter_t, userdata, 16, 8)               \
  M(amps_transport_filter_t, release, 24, 8)                \
  S(amps_thread_callback_t, 32)                             \
  M(amps_thread_callback_t, struct_size, 0, 4)              \
  M(amps_thread_callback_t, fn, 8, 8)                       \
  M(amps_thread_callback_t, userdata, 16, 8)                \
  M(amps_thread_callback_t, release, 24, 8)                 \
  S(amps_delivery_hooks_t, 24)                              \
  M(amps_delivery_hooks_t, struct_size, 0, 4)               \
  M(amps_delivery_hooks_t, before_wait, 8, 8)               \
  M(amps_delivery_hooks_t, thread_end, 16, 8)               \
  S(amps_authenticator_vt_t, 56)                            \
  M(amps_authenticator_vt_t, struct_size, 0, 4)             \
  M(amps_authenticator_vt_t, family, 8, 8)                  \
  M(amps_authenticator_vt_t, retain, 16, 8)                 \
  M(amps_authenticator_vt_t, release, 24, 8)                \
  M(amps_authenticator_vt_t, authenticate, 32, 8)           \
  M(amps_authenticator_vt_t, retry, 40, 8)                  \
  M(amps_authenticator_vt_t, completed, 48, 8)              \
  S(amps_server_chooser_vt_t, 72)                           \
  M(amps_server_chooser_vt_t, struct_size, 0, 4)            \
  M(amps_server_chooser_vt_t, family, 8, 8)                 \
  M(amps_server_chooser_vt_t, retain, 16, 8)                \
  M(amps_server_chooser_vt_t, release, 24, 8)               \
  M(amps_server_chooser_vt_t, current_uri, 32, 8)           \
  M(amps_server_chooser_vt_t, current_authenticator, 40, 8) \
  M(amps_server_chooser_vt_t, report_failure, 48, 8)        \
  M(amps_server_chooser_vt_t, report_success, 56, 8)        \
  M(amps_server_chooser_vt_t, error, 64, 8)                 \
  S(amps_delay_strategy_vt_t, 48)                           \
  M(amps_delay_strategy_vt_t, struct_size, 0, 4)            \
  M(amps_delay_strategy_vt_t, family, 8, 8)                 \
  M(amps_delay_strategy_vt_t, retain, 16, 8)                \
  M(amps_delay_strategy_vt_t, release, 24, 8)               \
  M(amps_delay_strategy_vt_t, wait_duration, 32, 8)         \
  M(amps_delay_strategy_vt_t, reset, 40, 8)                 \
  S(amps_failed_resubscribe_vt_t, 40)                       \
  M(amps_failed_resubscribe_vt_t, struct_size, 0, 4)        \
  M(amps_failed_resubscribe_vt_t, family, 8, 8)             \
  M(amps_failed_resubscribe_vt_t, retain, 16, 8)            \
  M(amps_failed_resubscribe_vt_t, release, 24, 8)           \
  M(amps_failed_resubscribe_vt_t, failure, 32, 8)           \
  S(amps_subscription_manager_vt_t, 64)                     \
  M(amps_subscription_manager_vt_t, struct_size, 0, 4)      \
  M(amps_subscription_manager_vt_t, family, 8, 8)           \
  M(amps_subscription_manager_vt_t, retain, 16, 8)          \
  M(amps_subscription_manager_vt_t, release, 24, 8)         \
  M(amps_subscription_manager_vt_t, subscribe, 32, 8)       \
  M(amps_subscription_manager_vt_t, unsubscribe, 40, 8)     \
  M(amps_subscription_manager_vt_t, clear, 48, 8)           \
  M(amps_subscription_manager_vt_t, resubscribe, 56, 8)     \
  S(amps_bookmark_store_vt_t, 112)                          \
  M(amps_bookmark_store_vt_t, struct_size, 0, 4)            \
  M(amps_bookmark_store_vt_t, family, 8, 8)                 \
  M(amps_bookmark_store_vt_t, retain, 16, 8)                \
  M(amps_bookmark_store_vt_t, release, 24, 8)               \
  M(amps_bookmark_store_vt_t, log, 32, 8)                   \
  M(amps_bookmark_store_vt_t, discard, 40, 8)               \
  M(amps_bookmark_store_vt_t, discard_sequence, 48, 8)      \
  M(amps_bookmark_store_vt_t, most_recent, 56, 8)           \
  M(amps_bookmark_store_vt_t, is_discarded, 64, 8)          \
  M(amps_bookmark_store_vt_t, purge, 72, 8)                 \
  M(amps_bookmark_store_vt_t, oldest_sequence, 80, 8)       \
  M(amps_bookmark_store_vt_t, persisted, 88, 8)             \
  M(amps_bookmark_store_vt_t, set_server_version, 96, 8)    \
  M(amps_bookmark_store_vt_t, begin, 104, 8)                \
  S(amps_publish_store_vt_t, 104)                           \
  M(amps_publish_store_vt_t, struct_size, 0, 4)             \
  M(amps_publish_store_vt_t, family, 8, 8)                  \
  M(amps_publish_store_vt_t, retain, 16, 8)                 \
  M(amps_publish_store_vt_t, release, 24, 8)                \
  M(amps_publish_store_vt_t, store, 32, 8)                  \
  M(amps_publish_store_vt_t, discard_up_to, 40, 8)          \
  M(amps_publish_store_vt_t, replay, 48, 8)                 \
  M(amps_publish_store_vt_t, replay_single, 56, 8)          \
  M(amps_publish_store_vt_t, unpersisted_count, 64, 8)      \
  M(amps_publish_store_vt_t, flush, 72, 8)                  \
  M(amps_publish_store_vt_t, lowest_unpersisted, 80, 8)     \
  M(amps_publish_store_vt_t, last_persisted, 88, 8)         \
  M(amps_publish_store_vt_t, resume_after, 96, 8)           \
  S(amps_broker_transport_t, 64)                            \
  M(amps_broker_transport_t, struct_size, 0, 4)             \
  M(amps_broker_transport_t, name, 8, 8)                    \
  M(amps_broker_transport_t, type, 16, 8)                   \
  M(amps_broker_transport_t, address, 24, 8)                \
  M(amps_broker_transport_t, message_type, 32, 8)           \
  M(amps_broker_transport_t, certificate, 40, 8)            \
  M(amps_broker_transport_t, private_key, 48, 8)            \
  M(amps_broker_transport_t, ca_file, 56, 8)                \
  S(amps_broker_address_t, 96)                              \
  M(amps_broker_address_t, struct_size, 0, 4)               \
  M(amps_broker_address_t, name, 8, 16)                     \
  M(amps_broker_address_t, type, 24, 16)                    \
  M(amps_broker_address_t, host, 40, 16)                    \
  M(amps_broker_address_t, message_type, 56, 16)            \
  M(amps_broker_address_t, path, 72, 16)                    \
  M(amps_broker_address_t, port, 88, 4)                     \
  S(amps_broker_log_t, 40)                                  \
  M(amps_broker_log_t, struct_size, 0, 4)                   \
  M(amps_broker_log_t, fn, 8, 8)                            \
  M(amps_broker_log_t, userdata, 16, 8)                     \
  M(amps_broker_log_t, release, 24, 8)                      \
  M(amps_broker_log_t, wants_trace, 32, 4)                  \
  S(amps_broker_authenticator_t, 32)                        \
  M(amps_broker_authenticator_t, struct_size, 0, 4)         \
  M(amps_broker_authenticator_t, fn, 8, 8)                  \
  M(amps_broker_authenticator_t, userdata, 16, 8)           \
  M(amps_broker_authenticator_t, release, 24, 8)

#endif /* AMPS_TESTS_LAYOUT_TABLE_H */
