// SPDX-License-Identifier: Apache-2.0
#include "broker/format/msgpack_reader.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

using Kind = MsgpackReader::Kind;

MsgpackReader::Item read(std::string_view bytes) {
  MsgpackReader reader(bytes);
  const MsgpackReader::Item item = reader.next();
  if (item.kind != Kind::kMalformed) CHECK(reader.at_end());
  return item;
}

template <std::size_t N>
std::string_view bytes(const char (&text)[N]) {
  return {text, N - 1};
}

}  // namespace

TEST_CASE("every code of MessagePack is read") {
  CHECK(read("\x05").value.as_integer() == 5);
  CHECK(read("\xff").value.as_integer() == -1);
  CHECK(read("\xe0").value.as_integer() == -32);
  CHECK(read("\xcc\xff").value.as_integer() == 255);
  CHECK(read(bytes("\xcd\x01\x00")).value.as_integer() == 256);
  CHECK(read(bytes("\xce\x00\x01\x00\x00")).value.as_integer() == 65536);
  CHECK(read("\xcf\xff\xff\xff\xff\xff\xff\xff\xff").value.as_unsigned() == UINT64_MAX);
  CHECK(read("\xd0\x80").value.as_integer() == -128);
  CHECK(read("\xd1\xff\xfe").value.as_integer() == -2);
  CHECK(read(bytes("\xd2\x80\x00\x00\x00")).value.as_integer() == INT32_MIN);
  CHECK(read(bytes("\xd3\x80\x00\x00\x00\x00\x00\x00\x00")).value.as_integer() == INT64_MIN);
  CHECK(read(bytes("\xca\x3f\xc0\x00\x00")).value.as_float() == 1.5);
  CHECK(read(bytes("\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00")).value.as_float() == 1.5);
  CHECK(read("\xc0").value.is_null());
  CHECK(read("\xc3").value.as_boolean());
  CHECK_FALSE(read("\xc2").value.as_boolean());
  for (const std::string_view text :
       {bytes("\xa2yz"), bytes("\xd9\x02yz"), bytes("\xda\x00\x02yz"), bytes("\xdb\x00\x00\x00\x02yz"),
        bytes("\xc4\x02yz"), bytes("\xc5\x00\x02yz"), bytes("\xc6\x00\x00\x00\x02yz"), bytes("\xd5\x07yz"),
        bytes("\xc7\x02\x07yz"), bytes("\xc8\x00\x02\x07yz"), bytes("\xc9\x00\x00\x00\x02\x07yz")}) {
    CHECK(read(text).value.text() == "yz");
    CHECK(read(text).raw == text);
  }
  CHECK(read("\x83").count == 3);
  CHECK(read("\x83").kind == Kind::kMap);
  CHECK(read(bytes("\xde\x01\x00")).count == 256);
  CHECK(read(bytes("\xdf\x00\x01\x00\x00")).count == 65536);
  CHECK(read("\x93").kind == Kind::kArray);
  CHECK(read(bytes("\xdc\x01\x00")).count == 256);
  CHECK(read(bytes("\xdd\x00\x01\x00\x00")).count == 65536);
}

TEST_CASE("what is cut short, or no code, is malformed") {
  CHECK(read("").kind == Kind::kMalformed);
  CHECK(read("\xc1").kind == Kind::kMalformed);
  CHECK(read("\xa3yz").kind == Kind::kMalformed);
  CHECK(read("\xcb\x01").kind == Kind::kMalformed);
  CHECK(read("\xdb\xff\xff\xff\xffyz").kind == Kind::kMalformed);
}

TEST_CASE("skipping follows what is inside, and counts that lie meet the end") {
  MsgpackReader reader("\x92\x81\xa1x\x91\x01\x02\x07");
  CHECK(reader.skip());
  CHECK(reader.next().value.as_integer() == 7);
  CHECK_FALSE(MsgpackReader("\xdf\xff\xff\xff\xff\x01\x01").skip());
  CHECK_FALSE(MsgpackReader("\xdd\xff\xff\xff\xff\xdd\xff\xff\xff\xff").skip());
}
