// SPDX-License-Identifier: Apache-2.0
#include "wire/predicted_header.h"

#include <doctest/doctest.h>

#include <string>

#include "wire/header_decoder.h"

using amps::wire::Header;
using amps::wire::HeaderDecoder;
using amps::wire::PredictedHeader;

namespace {

struct Learned {
  PredictedHeader predicted;
  Header header;  // What the latest decode() gave.

  explicit Learned(std::string frame) {
    HeaderDecoder decoder;
    Header decoded;
    REQUIRE(decoder.decode(frame, &decoded).ok());
    predicted.learn(frame, decoded);
    frame.assign(frame.size(), '?');  // Nothing may look at the frame any more.
  }
  bool knows(const std::string& frame) { return predicted.decode(frame, &header); }
};

}  // namespace

TEST_CASE("a frame with the same header is decoded from what was kept") {
  Learned learned(R"({"c":"p","t":"orders","sids":"1"}{"id":1})");
  REQUIRE(learned.knows(R"({"c":"p","t":"orders","sids":"1"}another body)"));
  CHECK(learned.header.command == AMPS_COMMAND_Publish);
  CHECK(learned.header.get(AMPS_Topic) == "orders");
  CHECK(learned.header.get(AMPS_SubscriptionIds) == "1");
  CHECK_FALSE(learned.header.has(AMPS_Filter));
  CHECK(learned.header.size_bytes == 33);
}

TEST_CASE("any other header is not predicted") {
  Learned learned(R"({"c":"p","t":"orders","sids":"1"}{"id":1})");
  CHECK_FALSE(learned.knows(R"({"c":"p","t":"orders","sids":"2"}{"id":1})"));
  CHECK_FALSE(learned.knows(R"({"c":"p","t":"orders","sids":"1")"));
  CHECK_FALSE(learned.knows(""));
  CHECK_FALSE(PredictedHeader().decode(R"({"c":"p"})", &learned.header));
}

TEST_CASE("an empty body is predicted like any other") {
  Learned learned(R"({"c":"p","t":"orders","sids":"1"}{"id":1})");
  CHECK(learned.knows(R"({"c":"p","t":"orders","sids":"1"})"));
}

TEST_CASE("a change of the decoded header does not change the prediction") {
  const std::string frame = R"({"c":"p","t":"orders","sids":"1"}x)";
  Learned learned(frame);
  REQUIRE(learned.knows(frame));
  learned.header.set(AMPS_Topic, "mine");
  learned.header.set(AMPS_Filter, "/x = 1");
  REQUIRE(learned.knows(frame));
  CHECK(learned.header.get(AMPS_Topic) == "orders");
  CHECK_FALSE(learned.header.has(AMPS_Filter));
}

TEST_CASE("what differs from message to message is not kept") {
  for (const std::string frame : {R"({"c":"p","t":"o","bm":"1|2|"})", R"({"c":"ack","cid":"1"})",
                                  R"({"c":"p","t":"o","ts":"20250131T142501.123456Z"})"}) {
    CHECK_FALSE_MESSAGE(Learned(frame).knows(frame), frame);
  }
  const std::string with_escape = R"({"c":"p","t":"a\"b"}x)";
  CHECK_FALSE(Learned(with_escape).knows(with_escape));
  const std::string long_header = R"({"c":"p","t":")" + std::string(300, 't') + R"("}x)";
  CHECK_FALSE(Learned(long_header).knows(long_header));
}
