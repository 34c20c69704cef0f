/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file amps_client.h
 * One connection to a server: session, publishing, subscriptions, handlers.
 *
 * Threads: every function may be called from any thread, except that a message handler must not
 * call a function that waits for the server ("Blocks: for an acknowledgement") on its own client;
 * such a call returns AMPS_E_USAGE at once.
 * Views (amps_span_t results) are valid until the calling thread's next call into the library.
 * A wait ends at its time-out, within 1 s of a disconnect from any thread, and within 100 ms of the
 * interrupt hook asking for it. A time-out of 0 ms waits without limit.
 * In a child made by fork() every function but retain and release returns AMPS_E_USAGE.
 */
#ifndef AMPS_CLIENT_H
#define AMPS_CLIENT_H

#include "amps_message.h"

AMPS_BEGIN_DECLS

typedef struct amps_client amps_client_t; /**< Reference-counted. */
typedef struct amps_stream amps_stream_t; /**< Reference-counted queue of messages. */

/** Has the layout of AMPS::Client and AMPS::HAClient. */
typedef struct amps_client_ref {
  amps_client_t* body;
} amps_client_ref_t;

/* ---- The library ------------------------------------------------------------------------- */

/** Version of the binary interface of the loaded library. */
AMPS_API uint32_t amps_abi_version(void);
/** Version of the library, for example "0.1.0". Static. */
AMPS_API const char* amps_version_string(void);
/**
 * The latest failure on this thread. Any pointer may be NULL.
 * @param code    its ::amps_result
 * @param text    readable sentence: what was tried, the value, the limit
 * @param reason  the server's reason text, empty when the server was not involved
 */
AMPS_API void amps_last_error(int32_t* code, amps_span_t* text, amps_span_t* reason);
/** For functions of the tables below: says why the function is about to return a code. */
AMPS_API void amps_callback_error(int32_t code, amps_span_t text);
/** Milliseconds of a clock that never goes backwards. */
AMPS_API amps_uint64_t amps_now(void);
/**
 * Asked by every waiting call of this process about every 50 ms, on the waiting thread; non-zero
 * ends the wait with AMPS_E_INTERRUPTED. NULL (the default) removes it. Not asked on receive threads.
 */
AMPS_API void amps_set_interrupt_hook(int32_t (*hook)(void));

/* ---- Life -------------------------------------------------------------------------------- */

#define AMPS_CLIENT_KIND_PLAIN 1u
#define AMPS_CLIENT_KIND_HA 2u

/** @param kind AMPS_CLIENT_KIND_PLAIN or _HA. An empty name gets a unique one. */
AMPS_API amps_result amps_client_new(amps_client_t** out, amps_span_t name, uint32_t kind);
AMPS_API void amps_client_retain(amps_client_t* client);
/** The last release disconnects. It may come from a handler: the receive thread then ends by itself. */
AMPS_API void amps_client_release(amps_client_t* client);
/** AMPS_CLIENT_KIND_ of the object; 0 for NULL or for what is no client. */
AMPS_API uint32_t amps_client_kind(const amps_client_t* client);
/** New plain client, or NULL. @param name NUL-terminated, may be NULL. */
AMPS_API amps_handle amps_client_create(const amps_char* name);
AMPS_API amps_result amps_client_set_name(amps_handle client, const amps_char* name);
/** Disconnects and releases. */
AMPS_API void amps_client_destroy(amps_handle client);
/** Copies the text of the client's latest failure, NUL-terminated. @return length of the text. */
AMPS_API size_t amps_client_get_error(amps_handle client, amps_char* buffer, size_t size);

/* ---- Numbers and texts ------------------------------------------------------------------- */

