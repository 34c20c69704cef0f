// SPDX-License-Identifier: Apache-2.0
#include "broker/client_status.h"

#include "base/buffer.h"
#include "broker/format/xml_text.h"
#include "wire/header_encoder.h"
#include "wire/timestamp.h"

namespace amps::broker {

namespace {

struct EventField {
  std::string_view name;
  std::string_view xml_name;
  std::string_view fix_tag;
  std::string_view value;
};

constexpr char kFieldEnd = '\x01';  // Of FIX and NVFIX.

std::string json_body(const EventField (&fields)[13]) {
  Buffer out;
  out.append("{\"ClientStatus\":{");
  for (const EventField& field : fields) {
    if (&field != fields) out.push_back(',');
    out.push_back('"');
    out.append(field.name);
    if (field.value.empty()) {
      out.append("\":null");
      continue;
    }
    out.append("\":\"");
    wire::append_escaped(&out, field.value);
    out.push_back('"');
  }
  out.append("}}");
  return std::string(out.view());
}

std::string xml_body(const EventField (&fields)[13]) {
  std::string out = "<ClientStatus>";
  for (const EventField& field : fields) {
    if (field.value.empty()) continue;
    out += xml_element(field.xml_name, field.value);
  }
  return out + "</ClientStatus>";
}

std::string tagged_body(const EventField (&fields)[13], bool by_number) {
  std::string out;
  for (const EventField& field : fields) {
    if (field.value.empty()) continue;
    out += by_number ? field.fix_tag : field.name;
    out += '=';
    for (const char byte : field.value) out += byte == kFieldEnd ? ' ' : byte;
    out += kFieldEnd;
  }
  return out;
}

}  // namespace

std::string client_event_body(const ClientEvent& event, std::string_view message_type,
                              std::string_view timestamp) {
  const EventField fields[13] = {
      {"timestamp", "Timestamp", "20065", timestamp},
      {"event", "Event", "20066", event.event},
      {"client_name", "ClientName", "20067", event.client_name},
      {"connection_name", "ConnName", "20071", event.connection_name},
      {"topic", "Tpc", "20068", event.topic},
      {"filter", "Filter", "20069", event.filter},
      {"options", "Options", "20072", event.options},
      {"sub_id", "SubId", "20070", event.subscription_id},
      {"query_id", "QId", "20073", event.query_id},
      {"correlation_id", "CorrelationID", "20074", event.correlation_id},
      {"reason", "Reason", "20062", event.reason},
      {"client_address", "ClientAddr", "20080", event.client_address},
      {"auth_id", "AuthId", "20081", event.auth_id},
  };
  if (message_type == "json") return json_body(fields);
  if (message_type == "xml") return xml_body(fields);
  return tagged_body(fields, message_type == "fix");
}

void ClientStatus::publish(const ClientEvent& event) const {
  for (const auto& space : spaces_.all()) {
    if (!space->has_event_subscribers() || !is_event_type(space->message_type())) continue;
    wire::TimestampText timestamp;
    const std::string body = client_event_body(event, space->message_type(), timestamp.of(clock_.utc_us()));
    Publish message;
    message.topic = kClientStatusTopic;
    message.body = body;
    MutexLock lock(space->mutex());
    space->begin_block(clock_.steady_ms());
    space->publish_event(message);
    space->hand_out();
  }
}

}  // namespace amps::broker
