// SPDX-License-Identifier: Apache-2.0
#include "wire/predicted_header.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "base/limits.h"
#include "wire/header_decoder.h"

using amps::wire::field_bit;
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

// Whether a prediction, if there is one, says what the decoder says.
bool agrees(Learned* learned, const std::string& frame) {
  if (!learned->knows(frame)) return true;
  HeaderDecoder decoder;
  Header decoded;
  if (!decoder.decode(frame, &decoded).ok()) return false;
  const Header& predicted = learned->header;
  bool same = predicted.present == decoded.present && predicted.command == decoded.command &&
              predicted.ack_types == decoded.ack_types && predicted.size_bytes == decoded.size_bytes;
  for (int field = 0; field < AMPS_FIELD_COUNT; ++field) {
    same = same && predicted.get(static_cast<FieldId>(field)) == decoded.get(static_cast<FieldId>(field));
  }
  return same;
}

const std::string kReplayed =
    R"({"c":"p","t":"orders","sids":"1","bm":"17|5|","ts":"20250131T142501.1Z","s":7}{"id":1})";

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

TEST_CASE("values that differ from message to message are taken from the frame") {
  Learned learned(kReplayed);
  const std::string frame =
      R"({"c":"p","t":"orders","sids":"1","bm":"170|12345|","ts":"20250131T142502Z","s":18446744}x)";
  REQUIRE(learned.knows(frame));
  CHECK(learned.header.get(AMPS_Topic) == "orders");
  CHECK(learned.header.get(AMPS_Bookmark) == "170|12345|");
  CHECK(learned.header.get(AMPS_Timestamp) == "20250131T142502Z");
  CHECK(learned.header.number(AMPS_Sequence) == 18446744);
  CHECK(learned.header.size_bytes == 88);
}

TEST_CASE("any other header is not predicted") {
  Learned learned(R"({"c":"p","t":"orders","sids":"1"}{"id":1})");
  CHECK_FALSE(learned.knows(R"({"c":"p","t":"orders","sids":"2"}{"id":1})"));
  CHECK_FALSE(learned.knows(R"({"c":"p","t":"orders","sids":"1")"));
  CHECK_FALSE(learned.knows(R"({"c":"p","t":"orders","sids":"1","bm":"17|5|"}x)"));
  CHECK_FALSE(learned.knows(""));
  CHECK_FALSE(PredictedHeader().decode(R"({"c":"p"})", &learned.header));
}

TEST_CASE("a value that only the decoder can read is left to it") {
  const std::string before = R"({"c":"p","t":"o","bm":")", after = R"(","s":7}x)";
  Learned learned(before + "17|5|" + after);
  CHECK(learned.knows(before + "18|6|" + after));
  CHECK_FALSE(learned.knows(before + after));              // Empty: the field is absent.
  CHECK_FALSE(learned.knows(before + R"(1\"8)" + after));  // An escape.
  CHECK_FALSE(learned.knows(before + "1\n8" + after));     // Malformed.
  CHECK_FALSE(learned.knows(R"({"c":"p","t":"o","bm":"18|6|","s":null}x)"));
  CHECK_FALSE(learned.knows(R"({"c":"p","t":"o","bm":"18|6|","s":"7"}x)"));
  CHECK_FALSE(learned.knows(before + std::string(amps::kHeaderBytesMax, '1') + after));
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

TEST_CASE("what would not pay or not be right is not kept") {
  const std::string ack = R"({"c":"ack","cid":"1"})";
  CHECK_FALSE(Learned(ack).knows(ack));
  const std::string with_escape = R"({"c":"p","t":"a\"b"}x)";
  CHECK_FALSE(Learned(with_escape).knows(with_escape));
  const std::string long_header = R"({"c":"p","t":")" + std::string(300, 't') + R"("}x)";
  CHECK_FALSE(Learned(long_header).knows(long_header));
}

TEST_CASE("another header is kept only when the first does not come any more") {
  const std::string first = R"({"c":"p","t":"first"}x)", second = R"({"c":"p","t":"second"}x)";
  Learned learned(first);
  HeaderDecoder decoder;
  Header decoded;
  REQUIRE(decoder.decode(second, &decoded).ok());
  CHECK_FALSE(learned.knows(second));
  learned.predicted.learn(second, decoded);
  CHECK(learned.knows(first));
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(learned.knows(second));
    learned.predicted.learn(second, decoded);
  }
  CHECK(learned.knows(second));
  CHECK_FALSE(learned.knows(first));
}

TEST_CASE("a prediction never says anything else than the decoder") {
  std::mt19937 random(3);
  const std::string bytes = "{}\",:|\\0159 x\n";
  Learned learned(kReplayed);
  for (std::size_t cut = 0; cut <= kReplayed.size(); ++cut) CHECK(agrees(&learned, kReplayed.substr(0, cut)));
  for (int round = 0; round < 50'000; ++round) {
    std::string frame = kReplayed;
    for (int change = 1 + static_cast<int>(random() % 3); change > 0; --change) {
      const std::size_t at = random() % frame.size();
      if (random() % 2 == 0) {
        frame[at] = bytes[random() % bytes.size()];
      } else {
        frame.insert(at, 1, bytes[random() % bytes.size()]);
      }
    }
    if (!agrees(&learned, frame)) FAIL_CHECK(frame);
  }
}
