/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Client.hpp
 * One connection to one server.
 */
#ifndef AMPS_CLIENT_HPP
#define AMPS_CLIENT_HPP

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>

#include "Authenticator.hpp"
#include "Bookmark.hpp"
#include "BookmarkStore.hpp"
#include "Command.hpp"
#include "ConnectionInfo.hpp"
#include "ConnectionStateListener.hpp"
#include "DisconnectHandler.hpp"
#include "ExceptionListener.hpp"
#include "FailedWriteHandler.hpp"
#include "Message.hpp"
#include "MessageHandler.hpp"
#include "MessageStream.hpp"
#include "Store.hpp"
#include "SubscriptionManager.hpp"
#include "TransportFilter.hpp"
#include "VersionInfo.hpp"
#include "amps.h"
#include "detail/ClientCallbacks.hpp"
#include "detail/NamedCommands.hpp"

namespace AMPS {

/**
 * A handle: copies are the same connection, which ends with the last of them or with disconnect().
 * An empty handle throws UsageException. subscribe(), sow() and their like are in NamedCommands.hpp.
 * There is no move, because the client a function was given belongs to its caller.
 *
 * Threads: any method from any thread, except that a message handler must not wait for the server on
 * its own client. Timeouts are in ms and 0 waits without limit, unless a line says otherwise.
 */
class AMPS_TYPE Client : public detail::NamedCommands<Client> {
 public:
  enum {
    DEFAULT_BATCH_SIZE = AMPS_DEFAULT_BATCH_SIZE,
    DEFAULT_TOP_N = AMPS_DEFAULT_TOP_N,
    DEFAULT_COMMAND_TIMEOUT = AMPS_DEFAULT_COMMAND_TIMEOUT
  };
  AMPS_FN static std::string BOOKMARK_NOW() { return AMPS_BOOKMARK_NOW; }
  AMPS_FN static std::string BOOKMARK_EPOCH() { return AMPS_BOOKMARK_EPOCH; }
  AMPS_FN static std::string BOOKMARK_RECENT() { return AMPS_BOOKMARK_RECENT; }
  AMPS_FN static std::string BOOKMARK_MOST_RECENT() { return AMPS_BOOKMARK_RECENT; }

  /** @param name identifies the session to the server; empty: a unique one is made up */
  AMPS_FN explicit Client(const std::string& name = std::string()) { create(name, AMPS_CLIENT_KIND_PLAIN); }
  /** Takes over one reference. */
  AMPS_FN explicit Client(amps_client_t* body) { ref_.body = body; }
  AMPS_FN Client(const Client& other) {
    ref_.body = other.ref_.body;
    amps_client_retain(ref_.body);
  }
  AMPS_FN Client& operator=(const Client& other) {
    amps_client_t* const old = ref_.body;
    amps_client_retain(other.ref_.body);
    ref_.body = other.ref_.body;
    amps_client_release(old);
    return *this;
  }
  AMPS_FN ~Client() { amps_client_release(ref_.body); }

  AMPS_FN bool isValid() const { return ref_.body != NULL; }
  /** Handle for the C functions; it stays the client's. */
  AMPS_FN amps_handle getHandle() const { return ref_.body; }

  // ---- Identity and session

