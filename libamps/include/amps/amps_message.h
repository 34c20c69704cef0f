/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file amps_message.h
 * A message: header fields and a body of bytes, in either direction.
 *
 * Incoming messages are views into the receive buffer; they die when the handler returns, unless
 * amps_message_copy() or amps_message_retain() kept them. Messages a program makes own their bytes.
 * Threads: one thread at a time uses a message; retain and release may be called from any thread.
 */
#ifndef AMPS_MESSAGE_H
#define AMPS_MESSAGE_H

#include "amps_types.h"

AMPS_BEGIN_DECLS

/** How a field's value is written: text (quoted), token (quoted, closed vocabulary), number (bare). */
#define AMPS_FIELD_KIND_TEXT 0u
#define AMPS_FIELD_KIND_TOKEN 1u
#define AMPS_FIELD_KIND_NUMBER 2u
#define AMPS_FIELD_KIND_BOOL 3u

/**
 * The header fields: X(name, key written, second key read, third key read, kind). The position is
 * the field's number; the table is append-only. Everything else that knows fields is made from it.
 */
#define AMPS_FIELD_TABLE(X)                                           \
  X(Command, "c", "cmd", "", TOKEN)                                   \
  X(Topic, "t", "topic", "", TEXT)                                    \
  X(CommandId, "cid", "cmd_id", "", TEXT)                             \
  X(SubscriptionId, "sub_id", "", "", TEXT)                           \
  X(SubscriptionIds, "sids", "", "", TEXT)                            \
  X(QueryId, "query_id", "", "", TEXT)                                \
  X(AckType, "a", "ack_type", "", TOKEN)                              \
  X(Status, "status", "", "", TOKEN)                                  \
  X(Reason, "reason", "", "", TEXT)                                   \
  X(Bookmark, "bm", "bookmark", "", TEXT)                             \
  X(SowKey, "k", "sow_key", "", TEXT)                                 \
  X(Sequence, "s", "seq", "", NUMBER)                                 \
  X(Timestamp, "ts", "timestamp", "", TEXT)                           \
  X(CorrelationId, "x", "correlation_id", "", TEXT)                   \
  X(Options, "opts", "o", "", TEXT)                                   \
  X(Filter, "filter", "f", "", TEXT)                                  \
  X(OrderBy, "orderby", "order_by", "", TEXT)                         \
  X(TopN, "top_n", "", "", NUMBER)                                    \
  X(BatchSize, "bs", "batch_size", "", NUMBER)                        \
  X(Expiration, "e", "expiration", "", NUMBER)                        \
  X(SowKeys, "sow_keys", "", "", TEXT)                                \
  X(LeasePeriod, "lp", "leaseperiod", "lease_period", TEXT)           \
  X(MessageLength, "l", "msg_len", "", NUMBER)                        \
  X(MessageType, "mt", "message_type", "", TOKEN)                     \
  X(ClientName, "client_name", "", "", TEXT)                          \
  X(UserId, "user_id", "", "", TEXT)                                  \
  X(Password, "pw", "password", "", TEXT)                             \
  X(Version, "version", "v", "", TEXT)                                \
  X(Matches, "matches", "", "", NUMBER)                               \
  X(TopicMatches, "topic_matches", "", "", NUMBER)                    \
  X(RecordsReturned, "records_returned", "", "", NUMBER)              \
  X(RecordsInserted, "records_inserted", "", "", NUMBER)              \
  X(RecordsUpdated, "records_updated", "", "", NUMBER)                \
  X(RecordsDeleted, "records_deleted", "", "", NUMBER)                \
  X(GroupSequenceNumber, "gseq", "group_sequence_number", "", NUMBER) \
  X(SkipN, "skip_n", "", "", NUMBER)                                  \
  X(DataOnly, "data_only", "", "", BOOL)                              \
  X(SendEmpty, "send_empty", "", "", BOOL)                            \
  X(SendKeys, "send_keys", "", "", BOOL)                              \
  X(SendOOF, "send_oof", "", "", BOOL)                                \
  X(SendMatchingIds, "send_matching_ids", "", "", BOOL)               \
  X(Heartbeat, "heartbeat", "", "", TEXT)                             \
  X(TimeoutInterval, "timeout_interval", "", "", TEXT)                \
  X(GracePeriod, "grace_period", "", "", TEXT)                        \
  X(MaxMessages, "max_msgs", "maximum_messages", "", TEXT)            \
  X(MessageId, "message_id", "", "", TEXT)                            \
  X(Query, "query", "", "", TEXT)                                     \
  X(TopNRecordsReturned, "topn_records_returned", "", "", NUMBER)     \
  X(UseNs, "use_ns", "", "", TEXT)                                    \
  X(Source, "src", "", "", TEXT)

