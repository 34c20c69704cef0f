/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file amps_broker.h
 * The embeddable server (libamps-broker): several in one process, no signal handlers, never ends
 * the host process, prints nothing.
 *
 * Threads: every function from any thread; start and stop wait. Strings returned are valid until
 * the calling thread's next call into this library.
 */
#ifndef AMPS_BROKER_H
#define AMPS_BROKER_H

#include "amps_types.h"

AMPS_BEGIN_DECLS

typedef struct amps_broker amps_broker_t;

/** Where clients connect. Text members may be NULL for the default; copied by the callee. */
typedef struct amps_broker_transport {
  uint32_t struct_size;
  const char* name;    /**< Default: "<message type>-<type>". */
  const char* type;    /**< "tcp" (default), "tcps", "unix". */
  const char* address; /**< "host:port"; default "127.0.0.1:0". Port 0 picks a free one. unix: the path. */
  const char* message_type; /**< NULL: any, declared at logon. */
  const char* certificate;  /**< PEM file, chain included. */
  const char* private_key;  /**< PEM file. */
  const char* ca_file;      /**< Set: clients must show a certificate of this authority. */
} amps_broker_transport_t;

/** A transport as it runs. */
typedef struct amps_broker_address_s {
  uint32_t struct_size;
  amps_span_t name, type, host, message_type, path;
  uint32_t port;
} amps_broker_address_t;

/** Limits: X(name, default, what it is). */
#define AMPS_BROKER_NUMBER_TABLE(X)                                                                       \
  X(IO_THREADS, 0, "event loops; 0: the smaller of 4 and the number of cores")                            \
  X(LOGON_TIMEOUT_MS, 10000, "from accept to a complete logon")                                           \
  X(LOGON_BYTES_MAX, 65536, "bytes read, and inflated, before logon")                                     \
  X(MESSAGE_BYTES_MAX, 268435456, "largest frame accepted after logon")                                   \
  X(HEADER_BYTES_MAX, 65536, "largest header")                                                            \
  X(CONNECTIONS_MAX, 10000, "connections at the same time")                                               \
  X(SUBSCRIPTIONS_MAX, 100000, "subscriptions of one connection")                                         \
  X(CLIENT_OUTBOX_BYTES_MAX, 268435456, "bytes waiting for one client before it is disconnected as slow") \
  X(OUTBOX_BYTES_MAX, 2147483648u, "bytes waiting for all clients before the slowest is disconnected")    \
  X(CLIENT_AGE_MAX_MS, 0, "oldest byte waiting for one client before it is disconnected; 0: no limit")    \
  X(ALLOW_ANONYMOUS, 0, "1: addresses off loopback may be served without authentication")                 \
  X(REGEX_TOPIC_SUPPORT, 1, "0: topics are always literal")

typedef enum amps_broker_number {
#define AMPS_X(name, value, text) AMPS_BROKER_##name,
  AMPS_BROKER_NUMBER_TABLE(AMPS_X)
#undef AMPS_X
      AMPS_BROKER_NUMBER_COUNT
} amps_broker_number_t;

typedef enum amps_log_level {
  AMPS_LOG_TRACE,
  AMPS_LOG_DEBUG,
  AMPS_LOG_INFO,
  AMPS_LOG_WARNING,
  AMPS_LOG_ERROR
} amps_log_level_t;

/** Receives log lines on any broker thread; must not block. Passwords never appear in them. */
typedef struct amps_broker_log {
  uint32_t struct_size;
  void (*fn)(amps_log_level_t level, amps_span_t line, void* userdata);
  void* userdata;
  void (*release)(void* userdata);
  /** Not 0: also AMPS_LOG_TRACE, a line for every frame received or sent, with the first 128 bytes of its
   * body. Costs much of the speed. */
  int32_t wants_trace;
} amps_broker_log_t;

