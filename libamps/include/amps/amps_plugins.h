/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file amps_plugins.h
 * Tables of functions by which a program puts its own parts into a client.
 *
 * Every table begins with struct_size, so that it may grow; a NULL entry means the default. Tables
 * stay valid and unchanged while installed; self is retained on installation and released after the
 * last call. Functions return an ::amps_result and say why with amps_callback_error(). Spans they
 * return are copied at once. The library holds no lock while it calls them.
 * Setting a NULL table removes the part. `family` names who made the table, so that a façade can
 * recognise and unwrap its own objects; it may be NULL.
 */
#ifndef AMPS_PLUGINS_H
#define AMPS_PLUGINS_H

#include "amps_client.h"

AMPS_BEGIN_DECLS

#define AMPS_TABLE_HEAD       \
  uint32_t struct_size;       \
  const char* family;         \
  void (*retain)(void* self); \
  void (*release)(void* self)

/** Logon dialogue. Threads: the one that logs on. */
typedef struct amps_authenticator_vt {
  AMPS_TABLE_HEAD;
  amps_result (*authenticate)(void* self, amps_span_t user, amps_span_t password, amps_span_t* token);
  amps_result (*retry)(void* self, amps_span_t user, amps_span_t password, amps_span_t* token);
  amps_result (*completed)(void* self, amps_span_t user, amps_span_t password, amps_span_t reason);
} amps_authenticator_vt_t;

/** Which server next. Threads: the one that connects or reconnects, never two at a time. */
typedef struct amps_server_chooser_vt {
  AMPS_TABLE_HEAD;
  /** An empty URI gives up. */
  amps_result (*current_uri)(void* self, amps_span_t* uri);
  /** *authenticator stays NULL for the default one. */
  amps_result (*current_authenticator)(void* self, const amps_authenticator_vt_t** authenticator,
                                       void** authenticator_self);
  amps_result (*report_failure)(void* self, int32_t code, amps_span_t text, amps_client_t* client);
  amps_result (*report_success)(void* self, amps_client_t* client);
  amps_result (*error)(void* self, amps_span_t* text);
} amps_server_chooser_vt_t;

/** How long to wait before a URI is tried. A result other than 0 gives up. */
typedef struct amps_delay_strategy_vt {
  AMPS_TABLE_HEAD;
  amps_result (*wait_duration)(void* self, amps_span_t uri, uint32_t* milliseconds);
  amps_result (*reset)(void* self);
} amps_delay_strategy_vt_t;

/** A subscription that could not be placed again. *drop: 1 forgets it, 0 fails the attempt. */
typedef struct amps_failed_resubscribe_vt {
  AMPS_TABLE_HEAD;
  amps_result (*failure)(void* self, amps_message_ref_t* command, uint32_t ack_types, int32_t code,
                         amps_span_t text, int32_t* drop);
} amps_failed_resubscribe_vt_t;

/** Remembers subscriptions and places them again. Threads: subscribe and unsubscribe any,
 *  resubscribe the one that reconnects. The handler given to subscribe stays valid until the
 *  matching unsubscribe or clear; it is passed back to amps_client_execute(). */
typedef struct amps_subscription_manager_vt {
  AMPS_TABLE_HEAD;
  amps_result (*subscribe)(void* self, const amps_handler_t* handler, amps_message_ref_t* command,
                           uint32_t ack_types);
  amps_result (*unsubscribe)(void* self, amps_span_t id);
  amps_result (*clear)(void* self);
  amps_result (*resubscribe)(void* self, amps_client_ref_t* client);
} amps_subscription_manager_vt_t;

/** Remembers which messages were processed. Threads: log, is_discarded, persisted the receive
 *  thread; discard any. */
typedef struct amps_bookmark_store_vt {
  AMPS_TABLE_HEAD;
  amps_result (*log)(void* self, amps_message_ref_t* message, uint64_t* sequence);
  amps_result (*discard)(void* self, amps_message_ref_t* message);
  amps_result (*discard_sequence)(void* self, amps_span_t sub_id, uint64_t sequence);
  amps_result (*most_recent)(void* self, amps_span_t sub_id, amps_span_t* bookmark);
  amps_result (*is_discarded)(void* self, amps_message_ref_t* message, int32_t* discarded);
  amps_result (*purge)(void* self, amps_span_t sub_id); /**< Empty id: everything. */
  amps_result (*oldest_sequence)(void* self, amps_span_t sub_id, uint64_t* sequence);
  amps_result (*persisted)(void* self, amps_span_t sub_id, amps_span_t bookmark);
  amps_result (*set_server_version)(void* self, uint64_t version);
  /** A subscription is placed. is_again 0: by the program, which gets again what was delivered and not
   *  discarded; 1: after a reconnect. Before most_recent. */
  amps_result (*begin)(void* self, amps_span_t sub_id, int32_t is_again);
} amps_bookmark_store_vt_t;

/** Called by a publish store for each message it keeps. */
typedef amps_result (*amps_store_replay_fn)(amps_message_ref_t* message, void* userdata);

/** Keeps publishes until the server has persisted them. Threads: store the publishing ones,
 *  discard_up_to the receive thread, replay the one that reconnects. A store that is full returns
 *  AMPS_E_WOULD_BLOCK: the publisher then waits for acknowledgements and calls again. */
