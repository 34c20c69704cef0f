// SPDX-License-Identifier: Apache-2.0
#include "queue_check.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "broker/queue/queue.h"

namespace queue_tests {

using namespace amps::broker;

namespace {

constexpr std::uint64_t kStepUs = 1'000'000;

// The queue, told the same events as the reference.
class Subject : QueueOutput {
 public:
  explicit Subject(const QueueRules& rules) : rules_(rules), queue_(rules, static_cast<QueueOutput*>(this)) {}

  std::vector<Told> handle(const Event& event) {
    now_us_ += event.elapsed_us;
    const auto consumer = static_cast<ConsumerId>(event.consumer);
    const auto filter = static_cast<FilterId>(event.filter);
    const auto client = static_cast<ClientId>(event.client);
    switch (event.kind) {
      case Event::kAdd:
        add(event);
        break;
      case Event::kSubscribe:
        queue_.subscribe(client, filter, event.backlog, now_us_);
        break;
      case Event::kReplace:
        queue_.replace(consumer, filter, event.backlog, now_us_);
        break;
      case Event::kUnsubscribe:
        queue_.unsubscribe(consumer, now_us_);
        break;
      case Event::kAck:
        queue_.acknowledge(id_of(event), AckKind::kAcknowledge, client, now_us_);
        break;
      case Event::kCancel:
        queue_.acknowledge(id_of(event), AckKind::kCancel, client, now_us_);
        break;
      case Event::kExpire:
        queue_.acknowledge(id_of(event), AckKind::kExpire, client, now_us_);
        break;
      case Event::kDefer:
        queue_.defer_ack(id_of(event), now_us_);
        break;
      case Event::kTime:
        break;
    }
    queue_.settle(now_us_);
    return std::exchange(told_, {});
  }
  std::vector<std::size_t> sizes() const {
    return {queue_.waiting_count(), queue_.leased_count(), queue_.outstanding_count()};
  }

 private:
  static BookmarkId id_of(const Event& event) { return {1, static_cast<std::uint64_t>(event.message)}; }
  void add(const Event& event) {
    QueueMessage message;
    message.id = id_of(event);
    message.position = message.id.sequence;
    message.priority = event.priority;
    message.is_barrier = event.barrier;
    message.expires_us = expiry_us(rules_, now_us_, event.life_us);
    queue_.add(std::move(message), now_us_);
  }
  bool matches(FilterId filter, const QueueMessage& message) override {
    return filter_matches(static_cast<int>(filter), static_cast<int>(message.id.sequence));
  }
  void deliver(ConsumerId consumer, const QueueMessage& message) override {
    told_.push_back({Told::kDelivered, static_cast<int>(message.id.sequence), static_cast<int>(consumer)});
  }
  void remove(const QueueMessage& message, Removal why) override {
    told_.push_back({Told::kRemoved, static_cast<int>(message.id.sequence), static_cast<int>(why)});
  }

  const QueueRules rules_;
  Queue queue_;
  std::uint64_t now_us_ = 0;
  std::vector<Told> told_;
};

// The first difference, as text; empty: none.
class Comparison {
 public:
  Comparison(const QueueRules& rules, Fault fault) : subject_(rules), model_(rules, fault) {}

  bool handle(const Event& event) {
    history_ += event_text(event) + "\n";
    const std::vector<Told> expected = model_.handle(event);
    const std::vector<Told> got = subject_.handle(event);
    if (got == expected && subject_.sizes() == model_.sizes()) return true;
    difference_ = history_ + "expected " + told_text(expected) + "\ngot      " + told_text(got);
    return false;
  }
  const QueueModel& model() const { return model_; }
  const std::string& difference() const { return difference_; }

