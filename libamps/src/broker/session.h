// SPDX-License-Identifier: Apache-2.0
// One client as the protocol sees it: frames in, commands executed, frames out through the outbox.
// Knows neither sockets nor time-outs of its own; its connection asks it when it wants to be looked at.
// Threads: the event loop that owns the connection. Owns: its subscriptions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/buffer.h"
#include "base/random_hash.h"
#include "broker/ack.h"
#include "broker/log_line.h"
#include "broker/monitor/broker_facts.h"
#include "broker/outbox.h"
#include "broker/owed_acks.h"
#include "broker/replay/replays.h"
#include "broker/security/transport_access.h"
#include "broker/services.h"
#include "broker/sow/query.h"
#include "broker/subscription.h"
#include "wire/frame_reader.h"
#include "wire/header.h"
#include "wire/header_decoder.h"

namespace amps::broker {

// The event loop as a session sees it.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  virtual std::uint64_t now_ms() const noexcept = 0;
  // Writes what waits in the outboxes, when a fan-out has become too large to wait for the end of the round.
  virtual void flush() noexcept = 0;
  // Ends a connection of this host, unless it is gone already. Threads: any.
  virtual void request_close(std::uint64_t connection_id, Disconnect reason) = 0;
  // Lets a session of this host go on with what it waited for, unless it is gone. Threads: any.
  virtual void run_in(std::uint64_t connection_id, std::function<void(Session&)> work) = 0;
};

struct ConnectionInfo {
  std::uint64_t id = 0;
  std::string name;                         // "json-tcp-17".
  std::string peer;                         // "127.0.0.1:4711".
  std::string message_type;                 // Of the transport; empty: any.
  const TransportAccess* access = nullptr;  // Of the transport, which outlives its connections.
};

// A frame from the client. Views die with the frame.
struct Command {
  const wire::Header* header = nullptr;
  std::string_view body;
  std::uint32_t acks = 0;  // Asked for and meaningful for the command.

  std::string_view id() const noexcept { return header->get(AMPS_CommandId); }
  std::string_view topic() const noexcept { return header->get(AMPS_Topic); }
};

class PendingLogon;

class Session {
 public:
  Session(const Services& services, ConnectionInfo info, SessionHost* host, Outbox* outbox);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // For the connection.
  void execute(wire::FrameReader* reader);  // Every whole frame, until the session has ended.
  void check_time();                        // At or after deadline_ms().
  void settle();                            // Sends acks that are due; they wait for time and storage.
  bool awaits_storage() const noexcept { return owed_.awaits_storage(host_->now_ms()); }
  // Too much waits for the disk: nothing more is to be read before the storage has changed.
  bool has_to_wait() const noexcept;
  std::uint64_t deadline_ms() const noexcept;  // UINT64_MAX: none.
  void received(std::uint64_t now_ms) noexcept { received_ms_ = now_ms; }
  void sent(std::uint64_t now_ms) noexcept { sent_ms_ = now_ms; }
  bool is_logged_on() const noexcept { return space_ != nullptr; }
  bool has_ended() const noexcept { return ended_; }
  // Its logon is being decided; until then it executes nothing, and nothing is read for it.
  bool is_waiting() const noexcept { return pending_logon_ != nullptr && !ended_; }
  Disconnect end_reason() const noexcept { return end_reason_; }
  // No more commands; what was answered is still to be sent. The first reason stays.
  void end(Disconnect reason, std::string_view detail = {});
  // Gives up subscriptions and name. After that nobody appends to the outbox any more.
  void leave();

  Replays& replays() noexcept { return replays_; }

  const ConnectionInfo& info() const noexcept { return info_; }

