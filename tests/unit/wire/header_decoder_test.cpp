// SPDX-License-Identifier: Apache-2.0
#include "wire/header_decoder.h"

#include <doctest/doctest.h>

#include <string>

#include "base/limits.h"

using amps::Status;
using amps::wire::Header;
using amps::wire::HeaderDecoder;

namespace {

struct Decoded {
  Header header;
  HeaderDecoder decoder;
  Status status;
  std::string text;

  explicit Decoded(std::string frame) : text(std::move(frame)) { status = decoder.decode(text, &header); }
  std::string operator[](FieldId field) const { return std::string(header.get(field)); }
  std::string body() const { return text.substr(header.size_bytes); }
};

bool refused(const std::string& frame) {
  return Decoded(frame).status.code() == AMPS_E_STREAM;
}

}  // namespace

TEST_CASE("the body begins after the first closing brace outside strings") {
  Decoded message(R"({"c":"p","t":"a}b"}}{")");
  REQUIRE(message.status.ok());
  CHECK(message[AMPS_Topic] == "a}b");
  CHECK(message.body() == "}{\"");
}

TEST_CASE("both spellings of every key are read") {
#define AMPS_X(name, key, second, third, kind)              \
  for (const std::string spelling : {key, second, third}) { \
    if (spelling.empty()) continue;                         \
    Decoded message("{\"" + spelling + "\":\"7\"}");        \
    CHECK(message.status.ok());                             \
    CHECK_MESSAGE(message[AMPS_##name] == "7", spelling);   \
  }
  AMPS_FIELD_TABLE(AMPS_X)
#undef AMPS_X
}

TEST_CASE("members come in any order with any white space") {
  Decoded message("{ \"s\" : 17 ,\r\n\t\"topic\": \"x\" , \"c\" :\"publish\" } body");
  REQUIRE(message.status.ok());
  CHECK(message.header.command == AMPS_COMMAND_Publish);
  CHECK(message.header.number(AMPS_Sequence) == 17);
  CHECK(message.body() == " body");
}

TEST_CASE("numbers may be quoted and ids bare") {
  Decoded message(R"({"c":"ack","s":"18446744073709551615","cid":7})");
  CHECK(message.header.number(AMPS_Sequence) == 18446744073709551615ull);
  CHECK(message[AMPS_CommandId] == "7");
}

TEST_CASE("a number that does not parse is no number") {
  for (const char* value : {"-1", "18446744073709551616", "abc", "1.5", "1e3", "\"\""}) {
    Decoded message(std::string("{\"s\":") + value + "}");
    CHECK(message.status.ok());
    CHECK_MESSAGE(!message.header.number(AMPS_Sequence), value);
  }
}

TEST_CASE("the last of two equal keys wins") {
  Decoded message(R"({"c":"p","c":"ack","t":"a","topic":"b"})");
  CHECK(message.header.command == AMPS_COMMAND_Ack);
  CHECK(message[AMPS_Topic] == "b");
}

TEST_CASE("escapes are decoded and the rest of the views stay valid") {
  Decoded message(R"({"c":"p","t":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00\q","cid":"a\"b"})");
  REQUIRE(message.status.ok());
  CHECK(message[AMPS_Topic] == "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80q");
  CHECK(message[AMPS_CommandId] == "a\"b");
}

TEST_CASE("many long values with escapes stay valid together") {
  const std::string part = std::string(900, 'x');
  std::string text = "{";
  for (const char* key : {"t", "cid", "sub_id", "query_id", "filter", "opts", "orderby", "reason"}) {
    text += std::string(text.size() > 1 ? "," : "") + "\"" + key + "\":\"" + key + "\\\"" + part + "\"";
  }
  Decoded message(text + "}");
  REQUIRE(message.status.ok());
  CHECK(message[AMPS_Topic] == "t\"" + part);
  CHECK(message[AMPS_CommandId] == "cid\"" + part);
  CHECK(message[AMPS_SubscriptionId] == "sub_id\"" + part);
  CHECK(message[AMPS_QueryId] == "query_id\"" + part);
  CHECK(message[AMPS_Reason] == "reason\"" + part);
}

TEST_CASE("a lone surrogate is kept as bytes that are no UTF-8") {
  Decoded message(R"({"t":"\ud800"})");
  CHECK(message[AMPS_Topic] == "\xed\xa0\x80");
}

TEST_CASE("unknown keys are skipped, nested values too") {
  Decoded message(R"({"zz":{"a":[1,{"b":"}]"}]},"c":"p","q1":true,"t":"x","last":[]}data)");
  REQUIRE(message.status.ok());
  CHECK(message[AMPS_Topic] == "x");
  CHECK(message.body() == "data");
}