  /** Only while disconnected. */
  AMPS_FN void setName(const std::string& name) { set_text(AMPS_CLIENT_NAME, name); }
  AMPS_FN std::string getName() const { return get_text(AMPS_CLIENT_NAME); }
  AMPS_FN std::string getNameHash() const { return get_text(AMPS_CLIENT_NAME_HASH_TEXT); }
  AMPS_FN amps_uint64_t getNameHashValue() const { return get_number(AMPS_CLIENT_NAME_HASH); }
  /** Text the server logs with each logon. */
  AMPS_FN void setLogonCorrelationData(const std::string& text) {
    set_text(AMPS_CLIENT_LOGON_CORRELATION, text);
  }
  AMPS_FN std::string getLogonCorrelationData() const { return get_text(AMPS_CLIENT_LOGON_CORRELATION); }
  /** Opens the transport, for example "tcp://localhost:9007/amps/json". */
  AMPS_FN void connect(const std::string& uri) { detail::check(amps_client_connect(body(), uri.c_str())); }
  /** Starts the session. @return id of the logon command */
  AMPS_FN std::string logon(int timeout = 0, Authenticator& authenticator = DefaultAuthenticator::instance(),
                            const char* options = NULL) {
    return logon_as(authenticator, options, timeout);
  }
  AMPS_FN std::string logon(const char* options, int timeout = 0) {
    return logon_as(DefaultAuthenticator::instance(), options, timeout);
  }
  /** Ends the session on purpose; the client may connect again. */
  AMPS_FN void disconnect() { amps_client_disconnect(body()); }
  /** URI of the latest connect, password included. */
  AMPS_FN std::string getURI() const { return get_text(AMPS_CLIENT_URI); }
  /** Two digits for each part of the version after the first: 5.3.4.1 gives 5030401. */
  AMPS_FN size_t getServerVersion() const { return getServerVersionInfo().getOldStyleVersion(); }
  AMPS_FN VersionInfo getServerVersionInfo() const {
    return VersionInfo(get_text(AMPS_CLIENT_SERVER_VERSION_TEXT));
  }
  AMPS_FN static size_t convertVersionToNumber(const char* version) {
    return VersionInfo(version ? version : "").getOldStyleVersion();
  }
  AMPS_FN ConnectionInfo getConnectionInfo() const { return detail::connection_info(body()); }
  AMPS_FN ConnectionInfo gatherConnectionInfo() const { return getConnectionInfo(); }
  /** Adds a "Name: value" line to the HTTP upgrade of preflight transports. */
  AMPS_FN void addHttpPreflightHeader(const std::string& line) {
    detail::check(amps_client_add_http_preflight_header(body(), detail::span(line)));
  }
  template <class Container>
  AMPS_FN void setHttpPreflightHeaders(const Container& lines) {
    clearHttpPreflightHeaders();
    for (typename Container::const_iterator line = lines.begin(); line != lines.end(); ++line) {
      addHttpPreflightHeader(*line);
    }
  }
  AMPS_FN void clearHttpPreflightHeaders() {
    detail::check(amps_client_clear_http_preflight_headers(body()));
  }
  /** Silence of twice the interval counts as disconnect. In seconds. */
  AMPS_FN void setHeartbeat(unsigned interval_s) { setHeartbeat(interval_s, 0); }
  /** @param timeout_s silence that counts as disconnect; 0: twice the interval */
  AMPS_FN void setHeartbeat(unsigned interval_s, unsigned timeout_s) {
    detail::check(amps_client_set_heartbeat(body(), interval_s, timeout_s));
  }

  // ---- Publishing. Waits only while too much is unwritten. @return sequence number, 0 without store

  AMPS_FN amps_uint64_t publish(const std::string& topic, const std::string& data) {
    return publish_as(0, detail::span(topic), detail::span(data), AMPS_NO_EXPIRATION);
  }
  /** @param expiration seconds the record lives */
  AMPS_FN amps_uint64_t publish(const std::string& topic, const std::string& data, unsigned long expiration) {
    return publish_as(0, detail::span(topic), detail::span(data), expiration);
  }
  AMPS_FN amps_uint64_t publish(const char* topic, size_t topic_size, const char* data, size_t data_size) {
    return publish_as(0, detail::span(topic, topic_size), detail::span(data, data_size), AMPS_NO_EXPIRATION);
  }
  AMPS_FN amps_uint64_t publish(const char* topic, size_t topic_size, const char* data, size_t data_size,
                                unsigned long expiration) {
    return publish_as(0, detail::span(topic, topic_size), detail::span(data, data_size), expiration);
  }
  /** NUL-terminated text. */
  AMPS_FN amps_uint64_t publish(const char* topic, const char* data) {
    return publish_as(0, given(topic), given(data), AMPS_NO_EXPIRATION);
  }
  /** As publish(); the server merges the data into the record. */
  AMPS_FN amps_uint64_t deltaPublish(const std::string& topic, const std::string& data) {
    return publish_as(AMPS_PUBLISH_DELTA, detail::span(topic), detail::span(data), AMPS_NO_EXPIRATION);
  }
  AMPS_FN amps_uint64_t deltaPublish(const std::string& topic, const std::string& data,
                                     unsigned long expiration) {
    return publish_as(AMPS_PUBLISH_DELTA, detail::span(topic), detail::span(data), expiration);
  }
  AMPS_FN amps_uint64_t deltaPublish(const char* topic, size_t topic_size, const char* data,
                                     size_t data_size) {
    return publish_as(AMPS_PUBLISH_DELTA, detail::span(topic, topic_size), detail::span(data, data_size),
                      AMPS_NO_EXPIRATION);
  }
  AMPS_FN amps_uint64_t deltaPublish(const char* topic, size_t topic_size, const char* data, size_t data_size,
                                     unsigned long expiration) {
    return publish_as(AMPS_PUBLISH_DELTA, detail::span(topic, topic_size), detail::span(data, data_size),
                      expiration);
  }
  AMPS_FN amps_uint64_t deltaPublish(const char* topic, const char* data) {
    return publish_as(AMPS_PUBLISH_DELTA, given(topic), given(data), AMPS_NO_EXPIRATION);
  }
  /** Waits until what was published is persisted, or without a publish store processed. */
  AMPS_FN void publishFlush(long timeout = 0, unsigned ackType = Message::AckType::Processed) {
    detail::check(amps_client_publish_flush(body(), detail::milliseconds(timeout), ackType));
  }
  /** Coalesces publishes up to that many bytes or ms; 0 bytes: the library decides. */
  AMPS_FN void setPublishBatching(size_t bytes, amps_uint64_t timeout) {
    set_number(AMPS_CLIENT_PUBLISH_BATCH_BYTES, bytes);
    set_number(AMPS_CLIENT_PUBLISH_BATCH_TIMEOUT_MS, timeout);
  }