/** Settings: X(name, default, what it is). */
#define AMPS_CLIENT_NUMBER_TABLE(X)                                                                          \
  X(AUTO_ACK, 0, "1: queue messages are acknowledged when the handler returns")                              \
  X(ACK_BATCH_SIZE, 1, "acknowledgements sent together")                                                     \
  X(ACK_TIMEOUT_MS, 0, "longest wait of an acknowledgement in a batch; 0: none, or 1000 when batching")      \
  X(DEFAULT_MAX_DEPTH, 100000, "messages a new stream holds before reading pauses; 0: no limit in messages") \
  X(RETRY_ON_DISCONNECT, 1, "1: a command that lost its connection is sent again")                           \
  X(TIMEOUT_MS, 0, "limit of one connect_and_logon; 0: none")                                                \
  X(RESUBSCRIPTION_TIMEOUT_MS, 0, "limit of each resubscription; 0: none")                                   \
  X(CONNECT_TIMEOUT_MS, 10000, "limit of connecting, TLS handshake included")                                \
  X(PUBLISH_BATCH_BYTES, 0, "coalesce publishes up to this size; 0: adaptive")                               \
  X(PUBLISH_BATCH_TIMEOUT_MS, 0, "longest wait of a coalesced publish")                                      \
  X(ERROR_ON_PUBLISH_GAP, 0, "1: logon fails when the server lost persisted messages")                       \
  X(SERVER_VERSION, 0, "read only: packed version from the logon ack")                                       \
  X(NAME_HASH, 0, "read only: hash of the name as the server uses it in bookmarks")                          \
  X(DISCONNECTED, 1, "read only: 1 when there is no session and none is being restored")                     \
  X(UNPERSISTED_COUNT, 0, "read only: messages in the publish store")                                        \
  X(UNKNOWN_ACK_COUNT, 0, "read only: acks nobody waited for")                                               \
  X(UNKNOWN_SUBSCRIPTION_COUNT, 0, "read only: messages of unknown subscriptions")                           \
  X(OUTBOUND_BYTES_MAX, 1048576, "bytes waiting to be written before publish blocks")                        \
  X(SEND_INLINE, 1, "0: publishing never writes on the calling thread")

typedef enum amps_client_number {
#define AMPS_X(name, value, text) AMPS_CLIENT_##name,
  AMPS_CLIENT_NUMBER_TABLE(AMPS_X)
#undef AMPS_X
      AMPS_CLIENT_NUMBER_COUNT
} amps_client_number_t;

typedef enum amps_client_text {
  AMPS_CLIENT_NAME,                /**< Set only while disconnected. */
  AMPS_CLIENT_LOGON_OPTIONS,       /**< Options of each logon. */
  AMPS_CLIENT_LOGON_CORRELATION,   /**< Correlation id of each logon; base64 alphabet. */
  AMPS_CLIENT_URI,                 /**< Read only: URI of the latest connect, password included. */
  AMPS_CLIENT_URI_REDACTED,        /**< Read only: the same for logs. */
  AMPS_CLIENT_NAME_HASH_TEXT,      /**< Read only. */
  AMPS_CLIENT_SERVER_VERSION_TEXT, /**< Read only. */
  AMPS_CLIENT_LANGUAGE             /**< Suffix of the version sent at logon: "c", "cpp", "python". */
} amps_client_text_t;

AMPS_API amps_result amps_client_set_number(amps_client_t* client, amps_client_number_t which,
                                            uint64_t value);
AMPS_API amps_result amps_client_get_number(amps_client_t* client, amps_client_number_t which,
                                            uint64_t* value);
AMPS_API amps_result amps_client_set_text(amps_client_t* client, amps_client_text_t which, amps_span_t value);
AMPS_API amps_result amps_client_get_text(amps_client_t* client, amps_client_text_t which,
                                          amps_span_t* value);
/** Calls visit for every descriptive key: "client.name", "client.uri", "client.version", … */
AMPS_API amps_result amps_client_connection_info(
    amps_client_t* client, void (*visit)(amps_span_t key, amps_span_t value, void* userdata), void* userdata);

/* ---- Session ----------------------------------------------------------------------------- */

struct amps_authenticator_vt;

