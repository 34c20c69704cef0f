// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/message_type.h"

#include "xml_text.h"

using namespace xml_text;

namespace {
std::string types(const std::string& elements) {
  return root("<MessageTypes>" + elements + "</MessageTypes>");
}
std::string type(const std::string& members) {
  return types("<MessageType>" + members + "</MessageType>");
}
}  // namespace

TEST_CASE("CFG-11: a type under its own name, with other separators, and made of others") {
  const Configuration configuration = good(types(R"(
    <MessageType><Name>pipes</Name><Module>nvfix</Module><FieldSeparator>124</FieldSeparator></MessageType>
    <MessageType><Name>json</Name><EarlyTerminationOptimization>false</EarlyTerminationOptimization></MessageType>
    <MessageType><Name>pair</Name><Module>composite-local</Module><MessageType>json</MessageType>
      <MessageType>pipes</MessageType></MessageType>)"));
  REQUIRE(configuration.message_types.size() == 3);
  CHECK(configuration.message_types[0].field_separator == '|');
  CHECK(configuration.message_types[0].header_separator == 2);
  CHECK_FALSE(configuration.message_types[1].early_termination);
  CHECK(configuration.message_types[1].module == "json");
  CHECK(configuration.message_types[2].parts == std::vector<std::string>{"json", "pipes"});
  CHECK(configuration.has_message_type("pair"));
}

TEST_CASE("CFG-11: transports may name a type wherever it stands") {
  CHECK(
      read(root("<Transports><Transport><InetAddr>1</InetAddr><MessageType>pipes</MessageType></Transport>"
                "</Transports><MessageTypes><MessageType><Name>pipes</Name><Module>fix</Module></MessageType>"
                "</MessageTypes>")) == "ok");
}

TEST_CASE("CFG-11: what is no type is refused") {
  Configuration configuration;
  const auto text_of = [&](const std::string& xml) {
    return amps::broker::read_configuration(xml, "my.xml", {}, &configuration).text();
  };
  CHECK(contains(text_of(type("<Name>a</Name>")), "there is no module a"));
  CHECK(contains(text_of(type("<Name>a</Name><Module>composite-local</Module>")), "needs the message types"));
  CHECK(contains(text_of(type("<Name>a</Name><Module>json</Module><MessageType>fix</MessageType>")),
                 "only composites"));
  CHECK(contains(text_of(type("<Name>a</Name><Module>composite-local</Module><MessageType>b</MessageType>")),
                 "unknown message type b"));
  CHECK(contains(text_of(type("<Name>a</Name><Module>fix</Module><FieldSeparator>256</FieldSeparator>")),
                 "to 255"));
  CHECK(contains(text_of(type("<Module>fix</Module>")), "needs Name"));
  CHECK(contains(text_of(type("<Name>a</Name><ProtoFile>x</ProtoFile>")), "not available"));
}

TEST_CASE("CFG-05: dumped types read the same") {
  check_round_trip(
      types("<MessageType><Name>a</Name><Module>fix</Module><FieldSeparator>124</FieldSeparator>"
            "</MessageType><MessageType><Name>b</Name><Module>composite-global</Module>"
            "<MessageType>a</MessageType></MessageType>"
            "<MessageType><Name>c</Name><Module>json</Module></MessageType>"));
}
