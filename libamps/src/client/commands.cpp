// SPDX-License-Identifier: Apache-2.0
#include "client/commands.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "base/interrupt.h"
#include "base/limits.h"
#include "client/client.h"
#include "client/connection.h"
#include "client/failure.h"
#include "client/publisher.h"
#include "client/session.h"
#include "client/thread_context.h"
#include "wire/bookmark.h"
#include "wire/header_decoder.h"
#include "wire/options.h"
#include "wire/reason.h"

namespace amps::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint32_t kSubscriptions = AMPS_COMMAND_Subscribe | AMPS_COMMAND_DeltaSubscribe |
                                         AMPS_COMMAND_SOWAndSubscribe | AMPS_COMMAND_SOWAndDeltaSubscribe;
constexpr std::uint32_t kQueries =
    AMPS_COMMAND_SOW | AMPS_COMMAND_SOWAndSubscribe | AMPS_COMMAND_SOWAndDeltaSubscribe;
constexpr std::uint32_t kPublishes = AMPS_COMMAND_Publish | AMPS_COMMAND_DeltaPublish;
constexpr std::string_view kRecent = "recent";  // The store's resume point; never sent.
constexpr std::string_view kEpoch = "0";

// Ack types a command can get at all (protocol 3.14); others would be waited for in vain.
std::uint32_t supported_acks(std::uint32_t command) noexcept {
  constexpr std::uint32_t kBasic = AMPS_ACK_Received | AMPS_ACK_Processed;
  if ((command & kPublishes) != 0) return kBasic | AMPS_ACK_Completed | AMPS_ACK_Persisted;
  if (command == AMPS_COMMAND_SOW) return kBasic | AMPS_ACK_Completed | AMPS_ACK_Stats;
  if (command == AMPS_COMMAND_SOWDelete)
    return kBasic | AMPS_ACK_Completed | AMPS_ACK_Stats | AMPS_ACK_Persisted;
  if (command == AMPS_COMMAND_Flush) return kBasic | AMPS_ACK_Completed | AMPS_ACK_Persisted;
  return kBasic;
}

}  // namespace

Status command_failure(std::string_view what, const Ack& ack) {
  if (ack.is_success()) return Status();
  return Status(
      wire::reason_code(ack.reason),
      std::string(what) + " failed: " + (ack.reason.empty() ? "the server gave no reason" : ack.reason),
      ack.reason);
}

struct Commands::Prepared {
  wire::Header header;  // Views of the command and of the strings below.
  CommandIds ids;
  std::string bookmark, acks;
  std::uint32_t command = 0;
  std::uint32_t user_acks = 0;
  bool waits = false;
  bool is_subscription = false;
  bool is_remembered = false;
  bool uses_bookmarks = false;
  RoutePtr route;     // NULL when nothing comes back for a handler.
  RoutePtr replaced;  // The route that had the id before.
};

std::string Commands::next_id() {
  // The underscore keeps our ids apart from the plain numbers that programs like to choose.
  return "_" + std::to_string(last_id_.fetch_add(1, std::memory_order_relaxed) + 1);
}

void Commands::prepare(const Message& command, std::uint32_t flags, Prepared* prepared) {
  wire::Header& header = prepared->header;
  header = command.header();
  prepared->command = header.command;
  prepared->user_acks = header.ack_types;
  CommandIds& ids = prepared->ids;
  ids.command = header.get(AMPS_CommandId);
  ids.subscription = header.get(AMPS_SubscriptionId);
  ids.query = header.get(AMPS_QueryId);
  prepared->is_subscription = (header.command & kSubscriptions) != 0;
  if ((flags & AMPS_EXECUTE_AS_IS) != 0) {
    prepared->waits = !ids.command.empty() && (prepared->user_acks & AMPS_ACK_Processed) != 0;
    return;
  }
  const bool is_publish = (header.command & kPublishes) != 0;
  prepared->waits =
      !is_publish && header.command != AMPS_COMMAND_Heartbeat && header.command != AMPS_COMMAND_Ack;
  if (ids.command.empty() && (prepared->waits || prepared->user_acks != 0)) ids.command = next_id();
  if (!ids.command.empty()) header.set(AMPS_CommandId, ids.command);
  if (prepared->is_subscription) {
    if (ids.subscription.empty()) ids.subscription = ids.command;
    header.set(AMPS_SubscriptionId, ids.subscription);
  }
  if ((header.command & kQueries) != 0) {
    if (ids.query.empty()) ids.query = prepared->is_subscription ? ids.subscription : ids.command;
    header.set(AMPS_QueryId, ids.query);
  }
  std::uint32_t acks = prepared->user_acks;
  if (prepared->waits) acks |= AMPS_ACK_Processed;
  if (header.command == AMPS_COMMAND_SOW) acks |= AMPS_ACK_Completed;
  if (header.has(AMPS_Bookmark) && prepared->is_subscription) {
    prepare_bookmark(command, prepared);
    if (prepared->uses_bookmarks) acks |= AMPS_ACK_Persisted;
  }
  prepared->is_remembered = prepared->is_subscription && (flags & AMPS_EXECUTE_NO_RESUBSCRIBE) == 0 &&
                            !thread_context().is_resubscribing;
  header.ack_types = acks;
  prepared->acks = wire::ack_types_text(acks);
  if (acks != 0) header.set(AMPS_AckType, prepared->acks);
}

