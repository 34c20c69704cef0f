// SPDX-License-Identifier: Apache-2.0
// Holds the messages of one subscription for an interval and sends of each key only the latest (broker 6).
// The first message of a key starts its interval; deltas of an interval become one. What is held counts
// as waiting for the client: when that would be too much, everything is sent at once, and the outbox decides.
// Threads: under the lock of the topic space.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/random_hash.h"
#include "broker/change.h"
#include "broker/conflation_schedule.h"
#include "broker/delivery_group.h"
#include "broker/outcome.h"
#include "broker/sow/key_reader.h"

namespace amps::broker {

struct Subscription;
class TopicSpace;

class Conflation {
 public:
  struct Rules {
    std::uint64_t interval_ms = 0;
    bool is_automatic = false;  // As long as the oldest message waits for the client, up to the interval.
    KeyReader key;              // Without fields: the record's key.
    bool knows_all = false;     // A query has told the client of every record that matched.
  };
  // Borrows both; the subscription owns it.
  Conflation(TopicSpace* space, const Subscription* subscription, Rules rules);
  ~Conflation();
  Conflation(const Conflation&) = delete;
  Conflation& operator=(const Conflation&) = delete;

  // The key under which a message is held; none: it is to be sent at once.
  bool find_key(const Topic& topic, const Change& change, std::string* key);
  // A whole message is held, so that a difference is of no use.
  bool holds_whole(const std::string& key) const;
  // Takes a message with the fields the client wants, and whether the record matched before. False: it is to
  // be sent at once.
  bool hold(const std::string& key, const Change& change, bool before, const Delivery& delivery,
            Outcome outcome);
  // What was sent without being held.
  void note_sent(const std::string& key, Outcome outcome);

  void send(std::string_view key);  // What is held under it.
  void release();                   // Sends everything, in the order in which intervals began.
  void drop();                      // Forgets everything, as the client goes.
  std::size_t held_count() const noexcept { return held_.size(); }
  std::uint64_t held_bytes() const noexcept { return held_bytes_; }

 private:
  struct Held {
    std::uint64_t order = 0;  // In which intervals began.
    std::string topic;
    Outcome outcome = Outcome::kNothing;
    std::string record;  // Key.
    std::string bookmark, timestamp, correlation_id, expiration, reason, body;
    bool was_delivered = false;  // The client knows the record, as it is in `delivered`.
    std::string delivered;
    ConflationSchedule::Place place;

    std::uint64_t bytes() const noexcept;
  };
  std::uint64_t interval_ms() const;
  void begin(Held* held, const std::string& key, const Change& change, bool before, const Delivery& delivery);
  void fold(Held* held, const Delivery& delivery, Outcome outcome);
  void append_delta(Held* held, std::string_view delta);
  bool was_delivered(const std::string& key, const Change& change, bool before) const;
  void write(const Held& held);

  TopicSpace& space_;
  const Subscription& subscription_;
  Rules rules_;
  std::unordered_map<std::string, Held, RandomHash> held_;
  std::uint64_t held_bytes_ = 0;
  std::uint64_t next_order_ = 0;
  std::unordered_set<std::string, RandomHash> delivered_;  // Keys; only with oof, and without a query.
};

}  // namespace amps::broker
