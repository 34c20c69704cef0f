// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_intake.h"

#include <utility>

#include "base/decimal.h"
#include "broker/queue/queue_body.h"
#include "wire/header_decoder.h"
#include "wire/options.h"

namespace amps::broker {

Status QueueIntake::make(const QueueConfiguration& configuration, std::unique_ptr<QueueIntake>* out,
                         const MessageTypes& types) {
  std::unique_ptr<QueueIntake> intake(new QueueIntake(configuration));
  if (wire::is_topic_pattern(configuration.underlying_topic)) {
    AMPS_RETURN_IF_ERROR(TopicPattern::compile(configuration.underlying_topic, &intake->pattern_));
  }
  intake->format_ = types.find(configuration.message_type);
  AMPS_RETURN_IF_ERROR(intake->bind(configuration.filter, &intake->filter_));
  AMPS_RETURN_IF_ERROR(intake->bind(configuration.barrier_expression, &intake->barrier_));
  AMPS_RETURN_IF_ERROR(intake->bind(configuration.priority, &intake->priority_));
  *out = std::move(intake);
  return {};
}

Status QueueIntake::bind(const std::string& text, BoundProgram* out) {
  if (text.empty()) return {};
  std::shared_ptr<const Program> program;
  Status status = Program::compile(text, {}, &program);
  if (status.ok()) status = BoundProgram::bind(std::move(program), &plan_, out);
  if (status.ok() && !plan_.empty() && (format_ == nullptr || !format_->traits().parsed)) {
    status = Status(AMPS_E_FILTER, "messages of type " + configuration_.message_type + " have no fields");
  }
  if (status.ok()) return {};
  return Status(status.code(), "queue " + configuration_.name + ": " + text + ": " + status.text());
}

// Fields of a message that cannot be read to its end are those before the damage.
void QueueIntake::read(const JournalRecord& record, std::string_view bookmark) {
  scratch_.texts().clear();
  values_.begin(plan_);
  if (!plan_.empty()) static_cast<void>(format_->extract(plan_, record.body, &values_));
  facts_ = {};
  facts_.topic = record.topic;
  facts_.correlation_id = record.correlation_id;
  facts_.bookmark = bookmark;
  facts_.sow_key = record.key;
  facts_.size_bytes = record.body.size();
  facts_.updated_us = record.timestamp_us;
}

bool QueueIntake::accepts(const BoundProgram& program) {
  const FieldValues* const sources[] = {&values_};
  EvaluationContext context;
  context.sources = sources;
  context.message = &facts_;
  return program.accepts(context, &scratch_);
}

// Unsigned; what is no number, or below zero, comes last.
std::uint64_t QueueIntake::priority() {
  const FieldValues* const sources[] = {&values_};
  EvaluationContext context;
  context.sources = sources;
  context.message = &facts_;
  const Value value = to_number(priority_.evaluate(context, &scratch_));
  if (value.kind() == ValueKind::kUnsigned || value.kind() == ValueKind::kBoolean) return value.as_unsigned();
  if (value.kind() == ValueKind::kInteger) return value.as_integer() < 0 ? 0 : value.as_unsigned();
  if (value.kind() != ValueKind::kFloat || !(value.as_float() > 0)) return 0;
  constexpr double kEnd = 18446744073709551616.0;
  return value.as_float() >= kEnd ? UINT64_MAX : static_cast<std::uint64_t>(value.as_float());
}

bool QueueIntake::covers(std::string_view topic, std::string_view message_type) const {
  if (message_type != configuration_.message_type) return false;
  if (pattern_ == nullptr) return topic == configuration_.underlying_topic;
  return pattern_->matches(topic) == PatternMatch::kYes;
}

void QueueIntake::begin(QueueRecovery::Result* recovered) {
  begin_txid_ = recovered->begin_txid;
  settled_ = std::move(recovered->settled);
}

bool QueueIntake::admit(const JournalRecord& record, QueueMessage* out) {
  if (record.txid <= begin_txid_ || settled_.count(record.bookmark) != 0) return false;
  const std::string_view name = bookmark_.of(record.bookmark);
  read(record, name);
  if (filter_ && !accepts(filter_)) return false;
  out->id = record.bookmark;
  out->position = record.txid;
  out->priority = priority_ ? priority() : 0;
  out->is_barrier = barrier_ && accepts(barrier_);
  std::optional<std::uint64_t> wanted_us;
  // Zero is the publishers' way to say never.
  if (record.expiration_s)
    wanted_us = *record.expiration_s == 0 ? kNeverUs : std::uint64_t{*record.expiration_s} * 1'000'000;
  out->expires_us = expiry_us(configuration_.rules, record.timestamp_us, wanted_us);
  auto body = std::make_unique<QueueBody>();
  Record::Parts parts;
  parts.key = name;
  parts.body = record.body;
  parts.correlation_id = record.correlation_id;
  parts.timestamp_us = record.timestamp_us;
  parts.expires_us = out->expires_us == kNeverUs ? 0 : out->expires_us;
  parts.txid = record.txid;
  body->record = Record::make(parts);
  body->topic = record.topic;
  body->key = record.key;
  body->user = record.user;
  out->content = std::move(body);
  return true;
}

}  // namespace amps::broker