// Where a replay begins: after a loss, and for "recent", the store knows better than the command.
void Commands::prepare_bookmark(const Message& command, Prepared* prepared) {
  const auto store = client_.plugins().get<amps_bookmark_store_vt_t>();
  prepared->uses_bookmarks = static_cast<bool>(store);
  const bool is_again = thread_context().is_resubscribing;
  const amps_span_t sub_id = wire::span_of(prepared->ids.subscription);
  (void)store.call(&amps_bookmark_store_vt_t::begin, sub_id, is_again ? 1 : 0);
  const bool is_recent = command.get(AMPS_Bookmark) == kRecent;
  if (!is_recent && !(prepared->uses_bookmarks && is_again)) return;
  amps_span_t recent{nullptr, 0};
  (void)store.call(&amps_bookmark_store_vt_t::most_recent, sub_id, &recent);
  prepared->bookmark = wire::view_of(recent);
  if (!prepared->bookmark.empty()) {
    prepared->header.set(AMPS_Bookmark, prepared->bookmark);
    return;
  }
  // A subscription from now on that has had messages before any acknowledgement said where "now" was: the
  // log was empty then.
  std::uint64_t oldest = 0;
  (void)store.call(&amps_bookmark_store_vt_t::oldest_sequence, sub_id, &oldest);
  const bool was_now = wire::parse_bookmark(command.get(AMPS_Bookmark)).kind == wire::BookmarkKind::kNow;
  if (is_recent || (was_now && oldest != 0)) prepared->bookmark = kEpoch;
  if (!prepared->bookmark.empty()) prepared->header.set(AMPS_Bookmark, prepared->bookmark);
}

// A handler that comes back from a subscription manager is the one the program registered.
HandlerPtr Commands::known_handler(HandlerPtr handler, const std::string& sub_id) {
  if (handler == nullptr || handler->c().release != nullptr || sub_id.empty()) return handler;
  const MutexLock lock(mutex_);
  const auto found = kept_.find(sub_id);
  const bool is_known = found != kept_.end() && found->second != nullptr &&
                        found->second->c().fn == handler->c().fn &&
                        found->second->c().userdata == handler->c().userdata;
  return is_known ? found->second : handler;
}

void Commands::make_route(Prepared* prepared, HandlerPtr handler) {
  const CommandIds& ids = prepared->ids;
  if (!ids.subscription.empty()) prepared->replaced = client_.router().route_of(ids.subscription);
  const bool is_query = (prepared->command & kQueries) != 0;
  if (handler == nullptr) {
    // `replace` without a handler keeps the one there is; pause and resume need none.
    if (prepared->replaced == nullptr || !prepared->is_subscription) return;
    handler = prepared->replaced->handler;
  } else if (!prepared->is_subscription && !is_query && prepared->user_acks == 0) {
    return;  // No answer will come.
  }
  auto route = std::make_shared<Route>();
  route->sub_id = prepared->is_subscription ? ids.subscription : std::string();
  route->query_id = is_query ? ids.query : std::string();
  for (const std::string* id : {&ids.command, &ids.subscription, &ids.query}) {
    const bool is_new =
        !id->empty() && std::find(route->ids.begin(), route->ids.end(), *id) == route->ids.end();
    if (is_new) route->ids.push_back(*id);
  }
  route->handler = std::move(handler);
  route->user_acks = prepared->user_acks;
  route->is_subscription = prepared->is_subscription;
  route->uses_bookmarks = prepared->uses_bookmarks;
  std::uint32_t due = prepared->user_acks & supported_acks(prepared->command);
  if (prepared->command == AMPS_COMMAND_SOW) due |= AMPS_ACK_Completed;
  route->acks_due.store(due, std::memory_order_relaxed);
  if (prepared->replaced != nullptr) {
    route->is_queue.store(prepared->replaced->is_queue.load());
    route->backlog_max.store(prepared->replaced->backlog_max.load());
  }
  prepared->route = std::move(route);
}

