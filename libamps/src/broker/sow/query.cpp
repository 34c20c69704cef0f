// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/query.h"

#include <algorithm>
#include <utility>

#include "broker/delivery_group.h"
#include "wire/header_decoder.h"
#include "wire/header_encoder.h"

namespace amps::broker {

namespace {

constexpr std::size_t kStepBytes = 65'536;       // Encoded at a time: one write's worth.
constexpr int kStepRecords = 4'096;              // Looked at at a time, so that other clients get their turn.
constexpr std::size_t kBatchBytesMax = 262'144;  // Of one frame, unless one record is larger.

}  // namespace

MessageFacts facts_of(const Record& record, std::string_view topic) noexcept {
  MessageFacts facts;
  facts.topic = topic;
  facts.correlation_id = record.correlation_id();
  facts.sow_key = record.key();
  facts.size_bytes = record.body().size();
  facts.updated_us = record.timestamp_us();
  return facts;
}

QueryResult::QueryResult(Query query, std::uint64_t now_us) : query_(std::move(query)), now_us_(now_us) {}

void QueryResult::add(std::string_view topic, RecordSnapshot snapshot) {
  add_part(topic).snapshot = std::move(snapshot);
}

void QueryResult::add(std::string_view topic, PastState past) {
  add_part(topic).past = std::move(past);
}

void QueryResult::add(std::string_view topic, std::vector<RecordRef> records, std::uint64_t others) {
  topic_matches_ += others;
  add_part(topic).records = std::move(records);
}

QueryResult::Part& QueryResult::add_part(std::string_view topic) {
  Part& part = parts_.emplace_back();
  part.topic = topic;
  if (query_.rights != nullptr) part.hidden_unless = query_.rights->read(topic).filter.get();
  return part;
}

void QueryResult::cancel(std::string_view query_id) {
  cancelled_ = cancelled_ || query_id == query_.query_id;
}

// The next slot of the part at hand; null: it is empty. False: the part has ended.
bool QueryResult::next(const Record** record) {
  Part& part = parts_[part_];
  if (part.past) {
    const RecordRef* entry = nullptr;
    if (!part.past->next(&entry)) return false;
    *record = entry->get();
    return true;
  }
  if (part.snapshot.empty()) {
    if (at_ == part.records.size()) return false;
    *record = part.records[at_++].get();
    return true;
  }
  if (at_ == part.snapshot.size() * RecordChunk::kSlots) return false;
  *record = part.snapshot[at_ / RecordChunk::kSlots]->items[at_ % RecordChunk::kSlots].get();
  ++at_;
  return true;
}

bool QueryResult::is_satisfied() const noexcept {
  // Counters have to see every record.
  const bool counts = (query_.acks & (AMPS_ACK_Completed | AMPS_ACK_Stats)) != 0;
  return cancelled_ || (!counts && query_.top_n && returned_ >= *query_.top_n);
}

bool QueryResult::accepts(const std::unique_ptr<Filter>& filter, const Record& record) {
  if (filter == nullptr) return true;
  const MessageFacts facts = facts_of(record, parts_[part_].topic);
  return cost_.measure([&] { return filter->matches(facts, record.body()); });
}

// Whether it belongs to the result and is not known from the replaced subscription.
bool QueryResult::is_new(const Record& record, bool matches) {
  if (!query_.replaced) return matches;
  const Query::Replaced& replaced = *query_.replaced;
  const bool matched = accepts(replaced.filter, record);
  if (matched && !matches && replaced.tell_departures) departures_.push_back({part_, &record});
  return matches && !matched;
}

void QueryResult::take(const Record& record, Buffer* out) {
  // What is hidden is not even counted.
  const Filter* const hidden_unless = parts_[part_].hidden_unless;
  if (hidden_unless != nullptr &&
      !hidden_unless->matches(facts_of(record, parts_[part_].topic), record.body())) {
    return;
  }
  ++topic_matches_;
  const bool matches = accepts(query_.filter, record);
  if (matches) ++matches_;
  if (!is_new(record, matches)) return;
  if (!query_.order) return emit(record, part_, out);
  Ranked ranked{{}, part_, &record};
  query_.order->rank(record.body(), record.key(), &ranked.order);
  ranked_.push_back(std::move(ranked));
  if (query_.top_n && ranked_.size() > 2 * (query_.skip_n + *query_.top_n) + kStepRecords) keep_first();
}

// Forgets what comes after the records that were asked for.
void QueryResult::keep_first() {
  const auto end = ranked_.begin() + static_cast<std::ptrdiff_t>(query_.skip_n + *query_.top_n);
  std::nth_element(ranked_.begin(), end, ranked_.end());
  ranked_.erase(end, ranked_.end());
}

void QueryResult::emit(const Record& record, std::size_t part, Buffer* out) {
  ++new_matches_;
  if (new_matches_ <= query_.skip_n || (query_.top_n && returned_ >= *query_.top_n)) return;
  ++returned_;
  const std::size_t size = record.frame_part().size();
  if (part != batch_part_ || (batch_bytes_ != 0 && batch_bytes_ + size > kBatchBytesMax)) flush_batch(out);
  batch_part_ = part;
  batch_.push_back(&record);
  batch_bytes_ += size;
  if (batch_.size() >= query_.batch_size) flush_batch(out);
}

// The records of an ordered result, in their order. True: there are more.
bool QueryResult::emit_ranked(Buffer* out, std::size_t begin) {
  if (!std::exchange(sorted_, true)) std::sort(ranked_.begin(), ranked_.end());
  for (; emitted_ < ranked_.size() && !cancelled_; ++emitted_) {
    if (out->size() - begin >= kStepBytes) return true;
    emit(*ranked_[emitted_].record, ranked_[emitted_].part, out);
  }
  return false;
}

void QueryResult::flush_batch(Buffer* out) {
  if (batch_.empty()) return;
  const std::size_t begin = out->size();
  out->append(std::string_view("\0\0\0\0{\"c\":\"sow\"", 14));
  wire::append_text_member(out, "t", parts_[batch_part_].topic);
  wire::append_text_member(out, "query_id", query_.query_id);
  wire::append_number_member(out, "bs", batch_.size());
  out->push_back('}');
  const bool is_ready_made = query_.with_key && !query_.with_timestamp && query_.select == nullptr;
  for (const Record* record : batch_) {
    if (is_ready_made) {
      out->append(record->frame_part());
      continue;
    }
    RecordShape shape;
    shape.with_key = query_.with_key;
    if (query_.with_timestamp) shape.timestamp = timestamp_.of(record->timestamp_us());
    append_record(out, *record, shape, selected(*record));
  }
  wire::store_length(out->data() + begin, static_cast<std::uint32_t>(out->size() - begin - 4));
  batch_.clear();
  batch_bytes_ = 0;
}

// What is wanted of a body, until the next call.
std::string_view QueryResult::selected(const Record& record) {
  if (query_.select == nullptr) return record.body();
  if (document_ == nullptr) document_ = std::make_unique<Document>();
  query_.select->select(record.body(), document_.get(), &selected_);
  return selected_.view();
}

void QueryResult::finish(Buffer* out) {
  append_group_mark(out, "group_end", query_.query_id);
  Ack ack;
  ack.command_id = query_.command_id;
  ack.query_id = query_.query_id;
  ack.subscription_id = query_.subscription_id;
  ack.with_counters = true;
  ack.matches = matches_;
  ack.topic_matches = topic_matches_;
  ack.records_returned = returned_;
  for (const std::uint32_t type : {AMPS_ACK_Completed, AMPS_ACK_Stats}) {
    if ((query_.acks & type) == 0) continue;
    ack.type = type;
    append_ack(out, ack);
  }
}

bool QueryResult::tell_departures(Buffer* out, std::size_t begin) {
  for (; departures_told_ < departures_.size(); ++departures_told_) {
    if (out->size() - begin >= kStepBytes) return true;
    const Departure& departure = departures_[departures_told_];
    Delivery delivery;
    delivery.key = departure.record->key();
    delivery.correlation_id = departure.record->correlation_id();
    if (query_.with_timestamp) delivery.timestamp = timestamp_.of(departure.record->timestamp_us());
    delivery.reason = "match";
    delivery.body = selected(*departure.record);
    append_delivery(out, Address{parts_[departure.part].topic, query_.subscription_id, "oof"}, delivery);
  }
  return false;
}

bool QueryResult::encode_some(Buffer* out) {
  const std::size_t begin = out->size();
  if (!std::exchange(begun_, true)) append_group_mark(out, "group_begin", query_.query_id);
  for (int count = 0; part_ < parts_.size() && !is_satisfied();) {
    if (out->size() - begin >= kStepBytes || ++count > kStepRecords) return true;
    const Record* record = nullptr;
    if (!next(&record)) {
      flush_batch(out);
      ++part_;
      at_ = 0;
    } else if (record != nullptr && !record->is_overdue(now_us_)) {
      take(*record, out);
      if (cost_.is_too_much()) return false;
    }
  }
  if (!finished_) {
    if (query_.order && emit_ranked(out, begin)) return true;
    flush_batch(out);
  }
  if (!std::exchange(finished_, true)) finish(out);
  return tell_departures(out, begin);
}

}  // namespace amps::broker
