// SPDX-License-Identifier: Apache-2.0
#include "support/sow_answer.h"

#include <stdexcept>

namespace raw {

std::string SowAnswer::bodies() const {
  std::string text;
  for (const SowRecord& record : records) text += record.body + ";";
  return text;
}

std::vector<SowRecord> sow_records(const Frame& frame) {
  std::vector<SowRecord> records;
  for (std::size_t at = 0; at < frame.body.size();) {
    SowRecord record;
    record.header = parse(std::string_view(frame.body).substr(at));
    at += record.header.header.size();
    const std::size_t size = std::stoul(record.header.get("l"));
    if (size > frame.body.size() - at) throw std::runtime_error("record longer than its frame");
    record.topic = frame.get("t");
    record.body = frame.body.substr(at, size);
    at += size;
    records.push_back(record);
  }
  if (std::to_string(records.size()) != frame.get("bs"))
    throw std::runtime_error("bs is not the number of records");
  return records;
}

SowAnswer read_answer(Client& client, const std::string& query_id) {
  SowAnswer answer;
  if (client.next("group_begin").get("query_id") != query_id) throw std::runtime_error("another query");
  for (;;) {
    const Frame frame = client.next();
    if (frame.get("query_id") != query_id)
      throw std::runtime_error("in the middle of a result: " + frame.header);
    if (frame.is("group_end")) break;
    if (!frame.is("sow")) throw std::runtime_error("in the middle of a result: " + frame.header);
    for (SowRecord& record : sow_records(frame)) answer.records.push_back(std::move(record));
    answer.batches.push_back(std::stoul(frame.get("bs")));
  }
  answer.completed = client.next("ack");
  if (answer.completed.get("a") != "completed")
    throw std::runtime_error("not completed: " + answer.completed.header);
  return answer;
}

SowAnswer query(Client& client, const std::string& members, const std::string& id) {
  client.send_frame("{" + members + ",\"cid\":\"" + id + "\",\"a\":\"processed,completed\"}");
  const Frame ack = client.ack(id);
  if (ack.get("status") != "success") throw std::runtime_error("query failed: " + ack.header);
  return read_answer(client, id);
}

}  // namespace raw