Status Commands::execute(const Message& command, HandlerPtr handler, std::uint32_t timeout_ms,
                         std::uint32_t flags, CommandIds* ids) {
  Prepared prepared;
  prepare(command, flags, &prepared);
  handler = known_handler(std::move(handler), prepared.ids.subscription);
  if (command.header().command == 0 && command.get(AMPS_Command).empty()) {
    return Status(AMPS_E_USAGE, "the command has no command type");
  }
  if (prepared.waits) AMPS_RETURN_IF_ERROR(client_.may_wait());
  if ((flags & kOnlyKept) != 0) {
    const MutexLock lock(mutex_);
    if (kept_.find(prepared.ids.subscription) == kept_.end()) return Status();  // Unsubscribed meanwhile.
  }
  make_route(&prepared, std::move(handler));
  if (ids != nullptr) *ids = prepared.ids;
  const WaitLimit limit(timeout_ms);
  for (;;) {
    Status status = attempt(&prepared, command, limit);
    if (status.ok() && prepared.is_remembered) remember(prepared, command);
    if (!may_retry(limit, &status)) return status;
  }
}

// After a failed attempt: waits for the session to come back. False when that is not what *status asks
// for or not what happens; *status then says what the call ends with.
bool Commands::may_retry(const WaitLimit& limit, Status* status) {
  if (status->code() != AMPS_E_DISCONNECTED) return false;
  if (client_.settings().number(AMPS_CLIENT_RETRY_ON_DISCONNECT) == 0) return false;
  const Status restored = client_.session().wait_restored(limit);
  if (restored.ok()) return true;
  // Not restored and not going to be: why the connection was lost says more.
  if (restored.code() != AMPS_E_DISCONNECTED) *status = restored;
  return false;
}

Status Commands::attempt(Prepared* prepared, const Message& command, const WaitLimit& limit) {
  if (prepared->route != nullptr) {
    std::uint32_t due = prepared->user_acks & supported_acks(prepared->command);
    if (prepared->command == AMPS_COMMAND_SOW) due |= AMPS_ACK_Completed;
    prepared->route->acks_due.store(due, std::memory_order_relaxed);
    client_.router().add(prepared->route);
  }
  Status status = send_prepared(prepared, command, limit);
  if (!status.ok()) {
    take_back(*prepared, status);
    return status;
  }
  if (prepared->command == AMPS_COMMAND_Unsubscribe) {
    const std::string_view list = command.get(AMPS_SubscriptionId);
    wire::for_each_id(list, [&](std::string_view id) { forget(id); });
    wire::for_each_id(command.get(AMPS_QueryId),
                      [&](std::string_view id) { (void)client_.router().remove(id); });
    if (list == "all") {
      client_.router().clear(false);
      forget_all();
    }
  }
  return Status();
}

Status Commands::send_prepared(Prepared* prepared, const Message& command, const WaitLimit& limit) {
  const bool is_sequenced = (prepared->command & (kPublishes | AMPS_COMMAND_SOWDelete)) != 0 &&
                            client_.plugins().has_publish_store() && !command.header().has(AMPS_Sequence) &&
                            !command.header().has(AMPS_Bookmark);
  const SendMode mode = thread_context().restoring == &client_ ? SendMode::kInternal : SendMode::kUser;
  if (is_sequenced && !prepared->waits) {
    const OwnedMessage stored(command.copy());
    stored->set(AMPS_CommandId, prepared->ids.command);
    std::uint64_t sequence = 0;
    return client_.publisher().send_stored(*stored, true, &sequence);
  }
  const ConnectionPtr connection = client_.session().connection();
  if (connection == nullptr) return client_.outbound().not_connected();
  if (!prepared->waits)
    return client_.outbound().send(prepared->header, command.body(), mode, connection->generation());
  Ack ack;
  AMPS_RETURN_IF_ERROR(
      ask(prepared->header, command.body(), AMPS_ACK_Processed, mode, connection->generation(), limit, &ack));
  return command_failure(wire::command_text(prepared->command, true), ack);
}

