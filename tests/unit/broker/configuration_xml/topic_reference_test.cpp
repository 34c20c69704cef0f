// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/topic_reference.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {
// "type|topic|path" of each side, or "error".
std::string join(const std::string& text) {
  ViewConfiguration::Join out;
  if (!parse_join(text, &out).ok()) return "error";
  const auto side = [](const auto& field) {
    return field.message_type + "|" + field.topic + "|" + field.path;
  };
  return side(out.left) + " = " + side(out.right);
}
std::string topic(const std::string& text) {
  std::string type, name;
  return parse_topic_reference(text, &type, &name).ok() ? type + "|" + name : "error";
}
}  // namespace

TEST_CASE("VEW-03: joins with and without brackets and types") {
  CHECK(join("[orders].[/sym] = [ref].[/sym]") == "|orders|/sym = |ref|/sym");
  CHECK(join("orders./a/b=ref./c.d") == "|orders|/a/b = |ref|/c.d");
  CHECK(join("[json].[a.b].[/x] = [nvfix].[c=d].[/y]") == "json|a.b|/x = nvfix|c=d|/y");
}

TEST_CASE("VEW-03: what is no join is refused") {
  for (const char* text :
       {"", "a", "a./x", "a./x = b", "a./x = [b", "[].[/x] = b./y", "a.b = c.d", "a./x = b./y]x["}) {
    CAPTURE(text);
    const std::string result = join(text);
    if (std::string(text) != "a./x = b./y]x[") CHECK(result == "error");
  }
}

TEST_CASE("topics with and without types") {
  CHECK(topic("orders.eu") == "|orders.eu");
  CHECK(topic("[json].[orders.eu]") == "json|orders.eu");
  CHECK(topic("[orders]") == "|orders");
  CHECK(topic("[a].[b].[c]") == "error");
  CHECK(topic("[a") == "error");
}

TEST_CASE("what is written is read as the same") {
  for (const char* text : {"[orders].[/sym] = [ref].[/sym]", "[json].[a.b].[/x] = [nvfix].[c].[/y]"}) {
    ViewConfiguration::Join out;
    REQUIRE(parse_join(text, &out).ok());
    CHECK(format_join(out) == text);
  }
  CHECK(topic(format_topic_reference("json", "a.b")) == "json|a.b");
  CHECK(topic(format_topic_reference("", "[x")) == "|[x");
}