/** Opens the transport and starts the receive thread. Blocks: up to AMPS_CLIENT_CONNECT_TIMEOUT_MS. */
AMPS_API amps_result amps_client_connect(amps_handle client, const amps_char* uri);
/**
 * Logs on. Blocks: for an acknowledgement.
 * @param authenticator  NULL: the password of the URI is sent unchanged
 * @param options        NULL or NUL-terminated option list, in place of AMPS_CLIENT_LOGON_OPTIONS
 * @param command_id     id of the logon command; may be NULL
 */
AMPS_API amps_result amps_client_logon(amps_client_t* client,
                                       const struct amps_authenticator_vt* authenticator, void* self,
                                       const char* options, uint32_t timeout_ms, amps_span_t* command_id);
/** HA clients: chooses, connects, logs on and recovers until it works or somebody gives up. Blocks. */
AMPS_API amps_result amps_client_connect_and_logon(amps_client_t* client);
/**
 * Ends the session on purpose; idempotent; the client may connect again. When it returns outside a
 * handler, no handler of this client runs any more, unless the interrupt hook ended the wait.
 * Blocks: ≤ 1 s for what is being written, and for a handler that runs.
 */
AMPS_API void amps_client_disconnect(amps_handle client);
/** Heartbeats now, if connected, and after every later logon. @param timeout_s 0: twice the interval. */
AMPS_API amps_result amps_client_set_heartbeat(amps_client_t* client, uint32_t interval_s,
                                               uint32_t timeout_s);
/** Adds a "Name: value" line to the HTTP preflight request. */
AMPS_API amps_result amps_client_add_http_preflight_header(amps_client_t* client, amps_span_t line);
AMPS_API amps_result amps_client_clear_http_preflight_headers(amps_client_t* client);

/* ---- Publishing -------------------------------------------------------------------------- */

#define AMPS_PUBLISH_DELTA 1u   /**< Merge into the record. */
#define AMPS_PUBLISH_NO_WAIT 2u /**< Return AMPS_E_WOULD_BLOCK, nothing sent, instead of waiting. */
#define AMPS_NO_EXPIRATION 0xFFFFFFFFu

/**
 * Sends one message. Blocks: only while AMPS_CLIENT_OUTBOUND_BYTES_MAX wait to be written, or a
 * bounded publish store is full. May be called from handlers.
 * @param expiration_s  seconds the record lives; AMPS_NO_EXPIRATION: the topic's default
 * @param sequence      number the publish store gave it, 0 without a store; may be NULL
 */
AMPS_API amps_result amps_client_publish(amps_client_t* client, amps_span_t topic, amps_span_t data,
                                         uint32_t expiration_s, uint32_t flags, uint64_t* sequence);
/**
 * With a publish store: until all stored before the call is persisted; without: until the server
 * answered a flush. Blocks: for an acknowledgement. @param ack_type one AMPS_ACK_ bit, 0: processed
 */
AMPS_API amps_result amps_client_publish_flush(amps_client_t* client, uint32_t timeout_ms, uint32_t ack_type);

/* ---- Handlers ---------------------------------------------------------------------------- */

/** Called with a message on the receive thread. It may throw C++ exceptions; they are reported. */
typedef void (*amps_message_fn)(amps_message_ref_t* message, void* userdata);

/** A message handler; copied by the callee. */
typedef struct amps_handler_s {
  uint32_t struct_size; /**< sizeof(amps_handler_t) at the caller's compile time. */
  uint32_t flags;       /**< AMPS_HANDLER_ bits. */
  amps_message_fn fn;   /**< NULL: no handler. */
  void* userdata;
  /**
   * Called once for each time the struct was given to a function, after the last possible call of fn, or
   * when that function failed; with owner, or userdata where owner is NULL. May be NULL.
   */
  void (*release)(void* owner);
  void* owner; /**< What keeps userdata alive; fn does not see it. */
} amps_handler_t;