// Undoes what attempt() registered, and tells the server if it may have placed the subscription.
void Commands::take_back(const Prepared& prepared, const Status& why) {
  if (prepared.route != nullptr) {
    for (const std::string& id : prepared.route->ids) {
      if (client_.router().route_of(id) == prepared.route) (void)client_.router().remove(id);
    }
    if (prepared.replaced != nullptr && why.code() != AMPS_E_DISCONNECTED)
      client_.router().add(prepared.replaced);
  }
  const bool may_be_placed = why.code() == AMPS_E_TIMED_OUT || why.code() == AMPS_E_INTERRUPTED;
  if (may_be_placed && prepared.is_subscription && prepared.replaced == nullptr) {
    (void)send_unsubscribe(prepared.ids.subscription, {});
  } else if (may_be_placed && !prepared.ids.query.empty() && !prepared.is_subscription) {
    (void)send_unsubscribe({}, prepared.ids.query);
  }
}

Status Commands::ask(const wire::Header& header, std::string_view body, std::uint32_t ack_type, SendMode mode,
                     std::uint64_t generation, const WaitLimit& limit, Ack* ack) {
  AckWaiter waiter(std::string(header.get(AMPS_CommandId)), ack_type, generation);
  const AckScope scope(client_.acks(), &waiter);
  AMPS_RETURN_IF_ERROR(client_.outbound().send(header, body, mode, generation, &limit));
  return wait(&waiter, limit, ack);
}

Status Commands::wait(AckWaiter* waiter, const WaitLimit& limit, Ack* ack) {
  const bool asks_hook = !thread_context().is_library_thread;
  milliseconds slice{10};  // A handler that takes longer is taken for stuck.
  for (;;) {
    if (client_.acks().wait_until(waiter, limit.next(slice)) == AckTracker::Wait::kDone) {
      return client_.acks().take(waiter, ack);
    }
    if (limit.is_over()) return limit.status("no acknowledgement");
    if (asks_hook && is_interrupted()) {
      return Status(AMPS_E_INTERRUPTED, "interrupted while waiting for an acknowledgement");
    }
    const ConnectionPtr connection = client_.session().connection();
    slice = connection != nullptr && connection->help() ? milliseconds(5) : milliseconds(kInterruptPollMs);
  }
}

void Commands::remember(const Prepared& prepared, const Message& command) {
  const auto manager = client_.plugins().get<amps_subscription_manager_vt_t>();
  if (!manager || prepared.route == nullptr) return;
  amps_handler_t known{};
  known.struct_size = sizeof known;
  {
    HandlerPtr handler = prepared.route->handler;
    const MutexLock lock(mutex_);
    auto& slot = kept_[prepared.ids.subscription];
    slot.swap(handler);  // The old one goes without the lock.
    if (slot != nullptr) {
      known.fn = slot->c().fn;
      known.userdata = slot->c().userdata;
      known.flags = slot->c().flags;
    }
  }
  const OwnedMessage copy(command.copy());
  copy->set(AMPS_CommandId, {});
  copy->set(AMPS_SubscriptionId, prepared.ids.subscription);
  if (!prepared.ids.query.empty()) copy->set(AMPS_QueryId, prepared.ids.query);
  const std::string options = wire::without_option(command.get(AMPS_Options), "replace");
  copy->set(AMPS_Options, options);
  amps_message_ref_t ref{copy.get()};
  const Status status = callback_status(
      manager.call(&amps_subscription_manager_vt_t::subscribe, &known, &ref, prepared.user_acks),
      "the subscription manager's subscribe()");
  if (!status.ok()) client_.report(status.code(), status.text());
}

void Commands::forget(std::string_view id) {
  HandlerPtr handler;
  std::string sub_id(id);
  if (const RoutePtr route = client_.router().route_of(id); route != nullptr && !route->sub_id.empty()) {
    sub_id = route->sub_id;
  }
  (void)client_.router().remove(id);
  bool was_kept = false;
  {
    const MutexLock lock(mutex_);
    const auto found = kept_.find(sub_id);
    if (found != kept_.end()) {
      was_kept = true;
      handler = std::move(found->second);
      kept_.erase(found);
    }
  }
  if (!was_kept) return;
  const auto manager = client_.plugins().get<amps_subscription_manager_vt_t>();
  (void)manager.call(&amps_subscription_manager_vt_t::unsubscribe, wire::span_of(sub_id));
}

