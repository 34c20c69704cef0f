// SPDX-License-Identifier: Apache-2.0
#include "wire/sow_batch.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace amps::wire;

namespace {

struct Record {
  std::string key, body, query_id, timestamp;
};

struct Batch {
  std::vector<Record> records;
  amps::Status status;

  explicit Batch(const std::string& frame) {
    Header outer, record;
    HeaderDecoder decoder;
    REQUIRE(decoder.decode(frame, &outer).ok());
    SowBatchReader reader(outer, std::string_view(frame).substr(outer.size_bytes));
    std::string_view body;
    while (reader.next(&record, &body)) {
      CHECK(record.command == AMPS_COMMAND_SOW);
      records.push_back({std::string(record.get(AMPS_SowKey)), std::string(body),
                         std::string(record.get(AMPS_QueryId)), std::string(record.get(AMPS_Timestamp))});
    }
    status = reader.status();
  }
};

const std::string kOuter = R"({"c":"sow","t":"parts","query_id":"q1","bs":2,"l":99,"k":"outer"})";

}  // namespace

TEST_CASE("records have keys and bodies of their own") {
  Batch batch(kOuter + R"({"k":"1853","l":8}{"id":1}{"k":"1854","l":10}{"id":200})");
  REQUIRE(batch.status.ok());
  REQUIRE(batch.records.size() == 2);
  CHECK(batch.records[0].key == "1853");
  CHECK(batch.records[1].body == R"({"id":200})");
  CHECK(batch.records[1].query_id == "q1");
}

TEST_CASE("fields of one record do not leak into the next") {
  Batch batch(kOuter + R"({"k":"1","ts":"20260101T000000.000000Z","l":1}x{"l":0}{"k":"3","l":2}}{)");
  REQUIRE(batch.records.size() == 3);
  CHECK(batch.records[1].key.empty());
  CHECK(batch.records[1].timestamp.empty());
  CHECK(batch.records[1].body.empty());
  CHECK(batch.records[2].body == "}{");
}

TEST_CASE("a record overrides the frame but not its command and query id") {
  Batch batch(R"({"c":"sow","query_id":"q1","ts":"1"})"
              R"({"c":"p","query_id":"q2","ts":"2","l":0}{"l":0})");
  REQUIRE(batch.records.size() == 2);
  CHECK(batch.records[0].query_id == "q1");
  CHECK(batch.records[0].timestamp == "2");
  CHECK(batch.records[1].timestamp == "1");
}

TEST_CASE("batches of one and of ten records are read whatever the frame's count says") {
  for (const int count : {1, 3, 10}) {
    std::string frame = kOuter;
    for (int i = 0; i < count; ++i) frame += R"({"k":")" + std::to_string(i) + R"(","l":4}}{"})";
    Batch batch(frame);
    REQUIRE(batch.status.ok());
    REQUIRE(batch.records.size() == static_cast<std::size_t>(count));
    CHECK(batch.records.back().body == "}{\"}");
    CHECK(batch.records.back().key == std::to_string(count - 1));
  }
}

TEST_CASE("a record without a length that fits ends the batch with an error") {
  for (const char* record : {R"({"k":"1"}x)", R"({"l":2}x)", R"({"l":-1}x)", R"({"l":9223372036854775808}x)",
                             R"({"l":18446744073709551615}x)", "x", R"({"l":1})"}) {
    Batch batch(kOuter + record);
    CHECK_MESSAGE(batch.records.empty(), record);
    CHECK_MESSAGE(batch.status.code() == AMPS_E_STREAM, record);
  }
}

TEST_CASE("every cut of a batch is an error or a shorter batch, never a read beyond") {
  const std::string whole = kOuter + R"({"k":"1","l":3}abc{"k":"2","l":0}{"k":"3","l":1}z)";
  for (std::size_t size = kOuter.size(); size < whole.size(); ++size)
    CHECK(Batch(whole.substr(0, size)).records.size() < 3);
  CHECK(Batch(whole).records.size() == 3);
}

TEST_CASE("what is appended can be read") {
  amps::Buffer out;
  out.append(kOuter);
  append_sow_record(&out, "k\"1", "body");
  append_sow_record(&out, "", "");
  Batch batch{std::string(out.view())};
  REQUIRE(batch.records.size() == 2);
  CHECK(batch.records[0].key == "k\"1");
  CHECK(batch.records[0].body == "body");
  CHECK(out.view().substr(kOuter.size()) == R"({"k":"k\"1","l":4}body{"l":0})");
}
