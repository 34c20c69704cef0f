// SPDX-License-Identifier: Apache-2.0
#include "broker/view/view.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "broker/log_line.h"
#include "broker/sow/record_key.h"

namespace amps::broker {

namespace {

constexpr std::size_t kChangesPerTurn = 1'000;  // Then others get the lock, and what was sent may drain.

}  // namespace

// Follows one source. Threads: under the lock of that source's topic space.
class View::SourceObserver final : public TopicObserver {
 public:
  SourceObserver(View* view, std::size_t index, TopicSpace* space, Topic* topic)
      : view_(*view), index_(index), space_(*space), topic_(*topic) {}

  void on_change(const Change& change) override {
    const RecordRef record = change.removes() ? RecordRef() : topic_.store->records()->with_key(change.key);
    if (&space_ != &view_.space_) {
      view_.inbox_.add(index_, change.key, record);
    } else {
      view_.apply(index_, change.key, record, &view_);
    }
  }
  RecordSnapshot snapshot() const { return topic_.store->records()->snapshot(); }
  TopicSpace& space() const noexcept { return space_; }

 private:
  View& view_;
  const std::size_t index_;
  TopicSpace& space_;
  Topic& topic_;
};

// Inline conflation: of the updates of a group that came together, only the last counts.
class View::LatestGroups final : public Aggregation::Output {
 public:
  void put_group(std::string_view identity, std::string_view body) override {
    groups_[std::string(identity)] = std::string(body);
  }
  void remove_group(std::string_view identity) override { groups_[std::string(identity)].reset(); }
  void tell(Aggregation::Output* output) const {
    for (const auto& [identity, body] : groups_) {
      body ? output->put_group(identity, *body) : output->remove_group(identity);
    }
  }

