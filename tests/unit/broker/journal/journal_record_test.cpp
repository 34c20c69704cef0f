// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/journal_record.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps;
using namespace amps::broker;

namespace {

JournalRecord full_record() {
  JournalRecord record;
  record.kind = RecordKind::kPublish;
  record.message_type = "json";
  record.topic = "orders";
  record.body = R"({"id":1})";
  record.key = "184467";
  record.correlation_id = "QQ==";
  record.user = "ann";
  record.expiration_s = 60;
  record.bookmark = {7, 8};
  record.timestamp_us = 9;
  record.txid = 10;
  return record;
}

std::string encoded(const JournalRecord& record, std::uint32_t salt) {
  std::string bytes(record_bytes(record), '?');
  encode_record(bytes.data(), record);
  CHECK(seal_record(bytes.data(), salt) == bytes.size());
  return bytes;
}

void check_same(const JournalRecord& left, const JournalRecord& right) {
  CHECK(left.kind == right.kind);
  CHECK(left.message_type == right.message_type);
  CHECK(left.topic == right.topic);
  CHECK(left.body == right.body);
  CHECK(left.key == right.key);
  CHECK(left.correlation_id == right.correlation_id);
  CHECK(left.user == right.user);
  CHECK(left.expiration_s == right.expiration_s);
  CHECK(left.bookmark == right.bookmark);
  CHECK(left.numbered_by_log == right.numbered_by_log);
  CHECK(left.timestamp_us == right.timestamp_us);
  CHECK(left.txid == right.txid);
}

}  // namespace

TEST_CASE("a record comes back as it was written") {
  for (const bool is_full : {true, false}) {
    JournalRecord record = is_full ? full_record() : JournalRecord();
    record.numbered_by_log = is_full;
    const std::string bytes = encoded(record, 5);
    CHECK(bytes.size() % kRecordAlignment == 0);
    const std::string followed = bytes + "more";  // What is read refers to it.
    JournalRecord read;
    std::size_t size = 0;
    REQUIRE(decode_record(followed, 5, &read, &size) == RecordState::kGood);
    CHECK(size == bytes.size());
    check_same(read, record);
    JournalRecord viewed;
    CHECK(view_record(bytes.data(), &viewed) == bytes.size());
    check_same(viewed, record);
  }
}

TEST_CASE("a record that is cut anywhere is cut, and says what it needs once its header is there") {
  const std::string bytes = encoded(full_record(), 5);
  for (std::size_t have = 0; have < bytes.size(); ++have) {
    JournalRecord read;
    std::size_t size = 0;
    CHECK(decode_record(bytes.substr(0, have), 5, &read, &size) == RecordState::kCut);
    CHECK(size == (have < kRecordHeaderBytes ? kRecordHeaderBytes : bytes.size()));
  }
}

TEST_CASE("any changed bit is noticed, and so is another salt") {
  const std::string good = encoded(full_record(), 5);
  const std::size_t padding_from = good.size() - 1;  // The padding is not checked; here it is one byte.
  JournalRecord read;
  std::size_t size = 0;
  CHECK(decode_record(good, 6, &read, &size) == RecordState::kDamaged);
  for (std::size_t at = 0; at < padding_from; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      CHECK(decode_record(bad, 5, &read, &size) != RecordState::kGood);
    }
  }
}

TEST_CASE("zeros are the end of what was written") {
  JournalRecord read;
  std::size_t size = 0;
  CHECK(decode_record(std::string(100, '\0'), 5, &read, &size) == RecordState::kEnd);
}

TEST_CASE("texts that do not fit their fields are refused by name") {
  const std::string long_text(65'536, 'x');
  JournalRecord record;
  record.topic = long_text;
  CHECK(check_record(record).text() ==
        "topic of 65536 bytes exceeds the limit of 65535 of the transaction log");
  record = {};
  record.message_type = std::string_view(long_text).substr(0, 256);
  CHECK(check_record(record).code() == AMPS_E_PUBLISH);
  record = full_record();
  CHECK(check_record(record).ok());
}

TEST_CASE("the mark of a batch comes back, completed or not") {
  std::string bytes(kRecordHeaderBytes, '?');
  encode_batch(bytes.data(), {0, 4'096, 0, 77});
  complete_batch(bytes.data(), 64, 1'000);
  seal_record(bytes.data(), 3);
  JournalRecord read;
  std::size_t size = 0;
  REQUIRE(decode_record(bytes, 3, &read, &size) == RecordState::kGood);
  CHECK(read.kind == RecordKind::kBatch);
  CHECK(size == kRecordHeaderBytes);
  const BatchMark mark = batch_of(read);
  CHECK(mark.synced_offset == 64);
  CHECK(mark.previous_end == 4'096);
  CHECK(mark.batch_bytes == 1'000);
  CHECK(mark.first_txid == 77);
}

TEST_CASE("readers see data and skip what is the journal's own") {
  bool is_data = false;
  JournalRecord read;
  const std::string data = encoded(full_record(), 1);
  CHECK(view_if_data(data.data(), &is_data, &read) == data.size());
  CHECK(is_data);
  JournalRecord name = full_record();
  name.kind = RecordKind::kPublisher;
  const std::string own = encoded(name, 1);
  CHECK(view_if_data(own.data(), &is_data, &read) == own.size());
  CHECK_FALSE(is_data);
}

TEST_CASE("whole records are counted by their lengths") {
  const std::string one = encoded(full_record(), 1);
  CHECK(whole_record_bytes(one + one) == 2 * one.size());
  CHECK(whole_record_bytes(one + one.substr(0, one.size() - 1)) == one.size());
  CHECK(whole_record_bytes(one.substr(0, 60)) == one.size());
  CHECK(whole_record_bytes("short") == kRecordHeaderBytes);
}

TEST_CASE("TXL-24: keys of a delete are listed and taken one by one") {
  Buffer keys;
  append_key(&keys, "a");
  append_key(&keys, "");
  append_key(&keys, "ccc");
  std::string_view rest = keys.view();
  std::string_view key;
  REQUIRE(take_key(&rest, &key));
  CHECK(key == "a");
  REQUIRE(take_key(&rest, &key));
  CHECK(key.empty());
  REQUIRE(take_key(&rest, &key));
  CHECK(key == "ccc");
  CHECK_FALSE(take_key(&rest, &key));
  rest = keys.view().substr(0, keys.size() - 1);
  int count = 0;
  while (take_key(&rest, &key)) ++count;
  CHECK(count == 2);
}