 private:
  Subject subject_;
  QueueModel model_;
  std::string history_;
  std::string difference_;
};

using Random = std::mt19937_64;

int pick(Random* random, int first, int last) {
  return static_cast<int>(static_cast<std::uint64_t>(first) +
                          (*random)() % static_cast<std::uint64_t>(last - first + 1));
}

bool one_in(Random* random, int n) {
  return pick(random, 1, n) == 1;
}

QueueRules random_rules(Random* random) {
  QueueRules rules;
  const bool at_most_once = one_in(random, 4);
  if (at_most_once) rules.semantics = QueueSemantics::kAtMostOnce;
  rules.fairness = at_most_once ? FairnessModel::kRoundRobin : static_cast<FairnessModel>(pick(random, 0, 2));
  rules.leasing = static_cast<Leasing>(pick(random, 0, 1));
  rules.expiration_model = static_cast<ExpirationModel>(pick(random, 0, 3));
  if (!one_in(random, 3)) rules.lease_us = static_cast<std::uint64_t>(pick(random, 1, 4)) * kStepUs;
  if (one_in(random, 3)) rules.expiration_us = static_cast<std::uint64_t>(pick(random, 1, 9)) * kStepUs;
  if (one_in(random, 3)) rules.backlog_max = static_cast<std::uint64_t>(pick(random, 1, 5));
  rules.subscription_backlog_max = static_cast<std::uint64_t>(pick(random, 1, 5));
  if (one_in(random, 3)) rules.deliveries_max = static_cast<std::uint32_t>(pick(random, 1, 3));
  if (one_in(random, 3)) rules.cancels_max = static_cast<std::uint32_t>(pick(random, 1, 3));
  rules.deferred_ack_us = 4 * kStepUs;
  return rules;
}

// Makes up events that fit what is there.
class Generator {
 public:
  explicit Generator(std::uint64_t seed)
      : random_(seed),
        rules_(random_rules(&random_)),
        priorities_(one_in(&random_, 3)),
        barriers_(!priorities_ && one_in(&random_, 2)) {}

  const QueueRules& rules() const { return rules_; }

  Event next(const QueueModel& model) {
    Event event{Event::kTime};
    if (one_in(&random_, 3))
      event.elapsed_us = static_cast<std::uint64_t>(pick(&random_, 1, 3)) * kStepUs / 2;
    const int what = pick(&random_, 1, 20);
    if (what <= 6) {
      add(&event);
    } else if (what <= 8 && consumers_ < 40) {
      event.kind = Event::kSubscribe;
      ++consumers_;
      describe_consumer(&event);
    } else if (what <= 10) {
      event.kind = what == 9 ? Event::kReplace : Event::kUnsubscribe;
      event.consumer = pick(&random_, 1, consumers_ + 1);
      describe_consumer(&event);
      if (!model.has_consumer(event.consumer)) event.kind = Event::kTime;
    } else if (what <= 18) {
      event.kind = what <= 15 ? Event::kAck : what <= 17 ? Event::kCancel : Event::kExpire;
      event.message = one_in(&random_, 3) ? pick(&random_, 1, messages_ + 1)
                                          : pick(&random_, std::max(1, messages_ - 5), messages_ + 1);
      event.client = pick(&random_, 1, 3);
    } else if (what == 19) {
      event.kind = Event::kDefer;
      event.message = messages_ + pick(&random_, 1, 3);
    }
    return event;
  }

 private:
  void add(Event* event) {
    event->kind = Event::kAdd;
    event->message = ++messages_;
    if (priorities_) event->priority = static_cast<std::uint64_t>(pick(&random_, 0, 3));
    event->barrier = barriers_ && one_in(&random_, 4);
    if (one_in(&random_, 4)) event->life_us = static_cast<std::uint64_t>(pick(&random_, 0, 6)) * kStepUs;
  }
  void describe_consumer(Event* event) {
    static constexpr int kFilters[] = {0, 0, 2, 3, 9};
    event->client = pick(&random_, 1, 3);
    event->filter = kFilters[pick(&random_, 0, 4)];
    event->backlog = static_cast<std::uint64_t>(pick(&random_, 0, 4));
  }

