// SPDX-License-Identifier: Apache-2.0
// The seam to topics that keep state: what a publish passes through before it is delivered.
// Threads: under the lock of the topic space. Blocks: never.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "broker/change.h"
#include "broker/format/field_path.h"
#include "broker/sow/record_store.h"
#include "broker/sow/saved_point.h"

namespace amps::broker {

class History;
class PublisherState;
struct Grant;

// A publish on its way. Views point into the read buffer or into what a store keeps.
struct Publish {
  std::string_view topic;
  std::string_view body;
  std::string_view correlation_id;
  std::string_view expiration;  // Seconds, decimal digits.
  std::string_view sow_key;     // As the publisher supplied it.
  bool delta = false;
  const Publisher* publisher = nullptr;  // None: the broker itself.
  const Grant* grant = nullptr;          // What may be written. None: everything.
  // The publisher's number for it, and who counts. None: it does not count, or the topic is not logged.
  std::uint64_t sequence = 0;
  PublisherState* counted_by = nullptr;
};

// What a store says about the difference of two bodies of a record.
enum class Difference {
  kUnsupported,  // The message type has no deltas: subscribers get the full message.
  kNone,         // Nothing but key fields.
  kSome,
};

// A publish takes two steps, so that whoever stands between them (the journal) sees the final message
// before anything has changed. Nothing else happens to the store in between.
class Store {
 public:
  virtual ~Store() = default;
  // Makes the message the final one, which is what subscribers receive (broker 0.1, step 6), and says
  // what will change: kind, key, bodies and correlation ids. A failure refuses the message; its code
  // selects the reason. Views live until the next call.
  virtual Status prepare(Publish* publish, Change* change) = 0;
  // The record that the message would update; kNone: it would make a new one.
  virtual Status locate(const Publish& publish, RecordStore::Slot* slot);
  // The same for the removal of a record; `change->kind` says why. Fails when there are no records
  // that anybody may remove.
  virtual Status prepare_removal(RecordStore::Slot slot, Change* change);
  // Carries the prepared change out, with its timestamp and position.
  virtual void commit(const Change& change) = 0;

  // What the acks of the change that was committed last have to wait for.
  virtual SavedPoint saved_point() const { return {}; }
  // Takes a change from the transaction log, at start: its body is final. `expiration` is that of the
  // publish: seconds, decimal digits.
  virtual Status recover(const Change& change, std::string_view expiration);
  // The transaction log has told everything up to `txid`. Fails when the topic knows of more: it was kept
  // with another log.
  virtual Status end_recovery(std::uint64_t txid);

  // The broker makes its records of others: nobody publishes or removes, and nothing of it is logged.
  virtual bool is_derived() const noexcept { return false; }

  // What queries see; none: the topic cannot be queried.
  virtual RecordStore* records() noexcept { return nullptr; }
  // What the records were; none: that is not kept.
  virtual const History* history() const noexcept { return nullptr; }
  // The fields by which records differ. None: publishers supply keys, or the topic is made by the broker.
  virtual const std::vector<FieldPath>& key_fields() const noexcept;
  // Key fields and what changed, as a message of its own (broker 5.2).
  virtual Difference difference(const Change& change, std::string* out);
};

}  // namespace amps::broker