  // ---- Commands. With a handler: returns the id; without: a stream of the messages.

  AMPS_FN MessageStream execute(const Command& command) {
    return stream_of(command.getMessage(), static_cast<long>(command.getTimeout()));
  }
  /** Returns when the server has processed the command. */
  AMPS_FN std::string executeAsync(const Command& command, const MessageHandler& handler) {
    return start(command.getMessage(), handler, static_cast<long>(command.getTimeout()), 0);
  }
  /** The same, but the command is not placed again after a reconnect. */
  AMPS_FN std::string executeAsyncNoResubscribe(const Command& command, const MessageHandler& handler) {
    return start(command.getMessage(), handler, static_cast<long>(command.getTimeout()),
                 AMPS_EXECUTE_NO_RESUBSCRIBE);
  }

  /** Ends all subscriptions and queries. */
  AMPS_FN void unsubscribe() { detail::check(amps_client_unsubscribe(body(), detail::span("", 0))); }
  AMPS_FN void unsubscribe(const std::string& id) {
    if (id.empty())
      detail::raise_usage("unsubscribe needs an id; without argument it ends all subscriptions");
    detail::check(amps_client_unsubscribe(body(), detail::span(id)));
  }
  /** Writes the message as it is. */
  AMPS_FN void send(const Message& message) { detail::check(amps_client_send(body(), message.getMessage())); }
  /** Executes the message as a command. @return the id */
  AMPS_FN std::string send(const MessageHandler& handler, Message& message, int timeout = 0) {
    return start(message, handler, timeout, 0);
  }
  /** Routes messages with the id to the handler; sends nothing. */
  AMPS_FN void addMessageHandler(const Field& id, const MessageHandler& handler, unsigned acks,
                                 bool isSubscribe) {
    amps_client_t* const client = body();
    const amps_handler_t registered = detail::registration(handler);
    detail::check(amps_client_add_route(client, detail::span(id), &registered, acks, isSubscribe ? 1 : 0));
  }
  /** @return false when there was no such route */
  AMPS_FN bool removeMessageHandler(const Field& id) {
    const amps_result result = amps_client_remove_route(body(), detail::span(id));
    if (result != AMPS_E_NOT_FOUND) detail::check(result);
    return result == AMPS_E_OK;
  }
  AMPS_FN Message allocateMessage() {
    amps_message_t* const made = static_cast<amps_message_t*>(amps_message_create(body()));
    if (!made) throw std::bad_alloc();
    return Message(made);
  }

  // ---- Queues

