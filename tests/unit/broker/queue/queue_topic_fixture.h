// SPDX-License-Identifier: Apache-2.0
// Queues of a topic space over a log in memory; consumers are outboxes without sockets.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "broker/queue/queues.h"
#include "broker/topic_spaces.h"
#include "support/memory_journal.h"
#include "support/outbox_peer.h"
#include "support/raw_client.h"
#include "wire/options.h"

namespace queue_tests {

using amps::test::Home;
using amps::test::Sink;
using namespace amps::broker;

struct QueueTopicFixture {
  amps::ManualClock clock;
  Statistics statistics;
  TopicSpaces spaces{clock, &statistics};
  Home home;
  OutboxLimits limits;
  Outbox outbox{&home, &limits, nullptr};
  Outbox other_outbox{&home, &limits, nullptr};
  std::unique_ptr<raw::MemoryJournal> journal = std::make_unique<raw::MemoryJournal>();
  std::vector<std::unique_ptr<QueueConfiguration>> configurations;
  std::vector<std::unique_ptr<TopicSpaces>> spaces_after_restart;
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  std::unique_ptr<Queues> queues;  // Goes first: its thread uses what is above.

  QueueTopicFixture() { limits.client_bytes_max = 1u << 30; }

  QueueConfiguration& configure(const std::string& name, const std::string& underlying = {}) {
    auto configuration = std::make_unique<QueueConfiguration>();
    configuration->name = name;
    configuration->message_type = "json";
    configuration->underlying_topic = underlying.empty() ? name : underlying;
    configuration->publish_target = configuration->underlying_topic;
    configurations.push_back(std::move(configuration));
    return *configurations.back();
  }
  amps::Status make() {
    std::vector<const QueueConfiguration*> list;
    for (const auto& one : configurations) list.push_back(one.get());
    return Queues::make(list, {&spaces, &clock, &amps::null_log_sink()}, &queues);
  }
  void start() {
    REQUIRE(make().ok());
    journal->visit([this](const JournalRecord& record) { queues->recover(record); });
    const amps::Status status = queues->start(journal.get());
    REQUIRE_MESSAGE(status.ok(), status.text());
  }
  // Ends the queues and begins again with what the log has.
  void restart() {
    subscriptions.clear();
    queues.reset();
    spaces_after_restart.push_back(std::make_unique<TopicSpaces>(clock, &statistics));
    REQUIRE(make_on(*spaces_after_restart.back()).ok());
    journal->visit([this](const JournalRecord& record) { queues->recover(record); });
    const amps::Status status = queues->start(journal.get());
    REQUIRE_MESSAGE(status.ok(), status.text());
  }
  amps::Status make_on(const TopicSpaces& new_spaces) {
    current = new_spaces.find("json");
    std::vector<const QueueConfiguration*> list;
    for (const auto& one : configurations) list.push_back(one.get());
    return Queues::make(list, {&new_spaces, &clock, &amps::null_log_sink()}, &queues);
  }

  TopicSpace& space() { return current == nullptr ? *spaces.find("json") : *current; }
  QueueTopic& queue(const std::string& name) {
    QueueTopic* found = nullptr;
    amps::MutexLock lock(space().mutex());
    space().for_each_queue(name, nullptr, [&](QueueTopic* one) { found = one; });
    REQUIRE(found != nullptr);
    return *found;
  }

  static std::unique_ptr<Filter> compile(const std::string& text) {
    std::unique_ptr<Filter> filter;
    const amps::Status status = Filter::compile(text, find_message_format("json"), {}, &filter);
    REQUIRE_MESSAGE(status.ok(), status.text());
    return filter;
  }
  Subscription* make_subscription(const std::string& topic, const std::string& id, std::uint64_t backlog,
                                  const std::string& filter = {}) {
    auto subscription = std::make_unique<Subscription>();
    subscription->id = id;
    subscription->topic = topic;
    subscription->backlog_max = backlog;
    subscription->outbox = &outbox;
    subscription->filter_text = subscription->effective_text = filter;
    if (amps::wire::is_topic_pattern(topic)) {
      REQUIRE(TopicPattern::compile(topic, &subscription->pattern).ok());
    }
    if (!filter.empty()) subscription->filter = compile(filter);
    subscriptions.push_back(std::move(subscription));
    return subscriptions.back().get();
  }
  Subscription* subscribe(const std::string& topic, const std::string& id, std::uint64_t backlog = 1,
                          const std::string& filter = {}) {
    Subscription* const subscription = make_subscription(topic, id, backlog, filter);
    amps::MutexLock lock(space().mutex());
    space().begin_block(clock.steady_ms());
    space().add(subscription);
    return subscription;
  }
  Subscription* replace(const Subscription* old) {
    Subscription* const subscription = make_subscription(old->topic, old->id, old->backlog_max);
    amps::MutexLock lock(space().mutex());
    space().begin_block(clock.steady_ms());
    space().replace(old, subscription);
    return subscription;
  }
  void unsubscribe(Subscription* subscription) {
    amps::MutexLock lock(space().mutex());
    space().begin_block(clock.steady_ms());
    space().remove(subscription);
  }
  QueueTopic::AckCounts ack(const std::string& name, const std::vector<std::uint64_t>& sequences,
                            AckKind kind = AckKind::kAcknowledge, const Outbox* client = nullptr) {
    QueueTopic& topic = queue(name);
    std::vector<BookmarkId> ids;
    for (const std::uint64_t sequence : sequences) ids.push_back({7, sequence});
    QueueTopic::AckCounts counts;
    {
      amps::MutexLock lock(space().mutex());
      space().begin_block(clock.steady_ms());
      counts = topic.acknowledge(ids, kind, client == nullptr ? &outbox : client);
    }
    journal->end_block();
    return counts;
  }
  std::size_t depth(const std::string& name) {
    QueueTopic& topic = queue(name);
    amps::MutexLock lock(space().mutex());
    return topic.state().depth();
  }
  void advance_ms(std::uint64_t ms) {
    clock.advance_ms(ms);
    space().run_timed_work();
    journal->end_block();
  }

  // "sids:body" of each message since the last call.
  std::string received() {
    Sink sink;
    outbox.write_to(&sink, 0);
    std::string text;
    for (std::size_t at = 0; at < sink.bytes.size();) {
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sink.bytes[at + i]); };
      const std::size_t size = std::size_t{byte(1)} << 16 | std::size_t{byte(2)} << 8 | byte(3);
      frames.push_back(raw::parse(std::string_view(sink.bytes).substr(at + 4, size)));
      text += frames.back().get("sids") + ":" + frames.back().body + " ";
      at += 4 + size;
    }
    return text;
  }
  // Waits until that was received.
  bool receives(const std::string& expected) {
    std::string text;
    const auto deadline = std::chrono::steady_clock::now() + raw::kWait;
    while (text != expected && std::chrono::steady_clock::now() < deadline) {
      text += received();
      if (text.size() >= expected.size()) break;
      std::this_thread::yield();
    }
    if (text != expected) MESSAGE("received " << text);
    return text == expected;
  }
  bool becomes(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + raw::kWait;
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return condition();
  }

  std::vector<raw::Frame> frames;  // All that were received.
  TopicSpace* current = nullptr;
};

}  // namespace queue_tests
