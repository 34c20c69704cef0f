// SPDX-License-Identifier: Apache-2.0
// Deliveries that have to be decided client by client and message by message: subscriptions with a
// filter, with out-of-focus messages, with deltas (broker 1.4, 4, 5.2).
// Threads: under the lock of the topic space, which owns it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "broker/change.h"
#include "broker/delivery_group.h"
#include "broker/expression/evaluation.h"
#include "broker/filter_index.h"
#include "broker/format/document.h"
#include "broker/format/message_format.h"
#include "broker/outcome.h"
#include "broker/topic.h"

namespace amps::broker {

class SelectiveDelivery {
 public:
  struct Counts {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    std::uint64_t given_up = 0;  // Filters whose patterns took too long.
  };
  // Reads what the filters need of the message that is delivered next; its format outlives it here. Fails
  // when the body cannot be read: no filter accepts it then.
  Status read(const MessageFormat& format, const FilterIndex& filters, std::string_view body);
  // Appends to the outboxes of the selective subscriptions. `delivery` has every field anybody may ask for.
  // Requires: the message was read, if the route has filters.
  Counts deliver(const Topic& topic, const Change& change, const Delivery& delivery, std::uint64_t now_ms);

 private:
  // What the subscriptions of one client have in common to receive.
  struct Part {
    std::string sids;
    DeliveryFields fields;

    void clear() noexcept { sids.clear(), fields = {}; }
    void add(const Subscription& subscription);
  };
  // A subscription that may get something.
  struct Candidate {
    const Subscription* subscription;
    bool now;     // The message passes its filter.
    bool before;  // The previous one did. Known of those with out-of-focus messages only.
  };
  void collect(const Topic& topic, const Change& change, std::string_view bookmark);
  void match(const Topic& topic, const Change& change, const FieldValues& values, std::string_view bookmark,
             bool before);
  Outcome decide(const Topic& topic, const Change& change, const Candidate& candidate);
  void add(const Subscription& subscription, Outcome outcome);
  bool select(const Topic& topic, const Subscription& subscription, Outcome outcome, Delivery* delivery);
  static Delivery chosen(const Delivery& delivery, const DeliveryFields& fields);
  // To a subscription whose messages are like those of no other.
  void send_alone(const Topic& topic, const Change& change, const Delivery& delivery,
                  const Candidate& candidate, Outcome outcome, std::uint64_t now_ms);
  void send_parts(const Topic& topic, const Change& change, const Delivery& delivery, Outbox* outbox,
                  std::uint64_t now_ms);
  void send(const Topic& topic, const Delivery& delivery, const Part& part, std::string_view command,
            Outbox* outbox, std::uint64_t now_ms);
  Difference difference(const Topic& topic, const Change& change);

  static Delivery as_out_of_focus(const Change& change, const Delivery& delivery, Outcome outcome);

  const MessageFormat* format_ = nullptr;
  bool is_readable_ = false;
  FieldValues current_;
  FieldValues previous_;
  EvaluationScratch evaluation_;
  std::vector<FilterIndex::Id> accepted_;
  std::vector<FilterIndex::Id> given_up_;
  std::vector<Candidate> filtered_;    // Those with a filter,
  std::vector<Candidate> candidates_;  // and all, by client.

  Part full_;
  Part delta_;
  Part out_of_focus_;
  Part hidden_;  // Out of focus, because the client may not see the message.
  Part alone_;
  Counts counts_;
  Buffer scratch_;
  // Of the change at hand, worked out when somebody wants it.
  bool has_difference_ = false;
  Difference difference_ = Difference::kUnsupported;
  std::string difference_body_;
  Document document_;
  Buffer selected_;
  std::string conflation_key_;
};

}  // namespace amps::broker
