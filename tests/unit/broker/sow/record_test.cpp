// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

RecordRef record(std::string_view body, std::string_view correlation_id = {}) {
  Record::Parts parts;
  parts.key = "42";
  parts.identity = "IBM";
  parts.body = body;
  parts.correlation_id = correlation_id;
  parts.timestamp_us = 7;
  parts.expires_us = 9;
  return Record::make(parts);
}

}  // namespace

TEST_CASE("a record is the ready-made part of a frame and everything it was made of") {
  const RecordRef plain = record("{\"id\":1}");
  CHECK(plain->frame_part() == "{\"k\":\"42\",\"l\":8}{\"id\":1}");
  CHECK(plain->key() == "42");
  CHECK(plain->identity() == "IBM");
  CHECK(plain->body() == "{\"id\":1}");
  CHECK(plain->correlation_id().empty());
  CHECK(plain->timestamp_us() == 7);
  CHECK_FALSE(plain->is_overdue(8));
  CHECK(plain->is_overdue(9));
  const RecordRef correlated = record("", "a\"b");
  CHECK(correlated->frame_part() == "{\"k\":\"42\",\"x\":\"a\\\"b\",\"l\":0}");
  CHECK(correlated->correlation_id() == "a\"b");
  CHECK(correlated->body().empty());
}

TEST_CASE("a record without key fields is identified by its key") {
  Record::Parts parts;
  parts.key = "abc";
  CHECK(Record::make(parts)->identity() == "abc");
}

TEST_CASE("SOW-43 SOW-44: a record is written without its key, with its time, with another body") {
  const RecordRef one = record("{\"id\":1}", "c");
  amps::Buffer out;
  RecordShape shape;
  shape.with_key = false;
  shape.timestamp = "20250131T142501.123456Z";
  append_record(&out, *one, shape, "{}");
  CHECK(out.view() == "{\"x\":\"c\",\"ts\":\"20250131T142501.123456Z\",\"l\":2}{}");
}