void Commands::forget_all() {
  std::map<std::string, HandlerPtr, std::less<>> all;
  {
    const MutexLock lock(mutex_);
    all.swap(kept_);
  }
  if (all.empty()) return;
  const auto manager = client_.plugins().get<amps_subscription_manager_vt_t>();
  (void)manager.call(&amps_subscription_manager_vt_t::clear);
}

Status Commands::unsubscribe(std::string_view ids) {
  if (ids.empty()) {
    client_.router().clear(false);
    forget_all();
    return send_unsubscribe("all", {});
  }
  std::string subscriptions, queries;
  wire::for_each_id(ids, [&](std::string_view id) {
    const RoutePtr route = client_.router().route_of(id);
    const bool is_query = route != nullptr && route->sub_id.empty() && !route->query_id.empty();
    std::string& list = is_query ? queries : subscriptions;
    if (!list.empty()) list += ',';
    list += is_query                                     ? std::string_view(route->query_id)
            : route != nullptr && !route->sub_id.empty() ? std::string_view(route->sub_id)
                                                         : id;
  });
  wire::for_each_id(ids, [&](std::string_view id) { forget(id); });
  return send_unsubscribe(subscriptions, queries);
}

Status Commands::send_unsubscribe(std::string_view sub_ids, std::string_view query_ids) {
  wire::Header header;
  const std::string cid = next_id();
  header.command = AMPS_COMMAND_Unsubscribe;
  header.set(AMPS_Command, "unsubscribe");
  header.set(AMPS_CommandId, cid);
  if (!sub_ids.empty()) header.set(AMPS_SubscriptionId, sub_ids);
  if (!query_ids.empty()) header.set(AMPS_QueryId, query_ids);
  // Without a connection there is nothing left to end.
  const Status status = client_.outbound().send(header, {}, SendMode::kInternal, 0);
  return status.code() == AMPS_E_DISCONNECTED ? Status() : status;
}

Status Commands::send(const Message& message) {
  for (;;) {
    const SendMode mode = thread_context().restoring == &client_ ? SendMode::kInternal : SendMode::kUser;
    Status status = client_.outbound().send(message.header(), message.body(), mode, 0);
    if (status.code() != AMPS_E_DISCONNECTED) return status;
    const Status restored = client_.session().wait_restored(WaitLimit(0));
    if (!restored.ok()) return restored.code() == AMPS_E_DISCONNECTED ? status : restored;
  }
}

Status Commands::flush(std::uint32_t timeout_ms, std::uint32_t ack_type) {
  const WaitLimit limit(timeout_ms);
  for (;;) {
    const ConnectionPtr connection = client_.session().connection();
    Status status;
    if (connection == nullptr) {
      status = client_.outbound().not_connected();
    } else {
      wire::Header header;
      const std::string cid = next_id();
      header.command = AMPS_COMMAND_Flush;
      header.set(AMPS_Command, "flush");
      header.set(AMPS_CommandId, cid);
      header.ack_types = ack_type;
      header.set(AMPS_AckType, wire::ack_types_text(ack_type));
      Ack ack;
      const SendMode mode = thread_context().restoring == &client_ ? SendMode::kInternal : SendMode::kUser;
      status = ask(header, {}, ack_type, mode, connection->generation(), limit, &ack);
      if (status.ok()) return command_failure("flush", ack);
    }
    if (!may_retry(limit, &status)) return status;
  }
}

void Commands::add_route(std::string_view id, HandlerPtr handler, std::uint32_t ack_types,
                         bool is_subscription) {
  auto route = std::make_shared<Route>();
  route->ids.emplace_back(id);
  if (is_subscription) route->sub_id = id;
  route->handler = std::move(handler);
  route->user_acks = ack_types;
  route->is_subscription = is_subscription;
  // Without acks to wait for it stays until it is removed.
  route->acks_due.store(ack_types == 0 ? ~0u : ack_types, std::memory_order_relaxed);
  client_.router().add(route);
}

bool Commands::remove_route(std::string_view id) {
  return client_.router().remove(id);
}

}  // namespace amps::client