typedef struct amps_publish_store_vt {
  AMPS_TABLE_HEAD;
  amps_result (*store)(void* self, amps_message_ref_t* message, uint64_t* sequence);
  amps_result (*discard_up_to)(void* self, uint64_t sequence);
  amps_result (*replay)(void* self, amps_store_replay_fn replay, void* userdata);
  /** AMPS_E_NOT_FOUND when the message is gone. */
  amps_result (*replay_single)(void* self, amps_store_replay_fn replay, void* userdata, uint64_t sequence);
  amps_result (*unpersisted_count)(void* self, uint64_t* count);
  amps_result (*flush)(void* self, uint32_t timeout_ms);
  amps_result (*lowest_unpersisted)(void* self, uint64_t* sequence);
  amps_result (*last_persisted)(void* self, uint64_t* sequence);
  /** At each logon, before discard_up_to: the server's latest number of this client. A store that no server
   *  knows yet goes on behind it. */
  amps_result (*resume_after)(void* self, uint64_t sequence);
} amps_publish_store_vt_t;

AMPS_API amps_result amps_client_set_server_chooser(amps_client_t*, const amps_server_chooser_vt_t*,
                                                    void* self);
AMPS_API amps_result amps_client_get_server_chooser(amps_client_t*, const amps_server_chooser_vt_t**,
                                                    void** self);
AMPS_API amps_result amps_client_set_delay_strategy(amps_client_t*, const amps_delay_strategy_vt_t*,
                                                    void* self);
AMPS_API amps_result amps_client_get_delay_strategy(amps_client_t*, const amps_delay_strategy_vt_t**,
                                                    void** self);
AMPS_API amps_result amps_client_set_failed_resubscribe(amps_client_t*, const amps_failed_resubscribe_vt_t*,
                                                        void* self);
AMPS_API amps_result amps_client_set_subscription_manager(amps_client_t*,
                                                          const amps_subscription_manager_vt_t*, void* self);
AMPS_API amps_result amps_client_get_subscription_manager(amps_client_t*,
                                                          const amps_subscription_manager_vt_t**,
                                                          void** self);
/** Only while disconnected; else AMPS_E_ALREADY_CONNECTED. The same for the publish store. */
AMPS_API amps_result amps_client_set_bookmark_store(amps_client_t*, const amps_bookmark_store_vt_t*,
                                                    void* self);
AMPS_API amps_result amps_client_get_bookmark_store(amps_client_t*, const amps_bookmark_store_vt_t**,
                                                    void** self);
AMPS_API amps_result amps_client_set_publish_store(amps_client_t*, const amps_publish_store_vt_t*,
                                                   void* self);
AMPS_API amps_result amps_client_get_publish_store(amps_client_t*, const amps_publish_store_vt_t**,
                                                   void** self);

/* Parts the library brings, as (table, self) pairs; self carries one reference for the caller. */

/** Goes round a list of URIs; stays after success. */
AMPS_API amps_result amps_default_chooser_new(const amps_server_chooser_vt_t** vt, void** self);
AMPS_API amps_result amps_default_chooser_add(void* self, amps_span_t uri,
                                              const amps_authenticator_vt_t* authenticator,
                                              void* authenticator_self);
AMPS_API amps_result amps_default_chooser_prepend(void* self, amps_span_t uri);
AMPS_API amps_result amps_default_chooser_remove(void* self, amps_span_t uri);
AMPS_API amps_result amps_default_chooser_next(void* self);
/** @param retry_max_ms give up after this many milliseconds without success; 0: never */
AMPS_API amps_result amps_fixed_delay_new(uint32_t delay_ms, uint32_t retry_max_ms,
                                          const amps_delay_strategy_vt_t** vt, void** self);
AMPS_API amps_result amps_exponential_delay_new(uint32_t initial_ms, uint32_t delay_max_ms, double exponent,
                                                uint32_t retry_max_ms, double jitter,
                                                const amps_delay_strategy_vt_t** vt, void** self);
AMPS_API amps_result amps_memory_subscription_manager_new(const amps_subscription_manager_vt_t** vt,
                                                          void** self);

/** The disk has what was stored when a call returns, so that it survives a loss of power. */
#define AMPS_STORE_SYNC 0x1u

/**
 * A publish store in memory: survives reconnects and other servers, not the end of the process.
 * @param size_bytes_max bytes kept before publishers wait for acknowledgements; 0: 1 GiB
 */
AMPS_API amps_result amps_memory_publish_store_new(uint64_t size_bytes_max,
                                                   const amps_publish_store_vt_t** vt, void** self);
/**
 * A publish store whose file survives the process. One store at a time may have the file; the next client
 * that uses it needs the same name.
 * @param flags AMPS_STORE_SYNC or 0
 */
AMPS_API amps_result amps_file_publish_store_new(amps_span_t path, uint32_t flags, uint64_t size_bytes_max,
                                                 const amps_publish_store_vt_t** vt, void** self);
/** Waits until the disk has everything. Nothing to do for a store in memory. */
AMPS_API amps_result amps_publish_store_sync(void* self);
/** Gives the file up, also while a client has the store; storing fails from then on. */
AMPS_API amps_result amps_publish_store_close(void* self);
/** A bookmark store in memory. */
AMPS_API amps_result amps_memory_bookmark_store_new(const amps_bookmark_store_vt_t** vt, void** self);
/** A bookmark store whose file survives the process. @param flags AMPS_STORE_SYNC or 0 */
AMPS_API amps_result amps_file_bookmark_store_new(amps_span_t path, uint32_t flags,
                                                  const amps_bookmark_store_vt_t** vt, void** self);
AMPS_API amps_result amps_bookmark_store_sync(void* self);
/** Gives the file up, also while a client has the store; discarding fails from then on. */
AMPS_API amps_result amps_bookmark_store_close(void* self);
/** Writes the file anew without what is finished. It happens by itself when much is. */
AMPS_API amps_result amps_bookmark_store_prune(void* self);

AMPS_END_DECLS

#endif /* AMPS_PLUGINS_H */