/**
 * Decides about a logon, on a thread of its own that may wait; several at once. A logon that is not decided
 * within LOGON_TIMEOUT_MS is refused. Set: authentication is required, instead of by the instance's module.
 */
typedef struct amps_broker_authenticator {
  uint32_t struct_size;
  /** AMPS_E_OK accepts, AMPS_E_RETRY asks again with *challenge as password, anything else refuses. */
  amps_result (*fn)(amps_span_t client_name, amps_span_t user, amps_span_t password, amps_span_t* challenge,
                    void* userdata);
  void* userdata;
  void (*release)(void* userdata);
} amps_broker_authenticator_t;

/**
 * Says what a user may do, once a logon, on a thread of its own that may wait; several at once. Set: instead
 * of by the instance's module.
 */
typedef struct amps_broker_entitlement {
  uint32_t struct_size;
  /**
   * AMPS_E_OK with *document, the user's permission document as JSON, which is copied at once; anything else
   * refuses the logon. {"logon":true,"topic":[{"topic":"orders","read":"/desk = 1","write":true}]}: the first
   * entry whose topic (literal or pattern) matches decides, and what none matches is denied.
   */
  amps_result (*fn)(amps_span_t client_name, amps_span_t user, amps_span_t* document, void* userdata);
  void* userdata;
  void (*release)(void* userdata);
} amps_broker_entitlement_t;

AMPS_API amps_result amps_broker_new(amps_broker_t** out);
/** Stops if need be, then frees. */
AMPS_API void amps_broker_free(amps_broker_t* broker);
/** The latest failure on this thread. Any pointer may be NULL. */
AMPS_API void amps_broker_last_error(int32_t* code, amps_span_t* text);
AMPS_API const char* amps_broker_version_string(void);

/* Before start. */
AMPS_API amps_result amps_broker_set_name(amps_broker_t* broker, const char* name);
AMPS_API amps_result amps_broker_add_transport(amps_broker_t* broker,
                                               const amps_broker_transport_t* transport);
AMPS_API amps_result amps_broker_set_number(amps_broker_t* broker, amps_broker_number_t which,
                                            uint64_t value);
AMPS_API amps_result amps_broker_get_number(const amps_broker_t* broker, amps_broker_number_t which,
                                            uint64_t* value);
/** Reads XML text. @param origin file name for messages; @param variables NULL or "A=1\0B=2\0\0" for ${A}. */
AMPS_API amps_result amps_broker_configure(amps_broker_t* broker, amps_span_t xml, const char* origin,
                                           const char* variables);
AMPS_API amps_result amps_broker_configure_file(amps_broker_t* broker, const char* path,
                                                const char* variables);
/** Effective configuration as XML. */
AMPS_API amps_result amps_broker_dump(const amps_broker_t* broker, amps_span_t* xml);
/** A commented configuration that works. Static. */
AMPS_API const char* amps_broker_sample(void);
/** The log function and the authenticator may ask the broker anything, but not start, stop or free it. */
AMPS_API amps_result amps_broker_set_log(amps_broker_t* broker, const amps_broker_log_t* log);
AMPS_API amps_result amps_broker_set_authenticator(amps_broker_t* broker,
                                                   const amps_broker_authenticator_t* authenticator);
AMPS_API amps_result amps_broker_set_entitlement(amps_broker_t* broker,
                                                 const amps_broker_entitlement_t* entitlement);
/**
 * For tests of programs: time is what amps_broker_advance() says. It begins at the same moment of a past year
 * in every broker, and no timeout, lease, expiry or interval ends by itself.
 */
AMPS_API amps_result amps_broker_use_manual_clock(amps_broker_t* broker);

/**
 * Does what a start does, except that it changes nothing and listens nowhere: expressions, certificates,
 * files of users and rights, journal and SOW files are read to their ends. What a start would refuse is the
 * error, with the place in the configuration, or file and offset; what is good is logged. That a port is free
 * is not known.
 */
