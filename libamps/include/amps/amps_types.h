/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file amps_types.h
 * Types and result codes that every other header uses. C99 and C++11.
 *
 * Every function of the library that can fail returns an ::amps_result; the text belonging to the
 * latest failure on the calling thread is read with amps_last_error().
 */
#ifndef AMPS_TYPES_H
#define AMPS_TYPES_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define AMPS_API __attribute__((visibility("default")))
#else
#define AMPS_API
#endif

#ifdef __cplusplus
#define AMPS_BEGIN_DECLS extern "C" {
#define AMPS_END_DECLS }
#else
#define AMPS_BEGIN_DECLS
#define AMPS_END_DECLS
#endif

AMPS_BEGIN_DECLS

/** Version of the binary interface: major in the high 16 bits, minor in the low 16 bits. */
#define AMPS_ABI_VERSION_MAJOR 1u
#define AMPS_ABI_VERSION_MINOR 0u
#define AMPS_ABI_VERSION ((AMPS_ABI_VERSION_MAJOR << 16) | AMPS_ABI_VERSION_MINOR)

/**
 * The result codes: X(number, C name, C++ and Python exception class, what to do about it).
 * The numbers are frozen; new codes are appended. Code 1 is std::bad_alloc in C++ and MemoryError
 * in Python. Codes 19, 39 and 40 never reach a program as an exception of this library.
 */
#define AMPS_RESULT_TABLE(X)                                                                        \
  X(1, MEMORY, UnknownException, "free memory or lower the limits of queues and stores")            \
  X(2, COMMAND, CommandException, "read the server's reason in the text")                           \
  X(3, CONNECTION, ConnectionException, "check that the server is reachable, then connect again")   \
  X(4, TOPIC, InvalidTopicException, "check the topic's name and the server's configuration")       \
  X(5, FILTER, BadFilterException, "correct the content filter")                                    \
  X(6, RETRY, RetryOperationException, "issue the command again; the connection was restored")      \
  X(7, DISCONNECTED, DisconnectedException, "connect and log on first")                             \
  X(8, CONNECTION_REFUSED, ConnectionRefusedException, "start the server or correct host and port") \
  X(9, URI, InvalidURIException, "use tcp://host:port/amps/json")                                   \
  X(10, TRANSPORT_TYPE, TransportTypeException, "use tcp, tcps or unix")                            \
  X(11, USAGE, UsageException, "follow the rule named in the text")                                 \
  X(12, STREAM, StreamException, "check that the peer speaks the AMPS protocol")                    \
  X(13, SSL, ConnectionException, "check certificate, host name and the OpenSSL library")           \
  X(14, ALREADY_CONNECTED, AlreadyConnectedException, "disconnect first")                           \
  X(15, UNKNOWN, UnknownException, "report it with the text")                                       \
  X(16, CALLBACK, UnknownException, "correct the callback named in the text")                       \
  X(17, STREAM_FULL, MessageStreamFullException, "read faster or raise the stream's depth")         \
  X(18, MESSAGE_TYPE, MessageTypeException, "use a message type the server offers")                 \
  X(19, NOT_FOUND, AMPSException, "look-up without a result")                                       \
  X(20, TIMED_OUT, TimedOutException, "raise the time-out or check the server")                     \
  X(21, NAME_IN_USE, NameInUseException, "choose another client name")                              \
  X(22, AUTHENTICATION, AuthenticationException, "check user and password")                         \
  X(23, NOT_ENTITLED, NotEntitledException, "ask for the right to use the topic")                   \
  X(24, SUBSCRIPTION_EXISTS, SubscriptionAlreadyExistsException, "use another id or replace")       \
  X(25, SUBID_IN_USE, SubidInUseException, "use another subscription id")                           \
  X(26, BAD_SOW_KEY, BadSowKeyException, "give the key the topic asks for")                         \
  X(27, INVALID_OPTIONS, InvalidOptionsException, "correct the options")                            \
  X(28, INVALID_BOOKMARK, InvalidBookmarkException, "correct the bookmark")                         \
  X(29, INVALID_ORDERBY, InvalidOrderByException, "correct the order")                              \
  X(30, INVALID_SUBID, InvalidSubIdException, "use the id of an active subscription")               \
  X(31, INVALID_TOPIC, InvalidTopicException, "check what the topic is configured for")             \
  X(32, DUPLICATE_LOGON, DuplicateLogonException, "log on once a connection")                       \
  X(33, LOGON_REQUIRED, LogonRequiredException, "log on first")                                     \
  X(34, STORE, StoreException, "check the store's file and the space on its disk")                  \
  X(35, PUBLISH_GAP, PublishStoreGapException, "the server lost messages; republish them")          \
  X(36, RECONNECT_MAX, ReconnectMaximumExceededException, "check the servers, then start over")     \
  X(37, PUBLISH, PublishException, "read the server's reason in the text")                          \
  X(38, TRANSPORT_OPTIONS, InvalidTransportOptionsException, "correct the URI's options")           \
  X(39, WOULD_BLOCK, AMPSException, "call again without AMPS_PUBLISH_NO_WAIT")                      \
  X(40, INTERRUPTED, AMPSException, "a signal handler asked the wait to end")                       \
  X(41, BAD_REGEX_TOPIC, BadRegexTopicException, "correct the topic's regular expression")          \
  X(42, MISSING_FIELDS, MissingFieldsException, "set the field named in the text")                  \
  X(43, PUBLISH_FILTER, PublishFilterException, "the entitlement's filter refuses the message")     \
  X(44, COMMAND_TYPE, CommandTypeException, "use a command this call can carry")

typedef enum amps_result {
  AMPS_E_OK = 0,
#define AMPS_X(number, name, exception, remedy) AMPS_E_##name = number,
  AMPS_RESULT_TABLE(AMPS_X)
#undef AMPS_X
} amps_result;

/** Bytes owned by somebody else. Not NUL-terminated. */
typedef struct amps_span {
  const char* ptr; /**< First byte; may be NULL when len is 0. */
  size_t len;      /**< Number of bytes. */
} amps_span_t;

typedef void* amps_handle; /**< A client or a message; which one, the function says. */
typedef char amps_char;
typedef int32_t amps_int32_t;
typedef int64_t amps_int64_t;
typedef uint32_t amps_uint32_t;
typedef uint64_t amps_uint64_t;
typedef int AMPS_SOCKET;

AMPS_END_DECLS

#endif /* AMPS_TYPES_H */
