/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file SubscriptionManager.hpp
 * Remembers subscriptions and places them again after a reconnect.
 */
#ifndef AMPS_SUBSCRIPTIONMANAGER_HPP
#define AMPS_SUBSCRIPTIONMANAGER_HPP

#include <memory>

#include "FailedResubscribeHandler.hpp"
#include "Message.hpp"
#include "MessageHandler.hpp"
#include "amps_plugins.h"
#include "detail/Part.hpp"
#include "detail/guarded.hpp"

namespace AMPS {

class Client;

/** Threads: subscribe and unsubscribe any, resubscribe the one that reconnects; implementations lock. */
class AMPS_TYPE SubscriptionManager {
 public:
  virtual ~SubscriptionManager() {}
  /** A subscription was placed. Keep what placing it again needs; the message must be deep-copied. */
  virtual void subscribe(MessageHandler handler, Message message, unsigned requestedAckTypes) = 0;
  virtual void unsubscribe(const Message::Field& subId) = 0;
  virtual void clear() = 0;
  /** Places everything again, in order. An exception fails the reconnect attempt. */
  virtual void resubscribe(Client& client) = 0;
  /** Managers that know nothing of refused subscriptions refuse the handler. */
  virtual void setFailedResubscribeHandler(std::shared_ptr<FailedResubscribeHandler>) {
    throw UsageException("this subscription manager takes no handler for failed resubscriptions");
  }
};

namespace detail {

class AMPS_TYPE ForwardingSubscriptionManager : public SubscriptionManager,
                                                private Foreign<amps_subscription_manager_vt_t> {
 public:
  AMPS_FN ForwardingSubscriptionManager(const amps_subscription_manager_vt_t* table, void* self,
                                        bool take_over = false)
      : Foreign<amps_subscription_manager_vt_t>(table, self, take_over) {}
  virtual void subscribe(MessageHandler handler, Message message, unsigned requestedAckTypes) {
    if (!AMPS_TABLE_HAS(table(), subscribe)) return;
    const amps_handler_t registered = registration(handler);
    check(table()->subscribe(self(), &registered, ref(message), requestedAckTypes));
  }
  virtual void unsubscribe(const Message::Field& subId) {
    if (AMPS_TABLE_HAS(table(), unsubscribe)) check(table()->unsubscribe(self(), span(subId)));
  }
  virtual void clear() {
    if (AMPS_TABLE_HAS(table(), clear)) check(table()->clear(self()));
  }
  virtual void resubscribe(Client& client) {
    amps_client_ref_t* const client_ref = reinterpret_cast<amps_client_ref_t*>(&client);
    if (AMPS_TABLE_HAS(table(), resubscribe)) check(table()->resubscribe(self(), client_ref));
  }
};

template <>
struct Adapter<SubscriptionManager> {
  typedef amps_subscription_manager_vt_t Table;
  typedef ForwardingSubscriptionManager Forwarder;

  AMPS_FN static const Table* table() {
    static const Table thunks = make();
    return &thunks;
  }

 private:
  AMPS_FN static SubscriptionManager& of(void* self) { return object_of<SubscriptionManager>(self); }
  AMPS_FN static amps_result subscribe(void* self, const amps_handler_t* handler, amps_message_ref_t* command,
                                       uint32_t ack_types) {
    return guarded([&] {
      const MessageHandler registered = handler ? MessageHandler(*handler) : MessageHandler();
      of(self).subscribe(registered, message(command), ack_types);
    });
  }
  AMPS_FN static amps_result unsubscribe(void* self, amps_span_t id) {
    return guarded([&] { of(self).unsubscribe(field(id)); });
  }
  AMPS_FN static amps_result clear(void* self) {
    return guarded([&] { of(self).clear(); });
  }
  AMPS_FN static amps_result resubscribe(void* self, amps_client_ref_t* client) {
    return guarded([&] { of(self).resubscribe(*reinterpret_cast<Client*>(client)); });
  }
  AMPS_FN static Table make() {
    Table thunks = table_of_parts<Table>();
    thunks.subscribe = &subscribe;
    thunks.unsubscribe = &unsubscribe;
    thunks.clear = &clear;
    thunks.resubscribe = &resubscribe;
    return thunks;
  }
};

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_SUBSCRIPTIONMANAGER_HPP