AMPS_API amps_result amps_broker_check(amps_broker_t* broker);
/** Listens on every transport, or fails and listens on none. Without a transport: one for any type. */
AMPS_API amps_result amps_broker_start(amps_broker_t* broker);
/** Closes everything; idempotent. Returns within a second. */
AMPS_API void amps_broker_stop(amps_broker_t* broker);
/** For tests: stops as a killed process would. What waits for the disk is not written; nobody was told it
 * was. */
AMPS_API void amps_broker_crash(amps_broker_t* broker);
/**
 * Waits until what was published by now is safe in the log and has reached queues, views and conflated
 * topics, which do not wait for the ends of their intervals. What a socket still holds was not published yet.
 * AMPS_E_TIMED_OUT: not in time. Ends within 0.1 s of amps_broker_stop().
 */
AMPS_API amps_result amps_broker_drain(amps_broker_t* broker, uint32_t timeout_ms);
/** Moves a manual clock. On return topics have done what was due by then; connections do it at once. */
AMPS_API amps_result amps_broker_advance(amps_broker_t* broker, uint64_t ms);
AMPS_API int32_t amps_broker_is_running(const amps_broker_t* broker);
AMPS_API size_t amps_broker_address_count(const amps_broker_t* broker);
AMPS_API amps_result amps_broker_address(const amps_broker_t* broker, size_t index,
                                         amps_broker_address_t* out);
/** Where statistics are served over HTTP, when the configuration has Admin. */
AMPS_API amps_result amps_broker_admin_address(const amps_broker_t* broker, amps_broker_address_t* out);
/** Counters as one JSON object: connections, messages in and out, bytes, slow clients, … */
AMPS_API amps_result amps_broker_statistics(const amps_broker_t* broker, amps_span_t* json);

/** A content filter, or any expression of its language, without a server. Threads: one at a time. */
typedef struct amps_broker_filter amps_broker_filter_t;

typedef enum amps_broker_value_kind {
  AMPS_BROKER_VALUE_NULL,
  AMPS_BROKER_VALUE_BOOLEAN,
  AMPS_BROKER_VALUE_INTEGER,  /**< Signed 64 bits. */
  AMPS_BROKER_VALUE_UNSIGNED, /**< Only above 2^63 - 1. */
  AMPS_BROKER_VALUE_FLOAT,
  AMPS_BROKER_VALUE_STRING
} amps_broker_value_kind_t;

/** What an expression gives; of an array its first element. */
typedef struct amps_broker_value {
  uint32_t struct_size;
  amps_broker_value_kind_t kind;
  uint64_t bits;    /**< Of a boolean or an integer, in two's complement. */
  double number;    /**< As a number; NaN when it is none. */
  amps_span_t text; /**< As text; empty for NULL. */
} amps_broker_value_t;

/**
 * Compiles a text.
 * @param message_type json when NULL.
 * @param error_offset May be NULL. Where a text that fails with AMPS_E_FILTER is wrong, in bytes; SIZE_MAX
 *   when no place is to blame. amps_broker_last_error() says what was expected there.
 */
AMPS_API amps_result amps_broker_filter_new(amps_span_t text, const char* message_type,
                                            amps_broker_filter_t** out, size_t* error_offset);
AMPS_API void amps_broker_filter_free(amps_broker_filter_t* filter);
/** *out is 1 for a message the filter accepts. Fails with AMPS_E_PUBLISH when the body cannot be read. */
AMPS_API amps_result amps_broker_filter_matches(amps_broker_filter_t* filter, amps_span_t body, int32_t* out);
AMPS_API amps_result amps_broker_filter_evaluate(amps_broker_filter_t* filter, amps_span_t body,
                                                 amps_broker_value_t* out);
/** For people: how the text was understood, which fields it reads and how the broker finds it. */
AMPS_API amps_result amps_broker_filter_explain(const amps_broker_filter_t* filter, amps_span_t* text);

AMPS_END_DECLS

#endif /* AMPS_BROKER_H */