/** Number of a header field: AMPS_Topic, AMPS_CommandId, … */
typedef enum FieldId {
#define AMPS_X(name, key, second, third, kind) AMPS_##name,
  AMPS_FIELD_TABLE(AMPS_X)
#undef AMPS_X
      AMPS_FIELD_COUNT
} FieldId;

/** The commands: X(name, text written, bit). A command of a newer server has command code 0. */
#define AMPS_COMMAND_TABLE(X)                               \
  X(Publish, "p", 1u)                                       \
  X(Subscribe, "subscribe", 2u)                             \
  X(Unsubscribe, "unsubscribe", 4u)                         \
  X(SOW, "sow", 8u)                                         \
  X(Heartbeat, "heartbeat", 16u)                            \
  X(SOWDelete, "sow_delete", 32u)                           \
  X(DeltaPublish, "delta_publish", 64u)                     \
  X(Logon, "logon", 128u)                                   \
  X(SOWAndSubscribe, "sow_and_subscribe", 256u)             \
  X(DeltaSubscribe, "delta_subscribe", 512u)                \
  X(SOWAndDeltaSubscribe, "sow_and_delta_subscribe", 1024u) \
  X(StartTimer, "start_timer", 2048u)                       \
  X(StopTimer, "stop_timer", 4096u)                         \
  X(GroupBegin, "group_begin", 8192u)                       \
  X(GroupEnd, "group_end", 16384u)                          \
  X(OOF, "oof", 32768u)                                     \
  X(Ack, "ack", 65536u)                                     \
  X(Flush, "flush", 131072u)

enum {
  AMPS_COMMAND_Unknown = 0,
#define AMPS_X(name, text, bit) AMPS_COMMAND_##name = bit,
  AMPS_COMMAND_TABLE(AMPS_X)
#undef AMPS_X
};

/** The acknowledgement types: X(name, text, bit). */
#define AMPS_ACK_TABLE(X)        \
  X(Received, "received", 1u)    \
  X(Parsed, "parsed", 2u)        \
  X(Processed, "processed", 4u)  \
  X(Persisted, "persisted", 8u)  \
  X(Completed, "completed", 16u) \
  X(Stats, "stats", 32u)

enum {
  AMPS_ACK_None = 0,
#define AMPS_X(name, text, bit) AMPS_ACK_##name = bit,
  AMPS_ACK_TABLE(AMPS_X)
#undef AMPS_X
};

/**
 * The public part of a message. The library makes it; programs read it. Fields are only ever
 * appended to this struct, and struct_size says how much of it there is.
 */
typedef struct amps_message {
  uint32_t struct_size;      /**< Bytes of this public part. */
  uint32_t field_count;      /**< Length of fields; at least the header's AMPS_FIELD_COUNT. */
  uint64_t present;          /**< Bit i: fields[i] holds a value. */
  uint32_t command;          /**< One AMPS_COMMAND_ bit, 0 when unknown. */
  uint32_t ack_types;        /**< AMPS_ACK_ bits of field AckType. */
  amps_span_t data;          /**< The body. */
  const amps_span_t* fields; /**< Indexed by FieldId; only where present says so. */
} amps_message_t;

/** What a message handler receives. Has the layout of AMPS::Message. */
typedef struct amps_message_ref {
  amps_message_t* body;
} amps_message_ref_t;

