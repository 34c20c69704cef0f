// SPDX-License-Identifier: Apache-2.0
#include "broker/session.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "broker/commands/commands.h"
#include "broker/commands/feed.h"
#include "broker/commands/query.h"
#include "broker/dispatcher.h"
#include "broker/journal/publishers.h"
#include "broker/pending_logon.h"
#include "wire/reason.h"

namespace amps::broker {

namespace {

// What publishers keep until it is persisted, or has failed. A failure goes to whichever of processed and
// persisted was asked for (protocol 3.2); the latter names the sequence, by which the client knows the
// command.
constexpr std::uint32_t kKept = AMPS_COMMAND_Publish | AMPS_COMMAND_DeltaPublish | AMPS_COMMAND_SOWDelete;

// Whoever goes further would have all that is counted below taken for duplicates.
constexpr std::uint64_t kSequenceJumpMax = std::uint64_t{1} << 40;

LogId log_id_of(Disconnect reason) noexcept {
  switch (reason) {
    case Disconnect::kHeartbeat:
      return LogId::kHeartbeat;
    case Disconnect::kNameInUse:
      return LogId::kNameInUse;
    case Disconnect::kSlowClient:
      return LogId::kSlowClient;
    default:
      return LogId::kDisconnected;
  }
}

}  // namespace

Session::Session(const Services& services, ConnectionInfo info, SessionHost* host, Outbox* outbox)
    : services_(services),
      info_(std::move(info)),
      host_(host),
      outbox_(outbox),
      log_(services.log),
      client_name_(info_.name),
      owed_(services.storage),
      replays_(services.journal, services.clock, &services.statistics),
      logon_deadline_ms_(host->now_ms() + services.configuration.number(AMPS_BROKER_LOGON_TIMEOUT_MS)),
      received_ms_(host->now_ms()),
      sent_ms_(host->now_ms()) {
  ClientEvent event;
  event.event = "connect";
  publish_event(event);
}

Session::~Session() {
  leave();
}

void Session::leave() {
  if (std::exchange(left_, true)) return;
  if (pending_logon_ != nullptr) services_.logon_desk->forget(info_.id);
  if (space_ != nullptr) services_.names.release(client_name_, info_.id);
  if (services_.journal != nullptr) {
    services_.journal->publishers().close(std::exchange(counted_by_, nullptr), services_.clock.utc_us());
  }
  ClientEvent event;
  event.event = "disconnect";
  event.reason = disconnect_text(end_reason_);
  publish_event(event);
  remove_all_subscriptions();
}

void Session::end(Disconnect reason, std::string_view detail) {
  if (std::exchange(ended_, true)) return;
  end_reason_ = reason;
  services_.statistics.ended(reason);
  LogLine line(log_, reason == Disconnect::kConnectionClosed ? AMPS_LOG_INFO : AMPS_LOG_WARNING,
               log_id_of(reason));
  line << "client " << client_name_ << " (" << info_.name << ", " << info_.peer
       << ") disconnected: " << disconnect_text(reason);
  if (!detail.empty()) line << ": " << detail;
}

std::uint64_t Session::deadline_ms() const noexcept {
  if (ended_) return UINT64_MAX;
  if (pending_logon_ != nullptr) return std::min(logon_deadline_ms_, pending_logon_->refusal_ms);
  if (!is_logged_on()) return logon_deadline_ms_;
  const std::uint64_t ack_ms = owed_.deadline_ms(host_->now_ms());
  if (heartbeat_ms_ == 0) return ack_ms;
  return std::min({ack_ms, sent_ms_ + heartbeat_ms_, received_ms_ + 2 * heartbeat_ms_});
}

void Session::check_time() {
  const std::uint64_t now = host_->now_ms();
  if (ended_ || now < deadline_ms()) return;
  if (pending_logon_ != nullptr) return execute_late_refusal(*this);
  if (!is_logged_on()) return end(Disconnect::kLogonTimeout, "no complete logon in time");
  settle();
  if (heartbeat_ms_ == 0) return;
  if (now >= received_ms_ + 2 * heartbeat_ms_) {
    return end(Disconnect::kHeartbeat, "nothing received for two intervals");
  }
  if (now < sent_ms_ + heartbeat_ms_) return;
  append_heartbeat(&replies_);
  flush_replies();
  sent_ms_ = now;  // Also when the socket is full: once an interval is enough.
}

void Session::set_heartbeat(std::uint64_t interval_ms) noexcept {
  heartbeat_ms_ = interval_ms;
  received_ms_ = sent_ms_ = host_->now_ms();
}

void Session::publish_event(ClientEvent event) const {
  event.client_name = client_name_;
  event.connection_name = info_.name;
  event.client_address = info_.peer;
  event.correlation_id = correlation_id_;
  event.auth_id = user_;
  services_.status.publish(event);
}

// Replies.

void Session::acknowledge(const Command& command, std::uint32_t ack_type) {
  Ack ack;
  ack.type = ack_type;
  acknowledge(command, ack);
}

void Session::acknowledge(const Command& command, Ack ack) {
  if ((command.acks & ack.type) == 0) return;
  ack.command_id = command.id();
  append_ack(&replies_, ack);
}

void Session::fail(const Command& command, std::string_view reason, std::string_view detail) {
  Statistics::add(services_.statistics.commands_failed);
  {
    LogLine line(log_, AMPS_LOG_INFO, LogId::kCommandFailed);
    line << "client " << client_name_ << " (" << info_.name
         << "): " << wire::command_text(command.header->command, true) << " " << command.id()
         << " failed: " << reason;
    if (!detail.empty()) line << ": " << detail;
  }
  Ack ack;
  ack.type = AMPS_ACK_Processed;
  ack.status = "failure";
  ack.reason = reason;
  acknowledge(command, ack);
  if ((command.header->command & kKept) == 0) return;
  ack.type = AMPS_ACK_Persisted;
  ack.sequence = command.header->number(AMPS_Sequence);
  acknowledge_saved(command, ack, {});
}

void Session::fail(const Command& command, const Status& status) {
  const std::string_view reason =
      status.reason().empty() ? wire::reason_text(status.code()) : std::string_view(status.reason());
  fail(command, reason.empty() ? "invalid message" : reason, status.text());
}

void Session::acknowledge_saved(const Command& command, Ack ack, const SavedPoint& point) {
  last_txid_ = std::max(last_txid_, point.txid);
  if ((command.acks & ack.type) == 0) return;
  if (point.txid != 0 && ack.sequence && *ack.sequence != 0) {
    return owed_.add_counted(*ack.sequence, point.txid);
  }
  ack.command_id = command.id();
  const bool waits = point.txid != 0 || point.position != 0;
  if (owed_.empty() && !waits) return append_ack(&replies_, ack);
  Buffer success;
  append_ack(&success, ack);
  Buffer failure;
  if (waits) {
    ack.status = "failure";
    ack.reason = point.txid != 0 ? "transaction log failed" : "store failure";
    append_ack(&failure, ack);
  }
  owed_.add(point, success.view(), failure.view());
}

SavedPoint Session::saved_point() const {
  SavedPoint point = services_.storage.appended();
  point.txid = last_txid_;
  return point;
}

void Session::settle() {
  owed_.settle(host_->now_ms(), &replies_);
  flush_replies();
}

bool Session::has_to_wait() const noexcept {
  return owed_.is_full() || (has_published_ && !services_.storage.has_room());
}

void Session::flush_replies() {
  if (replies_.empty()) return;
  outbox_->append(replies_.view(), host_->now_ms());
  replies_.clear();
}

void Session::log_on(std::string client_name, std::string user, TopicSpace* space,
                     std::string correlation_id) {
  client_name_ = std::move(client_name);
  user_ = std::move(user);
  publisher_.client_name = client_name_;
  publisher_.user = user_;
  publisher_.uncounted_id = uncounted_publisher_id(client_name_, user_, services_.configuration.name);
  owed_.open(publisher_id(client_name_, user_), ack_interval_ms_);
  correlation_id_ = std::move(correlation_id);
  space_ = space;
  Statistics::add(services_.statistics.logons);
}

void Session::set_pending_logon(std::unique_ptr<PendingLogon> logon) {
  pending_logon_ = std::move(logon);
}

std::unique_ptr<PendingLogon> Session::take_pending_logon() {
  return std::move(pending_logon_);
}

// Publishers.

Status Session::find_publisher(const std::string& client_name, const std::string& user) {
  return services_.journal->publishers().find(publisher_id(client_name, user), client_name, &counted_by_);
}

Status Session::count(std::uint64_t sequence, Publish* command) {
  if (counted_by_ == nullptr) {
    AMPS_RETURN_IF_ERROR(services_.journal->publishers().open(publisher_id(client_name_, user_), client_name_,
                                                              services_.clock.utc_us(), &counted_by_));
  }
  const std::uint64_t highest = counted_by_->highest();
  if (highest != 0 && sequence > highest && sequence - highest > kSequenceJumpMax) {
    return Status(
        AMPS_E_COMMAND,
        "sequence " + std::to_string(sequence) + " is far above the latest, " + std::to_string(highest),
        "bad sequence");
  }
  command->sequence = sequence;
  command->counted_by = counted_by_;
  return {};
}

// Subscriptions.

Subscription* Session::find_subscription(std::string_view id) {
  const auto found = subscriptions_.find(std::string(id));
  return found == subscriptions_.end() ? nullptr : found->second.get();
}

void Session::add_subscription(std::unique_ptr<Subscription> subscription, std::optional<Query> query) {
  std::unique_ptr<Subscription>& entry = subscriptions_[subscription->id];
  if (entry != nullptr && entry->is_replay) {
    replays_.remove(entry.get());
    entry.reset();
  }
  MutexLock lock(space_->mutex());
  flush_replies();
  space_->begin_block(host_->now_ms());
  if (subscription->feed != nullptr) return add_fed(&entry, std::move(subscription), std::move(*query));
  if (query) {
    std::unique_ptr<QueryResult> result;
    // A topic without records has an empty result.
    static_cast<void>(
        open_query(*space_, {subscription->topic, subscription->pattern.get()}, std::move(*query), &result));
    if (!outbox_->append(std::move(result), host_->now_ms())) {
      if (entry == nullptr) subscriptions_.erase(subscription->id);  // With it goes `entry`.
      return end(Disconnect::kLimit, "too many unfinished queries");
    }
  }
  if (entry != nullptr) {
    space_->replace(entry.get(), subscription.get());
  } else {
    space_->add(subscription.get());
  }
  entry = std::move(subscription);
}

// A feed answers the query itself, from what it will follow.
void Session::add_fed(std::unique_ptr<Subscription>* entry, std::unique_ptr<Subscription> subscription,
                      Query query) {
  std::vector<RecordRef> before;
  if (*entry != nullptr && (*entry)->feed != nullptr) before = (*entry)->feed->records();
  if (*entry != nullptr) {
    space_->replace(entry->get(), subscription.get());
  } else {
    space_->add(subscription.get());
  }
  *entry = std::move(subscription);
  const Status status = answer_from_feed(*this, **entry, before, std::move(query));
  if (!status.ok()) end(Disconnect::kLimit, status.text());
}

void Session::add_replay(std::unique_ptr<Subscription> subscription, ReplayStart start,
                         std::unique_ptr<QueryResult> before) {
  flush_replies();
  if (before != nullptr && !outbox_->append(std::move(before), host_->now_ms())) {
    return end(Disconnect::kLimit, "too many unfinished queries");
  }
  std::unique_ptr<Subscription>& entry = subscriptions_[subscription->id];
  subscription->is_replay = true;
  start.member.subscription = subscription.get();
  if (entry != nullptr && entry->is_replay) {
    replays_.replace(entry.get(), std::move(start));
  } else {
    if (entry != nullptr) {
      // What the log has now was delivered.
      MutexLock lock(space_->mutex());
      start.plan.bounds.from = services_.journal->appended_end().position;
      space_->remove(entry.get());
    }
    replays_.add(space_->message_type(), std::move(start));
  }
  entry = std::move(subscription);
  outbox_->wake();
}

void Session::remove_subscription(std::string_view id) {
  const auto found = subscriptions_.find(std::string(id));
  if (found == subscriptions_.end()) return;
  if (found->second->is_replay) {
    replays_.remove(found->second.get());
  } else {
    MutexLock lock(space_->mutex());
    space_->remove(found->second.get());
  }
  const std::unique_ptr<Subscription> removed = std::move(found->second);
  subscriptions_.erase(found);
  ClientEvent event;
  event.event = "unsubscribe";
  event.topic = removed->topic;
  event.filter = removed->filter_text;
  event.options = removed->options;
  event.subscription_id = removed->id;
  if (ended_) event.reason = disconnect_text(end_reason_);
  publish_event(event);
}

void Session::remove_all_subscriptions() {
  while (!subscriptions_.empty()) remove_subscription(std::string(subscriptions_.begin()->first));
}

void Session::describe(bool with_subscriptions, ClientFacts* out) const {
  // Of one client, and of each text, so that whoever asks holds nobody up.
  constexpr std::size_t kShownMax = 1000;
  constexpr std::size_t kTextShownMax = 1024;
  const auto shown = [](std::string_view text) { return std::string(text.substr(0, kTextShownMax)); };
  out->id = info_.id;
  out->connection_name = info_.name;
  out->client_name = client_name_;
  out->authenticated_id = user_;
  out->remote_address = info_.peer;
  out->correlation_id = correlation_id_;
  out->message_type = space_ == nullptr ? info_.message_type : space_->message_type();
  out->subscription_count = subscriptions_.size();
  if (!with_subscriptions) return;
  for (const auto& [id, subscription] : subscriptions_) {
    if (out->subscriptions.size() == kShownMax) break;
    SubscriptionFacts facts{
        id, shown(subscription->topic), shown(subscription->filter_text), {}, shown(subscription->options)};
    if (subscription->rights != nullptr && subscription->pattern == nullptr) {
      facts.entitlement_filter = shown(subscription->rights->read(subscription->topic).filter_text);
    }
    out->subscriptions.push_back(std::move(facts));
  }
}

// Commands.

void Session::execute(wire::FrameReader* reader) {
  while (!ended_ && !is_waiting() && (has_command_ || (!has_to_wait() && next_command(reader)))) {
    if (!is_logged_on() && info_.access->has_implicit_logon()) execute_implicit_logon(*this, command_);
    if (ended_) break;
    if (is_logged_on() && is_publish()) {
      run_publishes(reader);
      continue;
    }
    has_command_ = false;
    dispatch(*this, &command_);
  }
  has_command_ = false;
  if (!ended_ && !reader->status().ok()) end(Disconnect::kProtocol, reader->status().text());
  settle();
}

bool Session::is_publish() const noexcept {
  return (header_.command & (AMPS_COMMAND_Publish | AMPS_COMMAND_DeltaPublish)) != 0;
}

bool Session::next_command(wire::FrameReader* reader) {
  std::string_view frame;
  if (!reader->next(&frame)) return false;
  has_command_ = true;
  if (predict(frame)) return true;
  header_.clear();
  Status status = decoder_.decode(frame, &header_);
  const std::uint64_t size_max = services_.configuration.number(AMPS_BROKER_HEADER_BYTES_MAX);
  if (status.ok() && header_.size_bytes > size_max) {
    status = Status(AMPS_E_STREAM, "header of " + std::to_string(header_.size_bytes) +
                                       " bytes exceeds limit of " + std::to_string(size_max));
  }
  if (!status.ok()) {
    reject_frame(status);
    return false;
  }
  command_.header = &header_;
  command_.body = frame.substr(header_.size_bytes);
  command_.acks = header_.ack_types;
  is_plain_publish_ = false;
  learn(frame);
  return true;
}

bool Session::predict(std::string_view frame) {
  const std::size_t size = predicted_.size();
  if (size == 0 || frame.size() < size || std::memcmp(frame.data(), predicted_.data(), size) != 0)
    return false;
  if (!is_plain_publish_) {
    header_.clear();
    header_.command = AMPS_COMMAND_Publish;
    header_.size_bytes = static_cast<std::uint32_t>(size);
    command_.header = &header_;
    command_.acks = 0;
    is_plain_publish_ = true;
  }
  header_.set(AMPS_Topic, frame.substr(predicted_topic_at_, predicted_topic_size_));
  command_.body = frame.substr(size);
  return true;
}

void Session::learn(std::string_view frame) {
  if (header_.command != AMPS_COMMAND_Publish || !is_logged_on()) return;
  if (header_.present != (wire::field_bit(AMPS_Command) | wire::field_bit(AMPS_Topic))) return;
  const std::string_view topic = header_.get(AMPS_Topic);
  if (topic.empty() || header_.size_bytes > 1024) return;
  // Escaped topics were decoded elsewhere, and are not worth predicting.
  const std::less<const char*> before;
  if (before(topic.data(), frame.data()) || before(frame.data() + header_.size_bytes, topic.data())) return;
  predicted_ = frame.substr(0, header_.size_bytes);
  predicted_topic_at_ = static_cast<std::size_t>(topic.data() - frame.data());
  predicted_topic_size_ = topic.size();
  is_plain_publish_ = true;
}

void Session::publish_one() {
  if (!is_plain_publish_ || rights_ != nullptr) return execute_publish(*this, &command_, *space_);
  Publish publish;
  publish.topic = command_.topic();
  publish.body = command_.body;
  publish.publisher = &publisher_;
  if (const Status status = space_->publish(publish); !status.ok()) fail(command_, status);
}

void Session::reject_frame(const Status& status) {
  // What could be read before the damage says whom to tell.
  has_command_ = false;
  command_.header = &header_;
  command_.body = {};
  command_.acks = AMPS_ACK_Processed;
  if (header_.has(AMPS_CommandId)) fail(command_, "malformed header", status.text());
  end(Disconnect::kProtocol, status.text());
}

void Session::run_publishes(wire::FrameReader* reader) {
  constexpr std::uint64_t kFanOutBytesMax = 16u << 20;  // Then receivers are written to before we go on.
  bool flush = false;
  has_published_ = true;
  log_.hold();
  {
    MutexLock lock(space_->mutex());
    space_->begin_block(host_->now_ms());
    std::uint64_t count = 0;
    do {
      has_command_ = false;
      ++count;
      publish_one();
      last_txid_ = std::max(last_txid_, space_->saved_point().txid);
      flush = space_->fanned_out_bytes() > kFanOutBytesMax;
    } while (!flush && !ended_ && next_command(reader) && is_publish());
    space_->hand_out();
    Statistics::add(services_.statistics.messages_in, count);
    messages_in_ += count;
  }
  log_.release();
  if (services_.journal != nullptr) services_.journal->end_block();
  if (flush) host_->flush();
}

}  // namespace amps::broker