  AMPS_FN void ack(const Message& message, const char* options = NULL) {
    ack(message.getTopic(), message.getBookmark(), options);
  }
  /** @param bookmark one, or several with commas between them */
  AMPS_FN void ack(const Field& topic, const Field& bookmark, const char* options = NULL) {
    detail::check(
        amps_client_ack(body(), detail::span(topic), detail::span(bookmark), detail::span(options)));
  }
  AMPS_FN void ack(const std::string& topic, const std::string& bookmark, const char* options = NULL) {
    ack(Field(topic), Field(bookmark), options);
  }
  AMPS_FN void ack(const char* topic, const char* bookmark, const char* options = NULL) {
    ack(Field(topic), Field(bookmark), options);
  }
  AMPS_FN void ackDeferredAutoAck(Message& message, const char* options = NULL) { ack(message, options); }
  AMPS_FN void flushAcks() { detail::check(amps_client_flush_acks(body())); }
  AMPS_FN void setAutoAck(bool on) { set_number(AMPS_CLIENT_AUTO_ACK, on ? 1 : 0); }
  AMPS_FN bool getAutoAck() const { return get_number(AMPS_CLIENT_AUTO_ACK) != 0; }
  AMPS_FN void setAckBatchSize(unsigned count) { set_number(AMPS_CLIENT_ACK_BATCH_SIZE, count ? count : 1); }
  AMPS_FN unsigned getAckBatchSize() const {
    return static_cast<unsigned>(get_number(AMPS_CLIENT_ACK_BATCH_SIZE));
  }
  AMPS_FN void setAckTimeout(int timeout) {
    set_number(AMPS_CLIENT_ACK_TIMEOUT_MS, detail::milliseconds(timeout));
  }
  AMPS_FN int getAckTimeout() const { return static_cast<int>(get_number(AMPS_CLIENT_ACK_TIMEOUT_MS)); }

  // ---- Handlers and listeners

  /** Replaces all reconnecting, also that of an HAClient. */
  AMPS_FN void setDisconnectHandler(const DisconnectHandler& handler) {
    amps_client_t* const client = body();
    const amps_disconnect_handler_t registered = handler.registration();
    detail::check(amps_client_set_lost_handler(client, handler.isValid() ? &registered : NULL));
  }
  /** The listener must outlive the client, or be replaced before it goes. */
  AMPS_FN void setExceptionListener(const ExceptionListener& listener) {
    const amps_exception_listener_t registered = detail::borrowed_listener(listener);
    detail::check(amps_client_set_exception_listener(body(), &registered));
  }
  AMPS_FN void setExceptionListener(const std::shared_ptr<const ExceptionListener>& listener) {
    if (!listener) return detail::check(amps_client_set_exception_listener(body(), NULL));
    amps_client_t* const client = body();
    const amps_exception_listener_t registered = detail::shared_listener(listener);
    detail::check(amps_client_set_exception_listener(client, &registered));
  }
  /** The listener that this shared library set; NULL when there is none, or one of somebody else. */
  AMPS_FN const ExceptionListener* getExceptionListener() const { return detail::listener_of(body()); }
  /** Gets what nothing else wanted. */
  AMPS_FN void setLastChanceMessageHandler(const MessageHandler& handler) {
    set_handler(AMPS_SLOT_LAST_CHANCE, handler);
  }
  /** The older name of setLastChanceMessageHandler: both set the one handler. */
  AMPS_FN void setUnhandledMessageHandler(const MessageHandler& handler) {
    set_handler(AMPS_SLOT_LAST_CHANCE, handler);
  }
  /** Gets what the bookmark store has seen before. */
  AMPS_FN void setDuplicateMessageHandler(const MessageHandler& handler) {
    set_handler(AMPS_SLOT_DUPLICATE, handler);
  }
  /** Usable while it is installed. */
  AMPS_FN MessageHandler getDuplicateMessageHandler() const {
    amps_handler_t handler = amps_handler_t();
    handler.struct_size = sizeof(handler);
    detail::check(amps_client_get_handler(body(), AMPS_SLOT_DUPLICATE, &handler));
    return MessageHandler(handler);
  }
  /** Gets every message of a command, after its own handler. @param command for example "publish" */
  AMPS_FN void setGlobalCommandTypeMessageHandler(const std::string& command, const MessageHandler& handler);
  /** Takes the handler over; NULL removes it. */
  AMPS_FN void setFailedWriteHandler(FailedWriteHandler* handler) {
    const amps_failed_write_handler_t registered = detail::failed_write_handler(handler);
    detail::check(amps_client_set_failed_write_handler(body(), handler ? &registered : NULL));
  }
  /** The handler that this shared library set; NULL when there is none, or one of somebody else. */
  AMPS_FN FailedWriteHandler* getFailedWriteHandler() const {
    return detail::failed_write_handler_of(body());
  }
  AMPS_FN void addConnectionStateListener(ConnectionStateListener* listener) {
    const amps_state_listener_t registered = detail::state_listener(listener);
    detail::check(amps_client_add_state_listener(body(), &registered));
  }
  /** From the shared library that added it. */
  AMPS_FN void removeConnectionStateListener(ConnectionStateListener* listener) {
    detail::check(amps_client_remove_state_listener(body(), &detail::state_changed, listener));
  }
  AMPS_FN void clearConnectionStateListeners() { detail::check(amps_client_clear_state_listeners(body())); }
  /**
   * Shows `void f(AMPS::TransportBytes&)`, any callable, what goes over the network; it may change it. An
   * exception closes the connection: a filter that hides secrets must not let them pass when it breaks.
   */
  template <class F>
  AMPS_FN void setTransportFilter(const F& filter) {
    amps_client_t* const client = body();
    const amps_transport_filter_t registered = detail::transport_filter<typename std::decay<F>::type>(filter);
    detail::check(amps_client_set_transport_filter(client, &registered));
  }
  AMPS_FN void removeTransportFilter() { detail::check(amps_client_set_transport_filter(body(), NULL)); }
  /** Shows the same bytes, before the filter, to a function that looks on; direction 0 is outgoing. */
  AMPS_FN void setTransportFilterFunction(amps_transport_filter_function filter, void* userdata) {
    amps_client_set_transport_filter_function(body(), filter, userdata);
  }
  /** Called first on each new receive thread; a result other than AMPS_E_OK fails the connect. */
  AMPS_FN void setThreadCreatedCallback(detail::ThreadFunction function, void* userdata) {
    const amps_thread_callback_t registered = detail::thread_callback(function, userdata);
    detail::check(amps_client_set_thread_created(body(), function ? &registered : NULL));
  }
  /** Runs the function once on the receive thread, between two messages. */
  AMPS_FN void deferredExecution(void (*function)(void*), void* userdata) {
    const amps_thread_callback_t registered = detail::deferred_callback(function, userdata);
    detail::check(amps_client_deferred_execution(body(), &registered));
  }