/** The handler wants amps_delivery_hooks_t::before_wait before the receive thread sleeps. */
#define AMPS_HANDLER_BATCHED 1u

typedef enum amps_handler_slot {
  AMPS_SLOT_LAST_CHANCE, /**< What nothing else wanted. */
  AMPS_SLOT_UNHANDLED,   /**< The same, just before last chance. */
  AMPS_SLOT_DUPLICATE,   /**< What the bookmark store has seen and finished. */
  AMPS_SLOT_COUNT
} amps_handler_slot_t;

/** Replaces the handler of a slot; NULL removes it. */
AMPS_API amps_result amps_client_set_handler(amps_client_t* client, amps_handler_slot_t slot,
                                             const amps_handler_t* handler);
/** The slot's handler without its release, as much of it as struct_size says; fn is NULL when empty. */
AMPS_API amps_result amps_client_get_handler(amps_client_t* client, amps_handler_slot_t slot,
                                             amps_handler_t* handler);
/** Called for every message of a command, after its route. @param command one AMPS_COMMAND_ bit */
AMPS_API amps_result amps_client_set_command_handler(amps_client_t* client, uint32_t command,
                                                     const amps_handler_t* handler);

/** Called when the connection was lost without being asked for, on the thread that noticed. Replaces
 *  the reconnecting of HA clients. It may connect and log on. A result other than 0 fails the waiters. */
typedef struct amps_disconnect_handler {
  uint32_t struct_size;
  amps_result (*fn)(amps_client_ref_t* client, void* userdata);
  void* userdata;
  void (*release)(void* userdata);
} amps_disconnect_handler_t;
AMPS_API amps_result amps_client_set_lost_handler(amps_client_t* client,
                                                  const amps_disconnect_handler_t* handler);

/** Called with failures that had no caller: handlers that threw, damaged frames, lost acks. */
typedef struct amps_exception_listener {
  uint32_t struct_size;
  void (*fn)(int32_t code, amps_span_t text, void* userdata);
  void* userdata;
  void (*release)(void* userdata);
} amps_exception_listener_t;
AMPS_API amps_result amps_client_set_exception_listener(amps_client_t* client,
                                                        const amps_exception_listener_t* listener);
/** The listener without its release, as much of it as struct_size says; fn is NULL when there is none. */
AMPS_API amps_result amps_client_get_exception_listener(amps_client_t* client,
                                                        amps_exception_listener_t* listener);
/** Hands a failure to the client's exception listener: for bindings that call handlers themselves. */
AMPS_API void amps_client_report(amps_client_t* client, int32_t code, amps_span_t text);

typedef enum amps_connection_state {
  AMPS_STATE_Disconnected = 0,
  AMPS_STATE_Shutdown = 1,
  AMPS_STATE_Connected = 2,
  AMPS_STATE_LoggedOn = 4,
  AMPS_STATE_PublishReplayed = 8,
  AMPS_STATE_HeartbeatInitiated = 16,
  AMPS_STATE_Resubscribed = 32,
  AMPS_STATE_UNKNOWN = 16384
} amps_connection_state_t;

typedef struct amps_state_listener {
  uint32_t struct_size;
  void (*fn)(int32_t state, void* userdata);
  void* userdata; /**< Names the listener: adding the same fn and userdata twice adds it once. */
  void (*release)(void* userdata);
} amps_state_listener_t;
AMPS_API amps_result amps_client_add_state_listener(amps_client_t* client,
                                                    const amps_state_listener_t* listener);
/** Removing what is not there is no failure. */
AMPS_API amps_result amps_client_remove_state_listener(amps_client_t* client,
                                                       void (*fn)(int32_t state, void* userdata),
                                                       void* userdata);
AMPS_API amps_result amps_client_clear_state_listeners(amps_client_t* client);

/** Called for a publish or sow_delete the server refused; the message comes from the publish store if there
 * is one. */
