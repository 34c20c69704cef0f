// SPDX-License-Identifier: Apache-2.0
#include "broker/ack.h"

#include "wire/header_decoder.h"
#include "wire/header_encoder.h"

namespace amps::broker {

namespace {

std::size_t begin_frame(Buffer* out, std::string_view command) {
  const std::size_t begin = out->size();
  out->extend(4);  // The length, when it is known.
  out->append("{\"c\":\"");
  out->append(command);
  out->push_back('"');
  return begin;
}

void end_frame(Buffer* out, std::size_t begin) {
  out->push_back('}');
  wire::store_length(out->data() + begin, static_cast<std::uint32_t>(out->size() - begin - 4));
}

void append_text(Buffer* out, std::string_view key, std::string_view value) {
  if (!value.empty()) wire::append_text_member(out, key, value);
}

}  // namespace

void append_ack(Buffer* out, const Ack& ack) {
  const std::size_t begin = begin_frame(out, "ack");
  append_text(out, "cid", ack.command_id);
  if (ack.sequence) wire::append_number_member(out, "s", *ack.sequence);
  append_text(out, "bm", ack.bookmark);
  append_text(out, "client_name", ack.client_name);
  append_text(out, "a", wire::ack_types_text(ack.type));
  append_text(out, "status", ack.status);
  append_text(out, "reason", ack.reason);
  append_text(out, "version", ack.version);
  append_text(out, "user_id", ack.user_id);
  append_text(out, "pw", ack.password);
  append_text(out, "sub_id", ack.subscription_id);
  append_text(out, "query_id", ack.query_id);
  append_text(out, "opts", ack.options);
  if (ack.with_counters) {
    wire::append_number_member(out, "topic_matches", ack.topic_matches);
    wire::append_number_member(out, "matches", ack.matches);
    if (ack.records_deleted) {
      wire::append_number_member(out, "records_deleted", *ack.records_deleted);
    } else {
      wire::append_number_member(out, "records_returned", ack.records_returned);
    }
  }
  end_frame(out, begin);
}

void append_group_mark(Buffer* out, std::string_view command, std::string_view query_id) {
  const std::size_t begin = begin_frame(out, command);
  append_text(out, "query_id", query_id);
  end_frame(out, begin);
}

void append_heartbeat(Buffer* out) {
  end_frame(out, begin_frame(out, "heartbeat"));
}

}  // namespace amps::broker