  Random random_;
  QueueRules rules_;
  bool priorities_;
  bool barriers_;
  int messages_ = 0;
  int consumers_ = 0;
};

// Every event a small world knows: three messages, two consumers.
std::vector<Event> small_world() {
  std::vector<Event> events;
  for (int kind = 0; kind < 2; ++kind) {
    Event subscribe{Event::kSubscribe};
    subscribe.client = kind + 1;
    subscribe.filter = kind == 0 ? 0 : 2;
    subscribe.backlog = 1;
    events.push_back(subscribe);
  }
  Event event{Event::kAdd};
  events.push_back(event);
  for (const Event::Kind kind : {Event::kAck, Event::kCancel}) {
    for (int message = 1; message <= 2; ++message) {
      event = Event{kind};
      event.message = message;
      event.client = 1;
      events.push_back(event);
    }
  }
  event = Event{Event::kUnsubscribe};
  event.consumer = 1;
  events.push_back(event);
  event = Event{Event::kTime};
  event.elapsed_us = kStepUs;
  events.push_back(event);
  return events;
}

// Consumers that acknowledge after a time of their own, fed without pause. Who got how many.
class Workshop : QueueOutput {
 public:
  struct Worker {
    std::uint64_t backlog;
    std::uint64_t work_us;
  };
  Workshop(const QueueRules& rules, const std::vector<Worker>& workers)
      : queue_(rules, static_cast<QueueOutput*>(this)), workers_(workers) {
    for (const Worker& worker : workers) queue_.subscribe(1, kNoFilter, worker.backlog, 0);
  }

  std::vector<int> run(int messages) {
    got_.assign(workers_.size(), 0);
    for (int number = 1; number <= messages; ++number) {
      QueueMessage message;
      message.id = {1, static_cast<std::uint64_t>(number)};
      message.position = message.id.sequence;
      queue_.add(std::move(message), now_us_);
    }
    queue_.settle(now_us_);
    while (!due_.empty()) {
      const auto next = due_.begin();
      now_us_ = next->first;
      queue_.acknowledge(next->second, AckKind::kAcknowledge, 1, now_us_);
      due_.erase(next);
      queue_.settle(now_us_);
      // Work conserving: nobody has room while messages wait.
      for (ConsumerId id = 1; id <= workers_.size(); ++id) {
        if (queue_.waiting_count() != 0 && queue_.outstanding_of(id) < queue_.backlog_of(id)) ++idle_;
      }
    }
    return got_;
  }
  int idle() const { return idle_; }

 private:
  bool matches(FilterId, const QueueMessage&) override { return true; }
  void deliver(ConsumerId consumer, const QueueMessage& message) override {
    ++got_[consumer - 1];
    // Each works on its messages one after the other.
    std::uint64_t& free_at = free_at_[consumer];
    free_at = std::max(free_at, now_us_) + workers_[consumer - 1].work_us;
    due_.emplace(free_at, message.id);
  }
  void remove(const QueueMessage&, Removal) override {}

  Queue queue_;
  std::vector<Worker> workers_;
  std::vector<int> got_;
  std::map<ConsumerId, std::uint64_t> free_at_;
  std::multimap<std::uint64_t, BookmarkId> due_;
  std::uint64_t now_us_ = 0;
  int idle_ = 0;
};

// Messages that come one by one to consumers who have nothing to do: the model alone says who gets them.
class Shop : QueueOutput {
 public:
  Shop(FairnessModel model, int consumers) : queue_(rules_of(model), static_cast<QueueOutput*>(this)) {
    for (int i = 0; i < consumers; ++i) queue_.subscribe(1, kNoFilter, 4, 0);
    got_.assign(static_cast<std::size_t>(consumers), 0);
  }
  std::vector<int> run(int messages) {
    for (int number = 1; number <= messages; ++number) {
      QueueMessage message;
      message.id = {1, static_cast<std::uint64_t>(number)};
      message.position = message.id.sequence;
      const BookmarkId id = message.id;
      queue_.add(std::move(message), 0);
      queue_.settle(0);
      queue_.acknowledge(id, AckKind::kAcknowledge, 1, 0);
    }
    return got_;
  }