  // ---- Parts and settings

  /** Only while disconnected; an empty handle removes the store. */
  AMPS_FN void setBookmarkStore(const BookmarkStore& store) {
    detail::check(amps_client_set_bookmark_store(body(), store.part().table(), store.part().self()));
  }
  AMPS_FN BookmarkStore getBookmarkStore() const {
    return BookmarkStore(detail::fetched<BookmarkStoreImpl>(body(), &amps_client_get_bookmark_store));
  }
  AMPS_FN void setPublishStore(const Store& store) {
    detail::check(amps_client_set_publish_store(body(), store.part().table(), store.part().self()));
  }
  AMPS_FN Store getPublishStore() const {
    return Store(detail::fetched<StoreImpl>(body(), &amps_client_get_publish_store));
  }
  /** Takes the object over; NULL removes it. */
  AMPS_FN void setSubscriptionManager(SubscriptionManager* subscriptions) {
    const detail::PartRef<SubscriptionManager> part(subscriptions);
    detail::check(amps_client_set_subscription_manager(body(), part.table(), part.self()));
  }
  /** The object set from C++; NULL for the library's own and for those of other languages. */
  AMPS_FN SubscriptionManager* getSubscriptionManager() const {
    const detail::PartRef<SubscriptionManager> part =
        detail::fetched<SubscriptionManager>(body(), &amps_client_get_subscription_manager);
    return part.own() ? &part.object() : NULL;
  }
  /** Whether a command that lost its connection is sent again. */
  AMPS_FN void setRetryOnDisconnect(bool on) { set_number(AMPS_CLIENT_RETRY_ON_DISCONNECT, on ? 1 : 0); }
  AMPS_FN bool getRetryOnDisconnect() const { return get_number(AMPS_CLIENT_RETRY_ON_DISCONNECT) != 0; }
  /** Messages a new stream holds before reading pauses. */
  AMPS_FN void setDefaultMaxDepth(unsigned messages) { set_number(AMPS_CLIENT_DEFAULT_MAX_DEPTH, messages); }
  AMPS_FN unsigned getDefaultMaxDepth() const {
    return static_cast<unsigned>(get_number(AMPS_CLIENT_DEFAULT_MAX_DEPTH));
  }

 protected:
  AMPS_FN Client(const std::string& name, uint32_t kind) { create(name, kind); }