 private:
  std::map<std::string, std::optional<std::string>> groups_;  // None: it is gone.
};

View::View(TopicSpace* space, const ViewConfiguration& configuration, LogSink* log)
    : space_(*space),
      log_(*log),
      name_(configuration.name),
      domain_(configuration.key_domain.empty() ? configuration.name : configuration.key_domain),
      is_inline_(configuration.inline_conflation) {}

View::~View() = default;

Status View::make(const TopicSpaces& spaces, const ViewConfiguration& configuration, LogSink* log,
                  std::unique_ptr<View>* out) {
  TopicSpace* const space = spaces.find(configuration.message_type);
  if (space == nullptr) {
    return Status(AMPS_E_MESSAGE_TYPE, "view " + configuration.name + ": " + configuration.message_type);
  }
  std::unique_ptr<View> view(new View(space, configuration, log));
  if (const Status status = view->open(spaces, configuration); !status.ok()) {
    return Status(status.code(), "view " + configuration.name + ": " + status.text());
  }
  *out = std::move(view);
  return {};
}

Status View::open(const TopicSpaces& spaces, const ViewConfiguration& configuration) {
  AMPS_RETURN_IF_ERROR(plan(spaces.types(), configuration));
  for (std::size_t i = 0; i < plan_->sources().size(); ++i) AMPS_RETURN_IF_ERROR(find_source(spaces, i));
  {
    MutexLock lock(space_.mutex());
    space_.begin_block(0);
    AMPS_RETURN_IF_ERROR(DerivedTopic::declare(&space_, name_, &topic_));
    topic_->set_deltas(&plan_->format(), plan_->key_paths());
    AMPS_RETURN_IF_ERROR(topic_->add_indexes(configuration.hash_indexes));
    space_.add_timed_work(this);
  }
  aggregation_ = std::make_unique<Aggregation>(plan_.get());
  fill();
  return {};
}

Status View::plan(const MessageTypes& types, const ViewConfiguration& configuration) {
  const auto or_own = [&](const std::string& type) {
    return type.empty() ? configuration.message_type : type;
  };
  std::vector<JoinSource> joined;
  AMPS_RETURN_IF_ERROR(plan_join(configuration, &joined));
  std::vector<ViewPlan::SourceName> names;
  for (JoinSource& source : joined) {
    source.message_type = or_own(source.message_type);
    names.push_back({source.message_type, source.topic});
  }
  if (names.empty()) names.push_back({or_own(configuration.source_message_type), configuration.source});
  const ViewTexts texts{configuration.projection, configuration.grouping, configuration.filter};
  AMPS_RETURN_IF_ERROR(ViewPlan::make(names, configuration.message_type, texts, &plan_, types));
  if (joined.empty()) return {};
  for (std::size_t i = 0; i < joined.size(); ++i) {
    std::vector<FieldPlan::Slot>& slots = join_slots_.emplace_back();
    for (const std::string& path : joined[i].fields) {
      AMPS_RETURN_IF_ERROR(plan_->add_field(i, path, &slots.emplace_back()));
    }
  }
  join_fields_.resize(joined.size());
  join_ = std::make_unique<Join>(std::move(joined), configuration.join_null_equivalency);
  return {};
}

Status View::find_source(const TopicSpaces& spaces, std::size_t index) {
  const ViewSource& source = plan_->sources()[index];
  TopicSpace* const space = spaces.find(source.message_type);
  if (space == nullptr) return Status(AMPS_E_MESSAGE_TYPE, source.message_type);
  MutexLock lock(space->mutex());
  Topic* const topic = space->find(source.topic);
  if (topic == nullptr || topic->store == nullptr || topic->store->records() == nullptr) {
    return Status(AMPS_E_USAGE, source.topic + " is no topic with records declared before it");
  }
  observers_.push_back(std::make_unique<SourceObserver>(this, index, space, topic));
  space->observe(source.topic, observers_.back().get());
  return {};
}

// Nobody publishes yet, so the sources stand still.
void View::fill() {
  for (std::size_t i = 0; i < observers_.size(); ++i) {
    RecordSnapshot snapshot;
    {
      MutexLock lock(observers_[i]->space().mutex());
      snapshot = observers_[i]->snapshot();
    }
    for (const ChunkRef& chunk : snapshot) {
      for (const RecordRef& record : chunk->items) {
        if (record) apply(i, record->key(), record, nullptr);
      }
    }
  }
  MutexLock lock(space_.mutex());
  space_.begin_block(0);
  aggregation_->for_each(this);
}

std::uint64_t View::run_due(std::uint64_t now_ms) {
  if (done_ == taken_.size()) {
    taken_ = inbox_.take();
    done_ = 0;
  }
  if (taken_.empty()) return UINT64_MAX;
  LatestGroups latest;
  Aggregation::Output* const output = is_inline_ ? static_cast<Aggregation::Output*>(&latest) : this;
  for (const std::size_t end = std::min(taken_.size(), done_ + kChangesPerTurn); done_ != end; ++done_) {
    const ViewInbox::Item& item = taken_[done_];
    apply(item.source, item.key, item.record, output);
  }
  latest.tell(this);
  return now_ms;  // Once more, also for what came meanwhile.
}

Join::Values View::join_values(std::size_t source, const RecordRef& record) {
  Join::Values values;
  if (!record) return values;
  const ViewSource& from = plan_->sources()[source];
  FieldValues& fields = join_fields_[source];
  fields.begin(from.plan);
  static_cast<void>(from.format->extract(from.plan, record->body(), &fields));
  char room[kNumberTextBytesMax];
  for (const FieldPlan::Slot slot : join_slots_[source]) {
    const Value value = fields.at(slot).scalar();
    values.push_back(value.is_null() ? std::nullopt : std::optional<std::string>(string_form(value, room)));
  }
  return values;
}

void View::apply(std::size_t source, std::string_view key, const RecordRef& record,
                 Aggregation::Output* output) {
  if (join_ == nullptr) {
    std::vector<Aggregation::Row> rows;
    if (record) rows.push_back({record});
    return aggregation_->replace(key, rows, output);
  }
  Join::Owners owners;
  join_->change(source, key, record, join_values(source, record), &owners);
  for (const std::string& owner : owners) {
    std::vector<Aggregation::Row> rows;
    join_->for_each_row(owner, [&](const std::vector<RecordRef>& row) { rows.push_back(row); });
    aggregation_->replace(owner, rows, output);
  }
}

void View::put_group(std::string_view identity, std::string_view body) {
  const std::string key = std::to_string(record_handle(domain_, identity));
  const Status status = topic_->put({identity, key, body, {}});
  if (!status.ok())
    LogLine(log_, AMPS_LOG_ERROR, LogId::kViewFailed) << "view " << name_ << ": " << status.text();
}

void View::remove_group(std::string_view identity) {
  topic_->remove(identity);
}

}  // namespace amps::broker
