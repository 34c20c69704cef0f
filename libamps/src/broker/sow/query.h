// SPDX-License-Identifier: Apache-2.0
// What a query asks for, and its answer: a source of frames from group_begin to the last ack, made while
// the client takes them in, out of a snapshot that nobody changes (broker 3.5 to 3.7).
// Threads: a Query is a value; a QueryResult is opened under the lock of the topic space and then used
// on the thread of the client's connection, without it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/ack.h"
#include "broker/filter.h"
#include "broker/format/select_list.h"
#include "broker/outbox.h"
#include "broker/security/rights.h"
#include "broker/sow/history.h"
#include "broker/sow/order_by.h"
#include "broker/sow/record_table.h"
#include "wire/timestamp.h"

namespace amps::broker {

// What a filter may ask of a record besides its fields.
MessageFacts facts_of(const Record& record, std::string_view topic) noexcept;

struct Query {
  std::string query_id;
  std::unique_ptr<Filter> filter;  // None: every record.
  std::optional<OrderBy> order;
  std::uint64_t batch_size = 1;
  std::optional<std::uint64_t> top_n;
  std::uint64_t skip_n = 0;
  std::vector<std::string> keys;  // None: all records.
  bool with_key = true;
  bool with_timestamp = false;
  std::shared_ptr<const SelectList> select;  // None: whole records.
  std::optional<Moment> moment;              // Of topics that keep history; none: now.
  // The subscription takes the place of another: its records are not sent again, and those it loses
  // are told as out of focus, if wanted.
  struct Replaced {
    std::unique_ptr<Filter> filter;  // None: every record.
    bool tell_departures = false;
  };
  std::optional<Replaced> replaced;
  std::shared_ptr<const Rights> rights;  // None: every record. Of the session too.
  // The acks that follow the records; empty ids are left out.
  std::uint32_t acks = 0;
  std::string command_id;
  std::string subscription_id;
};

class QueryResult final : public OutboxSource {
 public:
  QueryResult(Query query, std::uint64_t now_us);

  // The records of one more topic, in the order of the calls.
  void add(std::string_view topic, RecordSnapshot snapshot);
  void add(std::string_view topic, PastState past);
  // `others`: records of the topic that an index has excluded; they count as looked at.
  void add(std::string_view topic, std::vector<RecordRef> records, std::uint64_t others = 0);

  bool encode_some(Buffer* out) override;
  void cancel(std::string_view query_id) override;
  bool is_too_costly() const noexcept override { return cost_.is_too_much(); }

 private:
  struct Part {
    std::string topic;
    RecordSnapshot snapshot;                // Either …
    std::optional<PastState> past;          // … or …
    std::vector<RecordRef> records;         // … or.
    const Filter* hidden_unless = nullptr;  // From the rights of the user; none: nothing is hidden.
  };
  bool next(const Record** record);
  void take(const Record& record, Buffer* out);
  void keep_first();
  void emit(const Record& record, std::size_t part, Buffer* out);
  bool emit_ranked(Buffer* out, std::size_t begin);
  void flush_batch(Buffer* out);
  Part& add_part(std::string_view topic);
  bool accepts(const std::unique_ptr<Filter>& filter, const Record& record);
  bool is_new(const Record& record, bool matches);
  std::string_view selected(const Record& record);
  void finish(Buffer* out);
  bool tell_departures(Buffer* out, std::size_t begin);
  bool is_satisfied() const noexcept;

  Query query_;
  const std::uint64_t now_us_;  // Records that are overdue then are gone.
  std::vector<Part> parts_;
  std::size_t part_ = 0;
  std::size_t at_ = 0;  // Slot or record of the part.
  bool begun_ = false;
  bool finished_ = false;  // All but the departures.
  bool cancelled_ = false;
  FilterCost cost_;
  std::uint64_t topic_matches_ = 0;
  std::uint64_t matches_ = 0;
  std::uint64_t new_matches_ = 0;
  std::uint64_t returned_ = 0;
  struct Departure {
    std::size_t part;
    const Record* record;
  };
  std::vector<Departure> departures_;
  std::size_t departures_told_ = 0;
  // A record of an ordered result.
  struct Ranked {
    std::string order;
    std::size_t part;
    const Record* record;
    bool operator<(const Ranked& other) const noexcept { return order < other.order; }
  };
  std::vector<Ranked> ranked_;
  bool sorted_ = false;
  std::size_t emitted_ = 0;  // Of those that are ranked.
  std::vector<const Record*> batch_;
  std::size_t batch_part_ = 0;
  std::size_t batch_bytes_ = 0;
  wire::TimestampText timestamp_;
  std::unique_ptr<Document> document_;  // Made when there is a select list.
  Buffer selected_;
};

}  // namespace amps::broker
