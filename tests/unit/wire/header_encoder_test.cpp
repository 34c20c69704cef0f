// SPDX-License-Identifier: Apache-2.0
#include "wire/header_encoder.h"

#include <doctest/doctest.h>

#include <string>

#include "wire/header_decoder.h"

using amps::Buffer;
using amps::wire::Header;
using amps::wire::HeaderDecoder;

namespace {
std::string header_text(const Header& header) {
  Buffer out;
  amps::wire::append_header(&out, header);
  return std::string(out.view());
}
}  // namespace

TEST_CASE("the command comes first, numbers are bare, the rest is quoted") {
  Header header;
  header.command = AMPS_COMMAND_Subscribe;
  header.ack_types = AMPS_ACK_Processed | AMPS_ACK_Completed;
  header.set(AMPS_Topic, "orders");
  header.set(AMPS_CommandId, "7");
  header.set(AMPS_BatchSize, "10");
  CHECK(header_text(header) ==
        R"({"c":"subscribe","t":"orders","cid":"7","bs":10,"a":"processed,completed"})");
}

TEST_CASE("empty values are left out") {
  Header header;
  header.command = AMPS_COMMAND_Heartbeat;
  header.set(AMPS_Topic, "");
  CHECK(header_text(header) == R"({"c":"heartbeat"})");
}

TEST_CASE("a number that would break the header is quoted") {
  Header header;
  header.command = AMPS_COMMAND_Publish;
  header.set(AMPS_Sequence, "1,\"x\":2");
  CHECK(header_text(header) == R"({"c":"p","s":"1,\"x\":2"})");
}

TEST_CASE("every byte of a text survives encoding and decoding") {
  std::string topic;
  for (int byte = 0; byte < 256; ++byte) topic.push_back(static_cast<char>(byte));
  Header header, decoded;
  header.command = AMPS_COMMAND_Publish;
  header.set(AMPS_Topic, topic);
  const std::string text = header_text(header);
  HeaderDecoder decoder;
  REQUIRE(decoder.decode(text, &decoded).ok());
  CHECK(decoded.get(AMPS_Topic) == topic);
}

TEST_CASE("a frame carries its length") {
  Header header;
  header.command = AMPS_COMMAND_Publish;
  header.set(AMPS_Topic, "widgets");
  Buffer out;
  amps::wire::append_frame(&out, header, R"({"id":1,"n":"bolt"})");
  CHECK(out.view().substr(0, 4) == std::string_view("\0\0\0\x2a", 4));
  CHECK(out.view().substr(4) == R"({"c":"p","t":"widgets"}{"id":1,"n":"bolt"})");
  CHECK(amps::wire::load_length(out.data()) == 42);
}

TEST_CASE("a template writes what the general encoder writes") {
  for (const char* topic : {"widgets", "a\"b\\c\n"}) {
    Header header;
    header.command = AMPS_COMMAND_Publish;
    header.set(AMPS_Topic, topic);
    Buffer expected, out;
    amps::wire::append_frame(&expected, header, "body");
    amps::wire::PublishTemplate(topic, false).append(&out, "body");
    CHECK(out.view() == expected.view());
  }
}

TEST_CASE("a template adds sequence, expiration and ack") {
  Buffer out;
  const amps::wire::PublishTemplate plain("t", true);
  plain.append(&out, "x", 18446744073709551615ull, 60);
  CHECK(out.view().substr(4) ==
        R"({"c":"delta_publish","t":"t","s":18446744073709551615,"e":60,"a":"persisted"}x)");
  out.clear();
  plain.append(&out, "", 0, 0);
  CHECK(out.view().substr(4) == R"({"c":"delta_publish","t":"t","e":0})");
  CHECK(plain.is_for("t", true));
  CHECK_FALSE(plain.is_for("t", false));
}

TEST_CASE("a word in a number field cannot be taken for something else") {
  Header header;
  header.command = AMPS_COMMAND_Publish;
  header.set(AMPS_Sequence, "null");
  header.set(AMPS_Expiration, "-1");
  header.set(AMPS_SendOOF, "true");
  header.set(AMPS_SendKeys, "yes");
  CHECK(header_text(header) == R"({"c":"p","s":"null","e":"-1","send_keys":"yes","send_oof":true})");
}

TEST_CASE("text fields stand in order and the first has no comma before it") {
  Header header;
  header.set(AMPS_Topic, "{");
  CHECK(header_text(header) == R"({"t":"{"})");
  header.set(AMPS_Command, "brand_new");
  header.set(AMPS_AckType, "strange");
  CHECK(header_text(header) == R"({"c":"brand_new","t":"{","a":"strange"})");
  CHECK(header_text(Header()) == "{}");
}

TEST_CASE("control characters have their short escapes or four digits") {
  Buffer out;
  amps::wire::append_escaped(&out, std::string_view("\"\\/\b\t\n\v\f\r\x01\x1f\x7f\0", 13));
  CHECK(out.view() == "\\\"\\\\/\\b\\t\\n\\u000b\\f\\r\\u0001\\u001f\x7f\\u0000");
}

TEST_CASE("frames up to the size limit fit, to the byte") {
  Header header;
  header.command = AMPS_COMMAND_Publish;
  header.ack_types = AMPS_ACK_Persisted;
  header.set(AMPS_Topic, "a\"b\x01\n");
  header.set(AMPS_Sequence, "12");
  static const char byte = 'x';  // Only the size of the body is looked at.
  const std::size_t room = 200'000'000 - header_text(header).size();
  CHECK_FALSE(amps::wire::frame_fits(header, std::string_view(&byte, room + 1)));
  CHECK(amps::wire::frame_fits(header, std::string_view(&byte, room - 20)));
  CHECK_FALSE(amps::wire::frame_fits(header, std::string_view(&byte, std::size_t(-1))));
}
