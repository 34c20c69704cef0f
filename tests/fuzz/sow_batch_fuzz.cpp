// SPDX-License-Identifier: Apache-2.0
// Records of a batch lie side by side within the frame, and are read back as they were appended.
#include <string>
#include <utility>
#include <vector>

#include "oracle.h"
#include "wire/header_encoder.h"
#include "wire/sow_batch.h"

using namespace amps::wire;

namespace {

struct Batch {
  std::vector<std::pair<std::string, std::string>> records;
  bool ok = false;
};

Batch read(const Header& outer, std::string_view records) {
  Batch batch;
  SowBatchReader reader(outer, records);
  Header record;
  std::string_view body;
  std::size_t consumed = 0;
  while (reader.next(&record, &body)) {
    ORACLE(record.command == AMPS_COMMAND_SOW);
    ORACLE(record.get(AMPS_QueryId) == "q");
    ORACLE(record.number(AMPS_MessageLength) == body.size());
    ORACLE(is_part_of(body, records));
    consumed += record.size_bytes + body.size();
    ORACLE(consumed <= records.size());
    batch.records.emplace_back(record.get(AMPS_SowKey), body);
  }
  batch.ok = reader.status().ok();
  if (batch.ok) ORACLE(consumed == records.size());
  return batch;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8'192) return 0;
  Header outer;
  HeaderDecoder decoder;
  ORACLE(decoder.decode(R"({"c":"sow","t":"t","query_id":"q","k":"outer","l":1})", &outer).ok());
  const Batch batch = read(outer, view_of_input(data, size));
  amps::Buffer rewritten;
  for (const auto& [key, body] : batch.records) append_sow_record(&rewritten, key, body);
  const Batch again = read(outer, rewritten.view());
  ORACLE(again.ok);
  ORACLE(again.records == batch.records);
  return 0;
}