typedef struct amps_failed_write_handler {
  uint32_t struct_size;
  void (*fn)(amps_message_ref_t* message, amps_span_t reason, void* userdata);
  void* userdata;
  void (*release)(void* userdata);
} amps_failed_write_handler_t;
AMPS_API amps_result amps_client_set_failed_write_handler(amps_client_t* client,
                                                          const amps_failed_write_handler_t* handler);
/** The handler without its release, as much of it as struct_size says; fn is NULL when there is none. */
AMPS_API amps_result amps_client_get_failed_write_handler(amps_client_t* client,
                                                          amps_failed_write_handler_t* handler);

/** Bytes on their way; a filter that points them elsewhere keeps the new bytes until its next call. */
typedef struct amps_transport_bytes {
  uint32_t struct_size;
  int32_t incoming;  /**< 1: received, 0: about to be sent. */
  amps_span_t bytes; /**< Before encryption, after decryption; length prefixes included; any boundary. */
} amps_transport_bytes_t;

/** Sees and may replace what goes over the network. A result other than 0 closes the connection. */
typedef struct amps_transport_filter {
  uint32_t struct_size;
  amps_result (*fn)(amps_transport_bytes_t* bytes, void* userdata);
  void* userdata;
  void (*release)(void* userdata);
} amps_transport_filter_t;
AMPS_API amps_result amps_client_set_transport_filter(amps_client_t* client,
                                                      const amps_transport_filter_t* filter);

/** Called first on each new receive thread; a result other than 0 fails the connect. */
typedef struct amps_thread_callback {
  uint32_t struct_size;
  amps_result (*fn)(void* userdata);
  void* userdata;
  void (*release)(void* userdata);
} amps_thread_callback_t;
AMPS_API amps_result amps_client_set_thread_created(amps_client_t* client,
                                                    const amps_thread_callback_t* callback);
/** Runs fn once on the receive thread between two messages, then release. */
AMPS_API amps_result amps_client_deferred_execution(amps_client_t* client,
                                                    const amps_thread_callback_t* callback);

/**
 * For bindings with a global lock: a batched handler takes the lock at the first message of a block
 * and before_wait gives it back. before_wait runs on the delivering thread before it sleeps, before
 * it waits for any other thread, and when it ends; thread_end runs last on a receive thread.
 */
typedef struct amps_delivery_hooks {
  uint32_t struct_size;
  void (*before_wait)(void);
  void (*thread_end)(void);
} amps_delivery_hooks_t;
/** Process-wide; set once, before the first client connects. */
AMPS_API void amps_set_delivery_hooks(const amps_delivery_hooks_t* hooks);

/* ---- Commands ---------------------------------------------------------------------------- */

#define AMPS_EXECUTE_NO_RESUBSCRIBE 1u /**< Not placed again after a reconnect. */
#define AMPS_EXECUTE_AS_IS 2u          /**< Send the fields as they are; no id or ack is added. */

/**
 * Registers the handler, sends the command and waits for its processed ack, unless it is a publish.
 * The command is left unchanged; ids it lacks are made up. Blocks: for an acknowledgement.
 * @param handler     gets messages and the acks the command itself asked for; NULL: none
 * @param timeout_ms  0: no limit. On expiry the command is taken back and AMPS_E_TIMED_OUT returned
 * @param id          subscription, query or command id; may be NULL
 */
AMPS_API amps_result amps_client_execute(amps_client_t* client, const amps_message_t* command,
                                         const amps_handler_t* handler, uint32_t timeout_ms, uint32_t flags,
                                         amps_span_t* id);
/** The same with a stream in place of the handler. For commands without answer the stream has ended. */
AMPS_API amps_result amps_client_execute_stream(amps_client_t* client, const amps_message_t* command,
                                                uint32_t timeout_ms, uint32_t flags, amps_stream_t** out);
