// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/version.h"

#include "xml_text.h"

using namespace xml_text;

namespace {
std::string required(const std::string& version) {
  return read(root("<RequiredMinimumVersion>" + version + "</RequiredMinimumVersion>"));
}
}  // namespace

TEST_CASE("CFG-10: versions up to the one that is served are content") {
  for (const char* version : {"4", "5.3", "5.3.5", "5.3.5.9", "0.0.0.0"}) CHECK(required(version) == "ok");
}

TEST_CASE("CFG-10: a later version, and what is no version, is refused") {
  for (const char* version : {"5.3.6", "5.4", "6"})
    CHECK(contains(required(version), "behaves as AMPS 5.3.5"));
  for (const char* version : {"five", "5.", "1.2.3.4.5", "5.x"})
    CHECK(contains(required(version), "not a version"));
}

TEST_CASE("CFG-10: a suggestion is a warning") {
  CHECK(good(root("<SuggestedMinimumVersion>9.0</SuggestedMinimumVersion>")).warnings.size() == 1);
  CHECK(good(root("<SuggestedMinimumVersion>5.0</SuggestedMinimumVersion>")).warnings.empty());
}