 private:
  static QueueRules rules_of(FairnessModel model) {
    QueueRules rules;
    rules.fairness = model;
    rules.subscription_backlog_max = 4;
    return rules;
  }
  bool matches(FilterId, const QueueMessage&) override { return true; }
  void deliver(ConsumerId consumer, const QueueMessage&) override { ++got_[consumer - 1]; }
  void remove(const QueueMessage&, Removal) override {}

  Queue queue_;
  std::vector<int> got_;
};

bool is_near(int got, int expected) {
  return got * 10 >= expected * 9 && got * 10 <= expected * 11;
}

std::string shares_text(const char* what, const std::vector<int>& got) {
  std::string text = what;
  for (const int count : got) text += " " + std::to_string(count);
  return text;
}

}  // namespace

std::string run_history(std::uint64_t seed, int steps, Fault fault) {
  Generator generator(seed);
  Comparison comparison(generator.rules(), fault);
  for (int step = 0; step < steps; ++step) {
    if (!comparison.handle(generator.next(comparison.model()))) {
      return "seed " + std::to_string(seed) + "\n" + comparison.difference();
    }
  }
  return {};
}

// All sequences of `depth` events; the number of them, or the first difference.
std::string explore(const QueueRules& rules, int depth, long* count) {
  const std::vector<Event> events = small_world();
  std::vector<std::size_t> path(static_cast<std::size_t>(depth), 0);
  for (;;) {
    Comparison comparison(rules, Fault::kNone);
    int messages = 0;
    for (const std::size_t index : path) {
      Event event = events[index];
      if (event.kind == Event::kAdd) event.message = ++messages;
      if (event.kind == Event::kUnsubscribe && !comparison.model().has_consumer(1)) event.kind = Event::kTime;
      if (!comparison.handle(event)) return comparison.difference();
    }
    ++*count;
    std::size_t at = 0;
    while (at < path.size() && ++path[at] == events.size()) path[at++] = 0;
    if (at == path.size()) return {};
  }
}

std::string check_work_goes_on() {
  for (const FairnessModel model :
       {FairnessModel::kProportional, FairnessModel::kRoundRobin, FairnessModel::kFast}) {
    QueueRules rules;
    rules.fairness = model;
    rules.subscription_backlog_max = 100;
    Workshop workshop(rules, {{1, 10}, {4, 10}, {16, 70}, {3, 1}});
    const std::vector<int> got = workshop.run(20'000);
    if (workshop.idle() != 0) return std::to_string(workshop.idle()) + " times somebody waits for nothing";
    if (std::count(got.begin(), got.end(), 0) != 0) return shares_text("somebody gets nothing:", got);
  }
  return {};
}

std::string check_shares() {
  QueueRules rules;
  rules.subscription_backlog_max = 100;
  rules.fairness = FairnessModel::kRoundRobin;
  for (const std::vector<int>& got : {Workshop(rules, {{4, 10}, {4, 10}, {4, 10}, {4, 10}}).run(20'000),
                                      Shop(FairnessModel::kRoundRobin, 4).run(20'000)}) {
    for (const int count : got) {
      if (!is_near(count, 5'000)) return shares_text("the rotation gives", got);
    }
  }
  rules.fairness = FairnessModel::kProportional;
  const std::vector<int> got = Workshop(rules, {{8, 10}, {8, 20}, {8, 40}}).run(21'000);
  const bool is_fair = is_near(got[0], 12'000) && is_near(got[1], 6'000) && is_near(got[2], 3'000);
  return is_fair ? std::string() : shares_text("speeds of 4:2:1 get", got);
}

}  // namespace queue_tests