  // For the commands.
  const Services& services() const noexcept { return services_; }
  LogSink& log() noexcept { return log_; }
  SessionHost* host() const noexcept { return host_; }
  Outbox* outbox() const noexcept { return outbox_; }
  FilterCost* filter_cost() noexcept { return &filter_cost_; }  // Under the lock of the space.
  TopicSpace* space() const noexcept { return space_; }         // None before logon.
  const std::string& client_name() const noexcept { return client_name_; }
  const std::string& user() const noexcept { return user_; }
  const Publisher& publisher() const noexcept { return publisher_; }
  // Makes known who publishes. Requires: a transaction log. Fails when another name has the same id.
  Status find_publisher(const std::string& client_name, const std::string& user);
  // Who counts this client's messages; none: it has not counted any yet.
  PublisherState* counted_by() const noexcept { return counted_by_; }
  // The same for a command with a sequence, on a topic that is logged. Fails when there are too many.
  Status count(std::uint64_t sequence, Publish* command);
  // Sends the ack if it was asked for.
  void acknowledge(const Command& command, std::uint32_t ack_type);
  void acknowledge(const Command& command, Ack ack);
  // The same in the order of the commands, when what the command did is on stable storage.
  void acknowledge_saved(const Command& command, Ack ack, const SavedPoint& point);
  // What the session has changed is on stable storage when this is.
  SavedPoint saved_point() const;
  void set_ack_interval(std::uint64_t interval_ms) noexcept { ack_interval_ms_ = interval_ms; }
  // Says no: a `processed` failure if asked for. `detail` goes to the log.
  void fail(const Command& command, std::string_view reason, std::string_view detail = {});
  void fail(const Command& command, const Status& status);
  Buffer& replies() noexcept { return replies_; }
  void flush_replies();  // Into the outbox, so that what others append comes after them.
  void log_on(std::string client_name, std::string user, TopicSpace* space, std::string correlation_id);
  // Before log_on().
  void set_rights(std::shared_ptr<const Rights> rights) noexcept { rights_ = std::move(rights); }
  // None: nothing is denied.
  const std::shared_ptr<const Rights>& rights() const noexcept { return rights_; }
  // None: nothing limits what is read of the topic.
  const Grant* read_grant(std::string_view topic) const noexcept {
    return rights_ == nullptr ? nullptr : &rights_->read(topic);
  }
  int next_logon_round() noexcept { return ++logon_rounds_; }
  void set_pending_logon(std::unique_ptr<PendingLogon> logon);
  std::unique_ptr<PendingLogon> take_pending_logon();
  void set_heartbeat(std::uint64_t interval_ms) noexcept;
  void publish_event(ClientEvent event) const;

  Subscription* find_subscription(std::string_view id);
  std::size_t subscription_count() const noexcept { return subscriptions_.size(); }
  std::uint64_t messages_in() const noexcept { return messages_in_; }
  void describe(bool with_subscriptions, ClientFacts* out) const;
  // Puts it into the topic space, in place of one of the same id. Replies go out first, then the
  // result of the query, if there is one: it is of the very moment at which the subscription begins.
  void add_subscription(std::unique_ptr<Subscription> subscription, std::optional<Query> query);
  // The same for one that is read from the log. In place of one that was, it goes on where that is.
  // `before`: what is answered first; none: nothing.
  void add_replay(std::unique_ptr<Subscription> subscription, ReplayStart start,
                  std::unique_ptr<QueryResult> before);
  void remove_subscription(std::string_view id);
  void remove_all_subscriptions();

 private:
  void add_fed(std::unique_ptr<Subscription>* entry, std::unique_ptr<Subscription> subscription, Query query)
      AMPS_REQUIRES(space_->mutex());
  bool next_command(wire::FrameReader* reader);
  bool predict(std::string_view frame);
  void learn(std::string_view frame);
  void reject_frame(const Status& status);
  bool is_publish() const noexcept;
  void run_publishes(wire::FrameReader* reader);
  void publish_one() AMPS_REQUIRES(space_->mutex());

  const Services& services_;
  const ConnectionInfo info_;
  SessionHost* const host_;
  Outbox* const outbox_;
  FilterCost filter_cost_;
  DeferredLog log_;
  Buffer replies_;

  // The command at hand.
  wire::HeaderDecoder decoder_;
  wire::Header header_;
  Command command_;
  bool has_command_ = false;
  bool is_plain_publish_ = false;  // Only a topic and a body: nothing to check, nothing to answer.
  // Header of the latest plain publish. A frame that begins with the same bytes says the same.
  std::string predicted_;
  std::size_t predicted_topic_at_ = 0;
  std::size_t predicted_topic_size_ = 0;

  TopicSpace* space_ = nullptr;
  std::string client_name_;
  std::string user_;
  Publisher publisher_;  // Views of both.
  PublisherState* counted_by_ = nullptr;
  bool has_published_ = false;
  std::uint64_t last_txid_ = 0;  // Of what it has put into the transaction log.
  std::uint64_t ack_interval_ms_ = 1000;
  OwedAcks owed_;
  std::string correlation_id_;            // Of the logon.
  std::shared_ptr<const Rights> rights_;  // Of this, its subscriptions and its queries.
  std::uint64_t messages_in_ = 0;
  int logon_rounds_ = 0;
  std::unique_ptr<PendingLogon> pending_logon_;
  std::unordered_map<std::string, std::unique_ptr<Subscription>, RandomHash> subscriptions_;
  Replays replays_;  // Of those among them that are read from the log.

  const std::uint64_t logon_deadline_ms_;
  std::uint64_t heartbeat_ms_ = 0;  // 0: none wanted.
  std::uint64_t received_ms_;
  std::uint64_t sent_ms_;
  bool ended_ = false;
  bool left_ = false;
  Disconnect end_reason_ = Disconnect::kConnectionClosed;
};

}  // namespace amps::broker