/** Ends subscriptions and queries. @param ids one id, a comma list, or empty for all. Does not wait. */
AMPS_API amps_result amps_client_unsubscribe(amps_client_t* client, amps_span_t ids);
/** Writes one message as it is; the caller reads the answers. */
AMPS_API amps_result amps_client_send(amps_handle client, amps_handle message);
/** Routes messages with this id to a handler without sending anything. */
AMPS_API amps_result amps_client_add_route(amps_client_t* client, amps_span_t id,
                                           const amps_handler_t* handler, uint32_t ack_types,
                                           int32_t is_subscription);
/** @return AMPS_E_NOT_FOUND when there was no such route. */
AMPS_API amps_result amps_client_remove_route(amps_client_t* client, amps_span_t id);
/** Acknowledges queue messages. @param bookmarks one or a comma list */
AMPS_API amps_result amps_client_ack(amps_client_t* client, amps_span_t topic, amps_span_t bookmarks,
                                     amps_span_t options);
AMPS_API amps_result amps_client_flush_acks(amps_client_t* client);
/** Tells the bookmark store that the message is processed. */
AMPS_API amps_result amps_client_discard(amps_client_t* client, amps_message_t* message);

/* ---- Streams ----------------------------------------------------------------------------- */

typedef enum amps_stream_state {
  AMPS_STREAM_MESSAGE = 0, /**< A message was taken. */
  AMPS_STREAM_TIMED_OUT = 1,
  AMPS_STREAM_ENDED = 2 /**< There will be no more. */
} amps_stream_state_t;

AMPS_API void amps_stream_retain(amps_stream_t* stream);
/** The last release unsubscribes without waiting. */
AMPS_API void amps_stream_release(amps_stream_t* stream);
/**
 * Takes the next message. Blocks: up to timeout_ms.
 * @param message  gets a reference the caller releases; its body is NULL unless a message was taken
 * @param state    what happened
 */
AMPS_API amps_result amps_stream_next(amps_stream_t* stream, uint32_t timeout_ms, amps_message_ref_t* message,
                                      amps_stream_state_t* state);
/** Unsubscribes, wakes the reader, ends the stream. Idempotent. */
AMPS_API void amps_stream_close(amps_stream_t* stream);
/** A waiting message is replaced by a newer one with the same SOW key. */
AMPS_API amps_result amps_stream_set_conflating(amps_stream_t* stream, int32_t conflating);
/** Messages held before reading from the socket pauses; 0: only the 64 MiB limit. */
AMPS_API amps_result amps_stream_set_max_depth(amps_stream_t* stream, size_t messages);
AMPS_API size_t amps_stream_max_depth(const amps_stream_t* stream);
AMPS_API size_t amps_stream_depth(const amps_stream_t* stream);
/** Which id: AMPS_CommandId, AMPS_SubscriptionId or AMPS_QueryId. */
AMPS_API amps_result amps_stream_id(const amps_stream_t* stream, FieldId which, amps_span_t* id);

/* ---- Low level --------------------------------------------------------------------------- */

typedef amps_result (*amps_handler)(amps_handle message_or_client, void* userdata);
/** Sees every incoming message before anything else does. NULL removes it. */
AMPS_API void amps_client_set_message_handler(amps_handle client, amps_handler handler, void* userdata);
AMPS_API void amps_client_set_disconnect_handler(amps_handle client, amps_handler handler, void* userdata);
/**
 * Looks on; amps_client_set_transport_filter() may change the bytes. An exception it throws closes the
 * connection.
 * @param direction 0 outgoing, non-zero incoming
 */
typedef void (*amps_transport_filter_function)(const unsigned char* data, size_t size, short direction,
                                               void* userdata);
AMPS_API void amps_client_set_transport_filter_function(amps_handle client,
                                                        amps_transport_filter_function filter,
                                                        void* userdata);
/** The connection's descriptor, or -1. For looking at it only. */
AMPS_API AMPS_SOCKET amps_client_get_socket(amps_handle client);

AMPS_END_DECLS

#endif /* AMPS_CLIENT_H */
