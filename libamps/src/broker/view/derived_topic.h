// SPDX-License-Identifier: Apache-2.0
// A topic with records that only the broker writes: what views and conflated topics consist of. Queries,
// subscriptions, deltas and out-of-focus messages are those of every topic with state.
// Threads: under the lock of the topic space, inside a block.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "broker/format/field_path.h"
#include "broker/format/message_format.h"
#include "broker/sow/record_deltas.h"
#include "broker/sow/record_store.h"
#include "broker/store.h"
#include "broker/topic_space.h"

namespace amps::broker {

class DerivedTopic final : public Store {
 public:
  // The space owns it. Fails with AMPS_E_USAGE when a topic of that name has state already.
  static Status declare(TopicSpace* space, std::string_view name, DerivedTopic** out)
      AMPS_REQUIRES(space->mutex());

  // The same for a topic that is in no space, and is told about by `space`. The topic owns it.
  static DerivedTopic* make_private(TopicSpace* space, Topic* topic);

  // How deltas are made: of messages of this type, which always carry the fields at `keys` …
  void set_deltas(const MessageFormat* format, std::vector<FieldPath> keys) {
    deltas_.set(format, std::move(keys));
  }
  // … or as those of another topic.
  void set_deltas_of(Store* store) noexcept { deltas_of_ = store; }

  // Requires: there are no records yet. Fails with AMPS_E_USAGE.
  Status add_indexes(const std::vector<std::vector<std::string>>& indexes);

  // Makes or replaces a record and tells subscribers and observers.
  struct Entry {
    std::string_view identity;  // By which records differ.
    std::string_view key;       // As presented; empty: the identity.
    std::string_view body;
    std::string_view correlation_id;
  };
  // Fails when the key of a new record is that of another.
  Status put(const Entry& entry);
  // Does nothing when there is no such record.
  void remove(std::string_view identity);

  Status prepare(Publish* publish, Change* change) override;
  void commit(const Change& change) override;
  bool is_derived() const noexcept override { return true; }
  RecordStore* records() noexcept override { return &records_; }
  Difference difference(const Change& change, std::string* out) override;
  const std::vector<FieldPath>& key_fields() const noexcept override {
    return deltas_of_ != nullptr ? deltas_of_->key_fields() : deltas_.keys();
  }

 private:
  explicit DerivedTopic(TopicSpace* space) : space_(*space) {}

  TopicSpace& space_;
  Topic* topic_ = nullptr;
  RecordStore records_{false};
  Store* deltas_of_ = nullptr;
  RecordDeltas deltas_;  // Unless they are of another topic.
};

}  // namespace amps::broker