  AMPS_FN amps_client_t* body() const {
    detail::require_library();
    if (AMPS_UNLIKELY(!ref_.body)) detail::raise_usage("the client handle is empty");
    return ref_.body;
  }
  AMPS_FN void set_text(amps_client_text_t which, const std::string& value) {
    detail::check(amps_client_set_text(body(), which, detail::span(value)));
  }
  AMPS_FN std::string get_text(amps_client_text_t which) const {
    amps_span_t value = {NULL, 0};
    detail::check(amps_client_get_text(body(), which, &value));
    return detail::text(value);
  }
  AMPS_FN void set_number(amps_client_number_t which, uint64_t value) {
    detail::check(amps_client_set_number(body(), which, value));
  }
  AMPS_FN uint64_t get_number(amps_client_number_t which) const {
    uint64_t value = 0;
    detail::check(amps_client_get_number(body(), which, &value));
    return value;
  }

 private:
  AMPS_FN void create(const std::string& name, uint32_t kind) {
    detail::require_library();
    ref_.body = NULL;
    detail::check(amps_client_new(&ref_.body, detail::span(name), kind));
    const amps_result named = amps_client_set_text(ref_.body, AMPS_CLIENT_LANGUAGE, detail::span("cpp"));
    if (named != AMPS_E_OK) amps_client_release(ref_.body);
    detail::check(named);
  }
  AMPS_FN std::string logon_as(Authenticator& authenticator, const char* options, int timeout) {
    const bool library_default = &authenticator == &DefaultAuthenticator::instance();
    amps_span_t id = {NULL, 0};
    detail::check(amps_client_logon(body(), library_default ? NULL : detail::AuthenticatorThunks::table(),
                                    library_default ? NULL : &authenticator, options,
                                    detail::milliseconds(timeout), &id));
    return detail::text(id);
  }
  AMPS_FN static amps_span_t given(const char* text) {
    if (AMPS_UNLIKELY(!text)) detail::raise_usage("publish needs a topic and data, not NULL");
    return detail::span(text, std::strlen(text));
  }
  AMPS_FN amps_uint64_t publish_as(uint32_t flags, amps_span_t topic, amps_span_t data,
                                   unsigned long expiration) {
    uint64_t sequence = 0;
    const uint32_t expiration_s =
        expiration < AMPS_NO_EXPIRATION ? static_cast<uint32_t>(expiration) : AMPS_NO_EXPIRATION;
    detail::check(amps_client_publish(body(), topic, data, expiration_s, flags, &sequence));
    return sequence;
  }
  AMPS_FN std::string start(const Message& command, const MessageHandler& handler, long timeout,
                            uint32_t flags) {
    amps_client_t* const client = body();
    const uint32_t timeout_ms = detail::milliseconds(timeout);
    const amps_handler_t registered = detail::registration(handler);
    amps_span_t id = {NULL, 0};
    detail::check(amps_client_execute(client, detail::body(command), handler.isValid() ? &registered : NULL,
                                      timeout_ms, flags, &id));
    return detail::text(id);
  }
  AMPS_FN MessageStream stream_of(const Message& command, long timeout) {
    amps_stream_t* stream = NULL;
    detail::check(
        amps_client_execute_stream(body(), detail::body(command), detail::milliseconds(timeout), 0, &stream));
    return MessageStream(stream);
  }
  AMPS_FN void set_handler(amps_handler_slot_t slot, const MessageHandler& handler) {
    amps_client_t* const client = body();
    const amps_handler_t registered = detail::registration(handler);
    detail::check(amps_client_set_handler(client, slot, handler.isValid() ? &registered : NULL));
  }

  amps_client_ref_t ref_;
};

static_assert(std::is_standard_layout<Client>::value && sizeof(Client) == sizeof(amps_client_ref_t) &&
                  sizeof(Client) == sizeof(void*) && !std::is_polymorphic<Client>::value,
              "a client has the layout of amps_client_ref_t");

inline void Client::setGlobalCommandTypeMessageHandler(const std::string& command,
                                                       const MessageHandler& handler) {
  const unsigned bit = static_cast<unsigned>(Command(command).getMessage().getCommandEnum());
  if (bit == 0) throw UsageException("no such command: " + command);
  amps_client_t* const client = body();
  const amps_handler_t registered = detail::registration(handler);
  detail::check(amps_client_set_command_handler(client, bit, handler.isValid() ? &registered : NULL));
}

}  // namespace AMPS

#endif  // AMPS_CLIENT_HPP