/** New empty message; the reference count is 1. The client may be NULL. @return NULL: no memory. */
AMPS_API amps_handle amps_message_create(amps_handle client);
/** Independent copy of headers and body, in one allocation. @return NULL: no memory. */
AMPS_API amps_handle amps_message_copy(amps_handle message);
/** Same as amps_message_release(). */
AMPS_API void amps_message_destroy(amps_handle message);
AMPS_API void amps_message_retain(amps_message_t* message);
AMPS_API void amps_message_release(amps_message_t* message);
/** Clears every field and the body. */
AMPS_API void amps_message_reset(amps_handle message);

/** View of a field; *len is 0 when the field is absent. Valid until the message changes. */
AMPS_API void amps_message_get_field_value(amps_handle message, FieldId field, const amps_char** ptr,
                                           size_t* len);
/** Copies the value into the message. An empty value clears the field. */
AMPS_API amps_result amps_message_set_field_value(amps_handle message, FieldId field, const amps_char* ptr,
                                                  size_t len);
/** Keeps the pointer; the caller keeps the bytes until the message is sent, reset or freed. */
AMPS_API amps_result amps_message_assign_field_value(amps_handle message, FieldId field, const amps_char* ptr,
                                                     size_t len);
/** Keeps the pointer and frees it with free(). */
AMPS_API amps_result amps_message_assign_field_value_ownership(amps_handle message, FieldId field,
                                                               amps_char* ptr, size_t len);
AMPS_API amps_result amps_message_set_field_value_nts(amps_handle message, FieldId field,
                                                      const amps_char* text);
/** Writes a fresh id, unique in this process, into the field. */
AMPS_API amps_result amps_message_set_field_guid(amps_handle message, FieldId field);
AMPS_API amps_result amps_message_set_field_uint64(amps_handle message, FieldId field, uint64_t value);
/** Value as a number; 0 when absent or not a number. */
AMPS_API long amps_message_get_field_long(amps_handle message, FieldId field);
AMPS_API amps_uint64_t amps_message_get_field_uint64(amps_handle message, FieldId field);
AMPS_API amps_result amps_message_set_data(amps_handle message, const amps_char* ptr, size_t len);
AMPS_API amps_result amps_message_assign_data(amps_handle message, const amps_char* ptr, size_t len);
AMPS_API amps_result amps_message_set_data_nts(amps_handle message, const amps_char* text);
/** View of the body, valid until the message changes. */
AMPS_API void amps_message_get_data(amps_handle message, amps_char** ptr, size_t* len);

/** Sets the command and its text from one AMPS_COMMAND_ bit. */
AMPS_API amps_result amps_message_set_command(amps_message_t* message, uint32_t command);
/** Sets field AckType from AMPS_ACK_ bits. */
AMPS_API amps_result amps_message_set_ack_types(amps_message_t* message, uint32_t ack_types);
/** Acknowledges a queue message through the client that delivered it; others are left alone. */
AMPS_API amps_result amps_message_ack(amps_message_t* message, amps_span_t options);
/** Index the bookmark store gave the message; 0 when none. */
AMPS_API uint64_t amps_message_bookmark_seq(const amps_message_t* message);
AMPS_API void amps_message_set_bookmark_seq(amps_message_t* message, uint64_t seq);
/** Opaque state a bookmark store keeps with the message's subscription. */
AMPS_API amps_handle amps_message_subscription_handle(const amps_message_t* message);
AMPS_API void amps_message_set_subscription_handle(amps_message_t* message, amps_handle handle);
/** 1 when automatic acknowledgement leaves this message out. */
AMPS_API int32_t amps_message_ignore_auto_ack(const amps_message_t* message);
AMPS_API void amps_message_set_ignore_auto_ack(amps_message_t* message, int32_t ignore);
/** Result code that belongs to a server's reason text; AMPS_E_COMMAND when unknown. */
AMPS_API amps_result amps_reason_code(amps_span_t reason);

AMPS_END_DECLS

#endif /* AMPS_MESSAGE_H */
