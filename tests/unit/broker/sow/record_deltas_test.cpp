// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_deltas.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace amps::broker;

namespace {

std::vector<FieldPath> keys() {
  std::vector<FieldPath> paths(1);
  REQUIRE(FieldPath::parse("/id", &paths[0]).ok());
  return paths;
}

std::pair<Difference, std::string> difference(const char* type, const char* previous, const char* current) {
  RecordDeltas deltas;
  deltas.set(find_message_format(type), keys());
  Change change;
  change.previous = previous;
  change.current = current;
  std::string text;
  const Difference found = deltas.difference(change, &text);
  return {found, text};
}

}  // namespace

TEST_CASE("DLT-11 DLT-12: a delta has the key fields and what is another than before") {
  CHECK(difference("json", R"({"id":1,"a":1,"b":2})", R"({"id":1,"a":1,"b":3})") ==
        std::pair(Difference::kSome, std::string(R"({"id":1,"b":3})")));
  CHECK(difference("json", R"({"id":1,"a":1})", R"({"id":1,"a":1})") ==
        std::pair(Difference::kNone, std::string(R"({"id":1})")));
}

TEST_CASE("DLT-05: without deltas, and of what cannot be read, there is no difference") {
  CHECK(difference("binary", "a", "b").first == Difference::kUnsupported);
  CHECK(difference("json", R"({"id":1})", "no json").first == Difference::kUnsupported);
  CHECK(difference("json", "no json", R"({"id":1})").first == Difference::kUnsupported);
}
