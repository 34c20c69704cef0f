// SPDX-License-Identifier: Apache-2.0
// A topic of the state of the world: the latest final message of every key (broker 3).
// Threads: under the lock of the topic space.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "broker/configuration_state.h"
#include "broker/sow/computed_fields.h"
#include "broker/sow/history.h"
#include "broker/sow/key_reader.h"
#include "broker/sow/record_deltas.h"
#include "broker/sow/record_store.h"
#include "broker/sow/sow_writer.h"
#include "broker/store.h"
#include "broker/timed_work.h"
#include "broker/topic_space.h"

namespace amps::broker {

class SowTopic final : public Store, public TimedWork {
 public:
  // Declares the topic in its space and reads its file, if it has one, with the writer. Fails when the
  // configuration asks for what its message type cannot do. Requires: the lock.
  static Status declare(TopicSpace* space, const SowTopicConfiguration& configuration, SowWriter* writer,
                        const InstanceFacts* instance = nullptr) AMPS_REQUIRES(space->mutex());

  Status prepare(Publish* publish, Change* change) override;
  Status locate(const Publish& publish, RecordStore::Slot* slot) override;
  Status prepare_removal(RecordStore::Slot slot, Change* change) override;
  void commit(const Change& change) override;
  Difference difference(const Change& change, std::string* out) override {
    return deltas_.difference(change, out);
  }
  const std::vector<FieldPath>& key_fields() const noexcept override { return keys_.paths(); }
  SavedPoint saved_point() const override { return saved_point_; }
  Status recover(const Change& change, std::string_view expiration) override;
  Status end_recovery(std::uint64_t txid) override;
  RecordStore* records() noexcept override { return &records_; }
  const History* history() const noexcept override { return history_.get(); }
  std::uint64_t run_due(std::uint64_t now_ms) override;

 private:
  SowTopic(TopicSpace* space, const SowTopicConfiguration& configuration);
  Status open(SowWriter* writer);
  Status load(const SavedChange& change);
  Status merge_delta(Publish* publish);
  Status check_size(std::string_view body) const;
  void keep(const Record::Parts& parts);
  void remove(std::uint64_t at_us, std::uint64_t at_txid);
  void remember(const RecordRef& version, std::uint64_t at_us, std::uint64_t at_txid, bool is_last);
  void save(const Change& change);
  Status compute(ComputedFields* fields, std::string_view previous, Publish* publish, Buffer* out);
  Status enrich(Publish* publish);
  Status find_key(const Publish& publish);
  Status expire_overdue() AMPS_REQUIRES(space_->mutex());
  Status take_new_key();
  std::uint64_t expiry_of(std::string_view expiration, std::uint64_t from_us) const;
  std::uint64_t steady_ms_of(std::uint64_t utc_us) const AMPS_REQUIRES(space_->mutex());

  TopicSpace* const space_;
  const SowTopicConfiguration configuration_;
  const std::string domain_;
  Topic* topic_ = nullptr;
  const MessageFormat* format_ = nullptr;  // None: the message type has no fields.
  KeyReader keys_;
  const InstanceFacts* instance_ = nullptr;        // None: its functions are NULL.
  std::unique_ptr<ComputedFields> preprocessing_;  // None: messages come as they are.
  std::unique_ptr<ComputedFields> enrichment_;
  RecordDeltas deltas_;
  RecordStore records_;
  std::unique_ptr<History> history_;  // None: only the present is kept.
  SowWriter* writer_ = nullptr;       // None: records live in memory only.
  SowWriter::Topic* file_ = nullptr;
  SavedPoint saved_point_;
  std::uint64_t file_txid_ = 0;  // The newest in the file when it was read.

  // The change that was prepared last.
  std::string identity_;
  std::string key_;
  RecordStore::Slot slot_ = RecordStore::kNone;  // kNone: a new record.
  RecordRef previous_;                           // Keeps the views of the change alive.
  Buffer preprocessed_;
  Buffer enriched_;
  Buffer merged_;

  // Memory that is used again for each delta.
  Document record_document_;
  Document delta_document_;
};

}  // namespace amps::broker