TEST_CASE("unknown keys may have any characters") {
  Decoded message(R"({"x-y":1,"a\"b":2,"a rather long key with spaces":3,"\u0063":"ack","c":"p"})");
  REQUIRE(message.status.ok());
  CHECK(message.header.present == amps::wire::field_bit(AMPS_Command));
  CHECK(message.header.command == AMPS_COMMAND_Publish);
}

TEST_CASE("bare values hold what bookmarks, paths and times need") {
  Decoded message("{\"bm\":42|1|,\"filter\":/a/b>[1],\"ts\":20260604T000000.5Z,\"t\":caf\xc3\xa9}");
  REQUIRE(message.status.ok());
  CHECK(message[AMPS_Bookmark] == "42|1|");
  CHECK(message[AMPS_Filter] == "/a/b>[1]");
  CHECK(message[AMPS_Timestamp] == "20260604T000000.5Z");
  CHECK(message[AMPS_Topic] == "caf\xc3\xa9");
}

TEST_CASE("nesting is followed eight levels deep") {
  const auto nested = [](int depth) {
    return "{\"zz\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  CHECK_FALSE(refused(nested(8)));
  CHECK(refused(nested(9)));
  CHECK(refused(nested(100'000)));
}

TEST_CASE("null and an empty string are absent") {
  Decoded message(R"({"c":"p","t":null,"sub_id":"","s":""})");
  REQUIRE(message.status.ok());
  CHECK(message.header.present == amps::wire::field_bit(AMPS_Command));
}

TEST_CASE("an empty value takes back an earlier one") {
  Decoded message(R"({"c":"p","t":"x","topic":"","cid":"7","cid":null})");
  REQUIRE(message.status.ok());
  CHECK(message.header.present == amps::wire::field_bit(AMPS_Command));
}

TEST_CASE("what stood before a mistake is kept for the answer") {
  Decoded message(R"({"c":"subscribe","cid":"4","a":"processed","t":"x)");
  CHECK_FALSE(message.status.ok());
  CHECK(message.header.command == AMPS_COMMAND_Subscribe);
  CHECK(message[AMPS_CommandId] == "4");
  CHECK(message.header.ack_types == AMPS_ACK_Processed);
}

TEST_CASE("malformed headers are refused") {
  for (const char* text : {"",
                           " ",
                           "[",
                           "{",
                           "x",
                           R"([1])",
                           R"({"c":"p)",
                           R"({"c":"p")",
                           R"({"c":"p",})",
                           R"({'c':'p'})",
                           R"({"c" "p"})",
                           R"({c:"p"})",
                           R"({"c":["p"]})",
                           R"({"c":{}})",
                           "{\"t\":\"a\x01\"}",
                           R"({"t":"\u12"})",
                           R"({"t":"\u12)",
                           R"({"t":"\)",
                           R"({"c":})",
                           R"({"":"p"})",
                           R"({"c":'p'})",
                           R"({"z":[1}})",
                           R"({"z":{"a":1]})",
                           "{\"z\":[\"a\nb\"]}",
                           "{\"c\":p\x01}",
                           "{\"z\\u12\":1",
                           R"({"c":"p" "t":"x"})",
                           R"({,"c":"p"})"}) {
    CHECK_MESSAGE(refused(text), text);
  }
}

TEST_CASE("every beginning of a header is refused and none is read beyond") {
  const std::string whole = R"({"c":"p","t":"\u0041","s":12,"zz":[1]})";
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK(refused(whole.substr(0, size)));
  CHECK_FALSE(refused(whole));
}

TEST_CASE("a header has limits in bytes and members") {
  const std::string frame = "{\"c\":\"p\",\"t\":\"";
  CHECK_FALSE(refused(frame + std::string(amps::kHeaderBytesMax - frame.size() - 2, 'x') + "\"}"));
  CHECK(refused(frame + std::string(amps::kHeaderBytesMax - frame.size() - 1, 'x') + "\"}"));
  std::string many = "{\"a0\":1";
  for (std::uint32_t i = 1; i < amps::kHeaderFieldCountMax; ++i) many += ",\"z\":1";
  CHECK_FALSE(refused(many + "}"));
  CHECK(refused(many + ",\"z\":1}"));
}

TEST_CASE("the error says where and what") {
  CHECK(Decoded(R"({"c" "p"})").status.text() == "malformed header at byte 5: expected ':'");
  const std::string endless = "{\"t\":\"" + std::string(amps::kHeaderBytesMax, 'x');
  CHECK(Decoded(endless).status.text() == "header exceeds limit of 65536 bytes");
}

TEST_CASE("ack types become bits") {
  Decoded message(R"({"a":"processed,completed,strange"})");
  CHECK(message.header.ack_types == (AMPS_ACK_Processed | AMPS_ACK_Completed));
}
