// SPDX-License-Identifier: Apache-2.0
#include "client/dispatcher.h"

#include <cxxabi.h>

#include <exception>
#include <string>

#include "client/client.h"
#include "client/connection.h"
#include "client/failure.h"
#include "client/publisher.h"
#include "client/queue_acks.h"
#include "client/settle.h"
#include "client/thread_context.h"
#include "wire/options.h"
#include "wire/sow_batch.h"

namespace amps::client {

Dispatcher::Dispatcher(Connection& connection)
    : connection_(connection),
      client_(connection.client()),
      context_(thread_context()),
      routes_(client_.router()),
      message_(Message::make(&client_)) {}

Dispatcher::~Dispatcher() {
  message_->release();
}

Status Dispatcher::deliver(std::string_view frame, Settled settled) {
  if (!predicted_.decode(frame, &message_->header())) {
    AMPS_RETURN_IF_ERROR(decoder_.decode(frame, &message_->header()));
    predicted_.learn(frame, message_->header());
  }
  const std::string_view body = frame.substr(message_->header().size_bytes);
  message_->sync(body);
  message_->delivery = Message::Delivery{};
  const RawHandler raw = routes_.table().raw;
  if (raw.fn != nullptr) {
    connection_.begin_call();
    (void)raw.fn(static_cast<amps_message_t*>(message_), raw.userdata);
    connection_.end_call();
  }
  switch (message_->command) {
    case AMPS_COMMAND_Publish:
    case AMPS_COMMAND_DeltaPublish:
    case AMPS_COMMAND_OOF:
      route_publish();
      return Status();
    case AMPS_COMMAND_SOW:
      return route_records(body);
    case AMPS_COMMAND_GroupBegin:
    case AMPS_COMMAND_GroupEnd:
      route_one(AMPS_QueryId);
      return Status();
    case AMPS_COMMAND_Heartbeat:
      if (settled == Settled::kNo) (void)settle(connection_, message_->header());
      return Status();
    case AMPS_COMMAND_Ack:
      if (settled == Settled::kNo) settled = settle(connection_, message_->header());
      route_ack(settled);
      return Status();
    default:
      route_publish();
      return Status();
  }
}

// Once for each known id of the list.
void Dispatcher::route_publish() {
  std::string_view ids = message_->get(AMPS_SubscriptionIds);
  if (ids.empty()) ids = message_->get(AMPS_SubscriptionId);
  if (ids.empty()) ids = message_->get(AMPS_QueryId);
  bool was_taken = false;
  if (Route* route = routes_.find(ids)) {  // Nearly always one id.
    deliver_to(*route, ids);
    was_taken = true;
  } else {
    wire::for_each_id(ids, [&](std::string_view id) {
      Route* found = routes_.find(id);
      if (found == nullptr) return;
      deliver_to(*found, id);
      was_taken = true;
    });
  }
  if (!was_taken) client_.settings().count(AMPS_CLIENT_UNKNOWN_SUBSCRIPTION_COUNT);
  after_routes(was_taken);
}

void Dispatcher::route_one(FieldId field) {
  Route* route = routes_.find(message_->get(field));
  if (route == nullptr) {
    client_.settings().count(AMPS_CLIENT_UNKNOWN_SUBSCRIPTION_COUNT);
  } else if (route->handler != nullptr) {
    call(route->handler->c());
  }
  after_routes(route != nullptr);
}

Status Dispatcher::route_records(std::string_view records) {
  wire::SowBatchReader batch(message_->header(), records);
  std::string_view body;
  while (batch.next(&message_->header(), &body)) {
    message_->sync(body);
    message_->delivery = Message::Delivery{};
    route_one(AMPS_QueryId);
    if (connection_.is_deliberate()) return Status();
  }
  return batch.status();
}

void Dispatcher::deliver_to(Route& route, std::string_view sub_id) {
  // From here on it is delivered, so that the bookmark store does not hear of what no handler gets.
  if (__builtin_expect(connection_.is_deliberate(), 0)) return;
  message_->set_view(AMPS_SubscriptionId, sub_id);
  message_->delivery.is_queue =
      message_->header().has(AMPS_LeasePeriod) || route.is_queue.load(std::memory_order_acquire);
  message_->delivery.backlog_max = route.backlog_max.load(std::memory_order_relaxed);
  if (route.uses_bookmarks && !pass_bookmark_store()) return;
  if (route.handler == nullptr) return;
  const bool returned = call_always(route.handler->c());
  if (message_->delivery.is_queue) auto_ack(returned);
}

// False when the message is a duplicate, or comes from a connection whose replay will repeat it.
bool Dispatcher::pass_bookmark_store() {
  if (!client_.plugins().has_bookmark_store() || !message_->header().has(AMPS_Bookmark)) return true;
  if (connection_.is_failed()) return false;
  const auto store = client_.plugins().get<amps_bookmark_store_vt_t>();
  amps_message_ref_t ref{message_};
  std::int32_t is_discarded = 0;
  (void)store.call(&amps_bookmark_store_vt_t::is_discarded, &ref, &is_discarded);
  if (is_discarded == 0) {
    const Status status =
        callback_status(store.call(&amps_bookmark_store_vt_t::log, &ref, &message_->delivery.bookmark_seq),
                        "logging a bookmark");
    if (__builtin_expect(!status.ok(), 0)) client_.report(status.code(), status.text());
    return true;
  }
  const HandlerPtr duplicate = routes_.table().slots[AMPS_SLOT_DUPLICATE];
  if (duplicate != nullptr) call(duplicate->c());
  return false;
}

void Dispatcher::route_ack(Settled settled) {
  const bool is_persisted = (message_->ack_types & AMPS_ACK_Persisted) != 0;
  Route* route = nullptr;
  for (const FieldId field : {AMPS_CommandId, AMPS_SubscriptionId, AMPS_QueryId}) {
    if (route == nullptr && message_->header().has(field)) route = routes_.find(message_->get(field));
  }
  if (route != nullptr) ack_to_route(*route);
  const bool is_write = is_persisted && (route == nullptr || !route->is_subscription) &&
                        (message_->header().has(AMPS_Sequence) || message_->get(AMPS_Status) == "failure");
  if (is_write && message_->get(AMPS_Status) == "failure") {
    failed_write();
  } else if (route == nullptr && !is_write && settled == Settled::kUnclaimed) {
    client_.settings().count(AMPS_CLIENT_UNKNOWN_ACK_COUNT);
    return after_routes(false);
  }
  after_routes(true);
}

// Shows the ack if it was asked for. True when the route ended with it.
bool Dispatcher::ack_to_route(Route& route) {
  const std::uint32_t type = message_->ack_types;
  const bool is_failure = message_->get(AMPS_Status) == "failure";
  const std::string id(message_->get(AMPS_CommandId));
  // On a connection that is lost the messages before it may have been passed over.
  if (route.uses_bookmarks && (type & AMPS_ACK_Persisted) != 0 && message_->header().has(AMPS_Bookmark) &&
      !connection_.is_failed()) {
    const auto store = client_.plugins().get<amps_bookmark_store_vt_t>();
    (void)store.call(&amps_bookmark_store_vt_t::persisted, message_->header().fields[AMPS_SubscriptionId],
                     message_->header().fields[AMPS_Bookmark]);
  }
  if ((route.user_acks & type) != 0 && route.handler != nullptr) call(route.handler->c());
  if (route.is_subscription) return false;
  const std::uint32_t due = route.acks_due.fetch_and(~type, std::memory_order_relaxed) & ~type;
  const bool has_ended = due == 0 || (is_failure && (type & AMPS_ACK_Processed) != 0);
  if (has_ended && !id.empty()) (void)client_.router().remove(id);
  return has_ended;
}

namespace {

struct FailedWrite {
  const amps_failed_write_handler_t* handler;
  amps_span_t reason;
};

amps_result call_failed_write(amps_message_ref_t* message, void* userdata) {
  const auto* failed = static_cast<const FailedWrite*>(userdata);
  failed->handler->fn(message, failed->reason, failed->handler->userdata);
  return AMPS_E_OK;
}

}  // namespace

void Dispatcher::failed_write() {
  const auto sequence = message_->header().number(AMPS_Sequence);
  const std::string_view reason = message_->get(AMPS_Reason);
  if (reason != "duplicate") {
    const auto handler = client_.listeners().failed_write();
    if (handler == nullptr) {
      last_chance();
    } else {
      const NoWaitScope no_wait;
      connection_.begin_call();
      try {
        FailedWrite failed{&handler->c(), wire::span_of(reason)};
        amps_message_ref_t ref{message_};
        const bool was_stored =
            sequence.has_value() && client_.publisher().replay_single(*sequence, call_failed_write, &failed);
        if (!was_stored) (void)call_failed_write(&ref, &failed);
      } catch (const ::abi::__forced_unwind&) {
        throw;
      } catch (const std::exception& error) {
        client_.report(AMPS_E_CALLBACK, std::string("failed-write handler threw: ") + error.what());
      } catch (...) {
        client_.report(AMPS_E_CALLBACK, "failed-write handler threw something that is no std::exception");
      }
      connection_.end_call();
    }
  }
  if (sequence.has_value()) client_.publisher().persisted(*sequence);
}

// The handler of the command, and last chance when no route wanted the message.
void Dispatcher::after_routes(bool was_taken) {
  const std::uint32_t command = message_->command;
  if (command != 0) {
    const HandlerPtr& handler =
        routes_.table().commands[static_cast<std::size_t>(__builtin_ctz(command)) % kCommandCount];
    if (__builtin_expect(handler != nullptr, 0)) call(handler->c());
  }
  if (!was_taken) last_chance();
}

void Dispatcher::last_chance() {
  const RouterTable& table = routes_.table();
  for (const amps_handler_slot_t slot : {AMPS_SLOT_UNHANDLED, AMPS_SLOT_LAST_CHANCE}) {
    if (const HandlerPtr& handler = table.slots[slot]; handler != nullptr) call(handler->c());
  }
}

bool Dispatcher::call(const amps_handler_t& handler) {
  return __builtin_expect(connection_.is_deliberate(), 0) || call_always(handler);
}

bool Dispatcher::call_always(const amps_handler_t& handler) {
  if ((handler.flags & AMPS_HANDLER_BATCHED) != 0) {
    context_.may_hold_binding_lock = true;
  } else if (context_.may_hold_binding_lock) {
    before_wait();  // A handler in C may wait for a thread that needs the binding's lock.
  }
  amps_message_ref_t ref{message_};
  bool returned = false;
  connection_.begin_call();
  try {
    handler.fn(&ref, handler.userdata);
    returned = true;
  } catch (const ::abi::__forced_unwind&) {
    throw;
  } catch (const std::exception& error) {
    client_.report(AMPS_E_CALLBACK, std::string("message handler threw: ") + error.what());
  } catch (...) {
    client_.report(AMPS_E_CALLBACK, "message handler threw something that is no std::exception");
  }
  connection_.end_call();
  if (__builtin_expect(ref.body != message_ || message_->is_shared(), 0)) take_message_back(ref.body);
  return returned;
}

// The handler kept the message, or put another in its place: it gets a copy of the bytes that will
// not go away, and the next delivery gets a body of its own.
void Dispatcher::take_message_back(amps_message_t* body) {
  Message* kept = body == nullptr ? nullptr : Message::from(body);
  OwnedMessage fresh(Message::make(&client_));
  if (kept == message_) {
    fresh->view(*kept);
    kept->own();
  }
  if (kept != nullptr) kept->release();
  message_ = fresh.release();
}

void Dispatcher::auto_ack(bool handler_returned) {
  if (message_->delivery.ignore_auto_ack || client_.settings().number(AMPS_CLIENT_AUTO_ACK) == 0) return;
  (void)client_.queue_acks().acknowledge(message_->get(AMPS_Topic), message_->get(AMPS_Bookmark),
                                         handler_returned ? std::string_view{} : std::string_view("cancel"),
                                         message_->delivery.backlog_max);
}

}  // namespace amps::client
