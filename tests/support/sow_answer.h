// SPDX-License-Identifier: Apache-2.0
// The answer to a query as a test sees it: reads frames from group_begin to the last ack, and checks
// on the way that nothing else comes in between.
#pragma once

#include <string>
#include <vector>

#include "support/raw_client.h"

namespace raw {

struct SowRecord {
  std::string topic;
  Frame header;  // Of the record.
  std::string body;
};

struct SowAnswer {
  std::vector<SowRecord> records;
  std::vector<std::size_t> batches;  // Records of each frame.
  Frame completed;
  // The bodies, in order, with a semicolon after each.
  std::string bodies() const;
};

// The records of a sow frame. Throws when they are not what the frame says.
std::vector<SowRecord> sow_records(const Frame& frame);
// Sends {…,"cid":"…","a":"processed,completed"} with these members; the command must succeed.
SowAnswer query(Client& client, const std::string& members, const std::string& id = "q");
// Reads one answer: group_begin, sow frames, group_end, completed.
SowAnswer read_answer(Client& client, const std::string& query_id = "q");

}  // namespace raw
