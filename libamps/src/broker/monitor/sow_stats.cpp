// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/sow_stats.h"

#include "base/buffer.h"
#include "broker/format/xml_text.h"
#include "broker/topic_spaces.h"
#include "wire/header_encoder.h"
#include "wire/timestamp.h"

namespace amps::broker {

namespace {

std::string field(std::string_view name, std::string_view text) {
  std::string out(name);
  out += '=';
  for (const char byte : text) out += byte == '\x01' ? ' ' : byte;
  return out + '\x01';
}

}  // namespace

std::string sow_stats_body(std::string_view message_type, std::string_view topic, std::uint64_t record_count,
                           std::string_view timestamp) {
  const std::string count = std::to_string(record_count);
  if (message_type == "json") {
    Buffer name;
    wire::append_escaped(&name, topic);
    return "{\"SOWStats\":{\"message_type\":\"json\",\"topic\":\"" + std::string(name.view()) +
           "\",\"record_count\":" + count + ",\"timestamp\":\"" + std::string(timestamp) + "\"}}";
  }
  if (message_type == "xml") {
    return "<SOWStats>" + xml_element("MessageType", message_type) + xml_element("Topic", topic) +
           xml_element("Records", count) + xml_element("Timestamp", timestamp) + "</SOWStats>";
  }
  const bool by_number = message_type == "fix";
  return field(by_number ? "20007" : "message_type", message_type) +
         field(by_number ? "20065" : "timestamp", timestamp) + field(by_number ? "20066" : "topic", topic) +
         field(by_number ? "20067" : "record_count", count);
}

SowStats::SowStats(TopicSpace* space, std::uint64_t interval_ms, std::uint64_t now_ms)
    : space_(*space), interval_ms_(interval_ms), next_ms_(now_ms + interval_ms) {
  MutexLock lock(space_.mutex());
  space_.add_timed_work(this);
  space_.wake_at(next_ms_);
}

std::uint64_t SowStats::run_due(std::uint64_t now_ms) {
  space_.mutex().assert_held();
  if (now_ms < next_ms_) return next_ms_;
  next_ms_ = now_ms + interval_ms_;
  if (!space_.has_event_subscribers() || !is_event_type(space_.message_type())) return next_ms_;
  wire::TimestampText timestamp;
  for (const Topic* topic : space_.declared_topics()) {
    const RecordStore* const records = topic->store->records();
    if (records == nullptr) continue;
    const std::string body =
        sow_stats_body(space_.message_type(), topic->name, records->count(), timestamp.of(space_.now_us()));
    Publish message;
    message.topic = kSowStatsTopic;
    message.body = body;
    space_.publish_event(message);
  }
  return next_ms_;
}

}  // namespace amps::broker
