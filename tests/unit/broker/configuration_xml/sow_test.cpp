// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/sow.h"

#include "xml_text.h"

using namespace amps::broker;
using namespace xml_text;

TEST_CASE("CFG-07: every kind of state, by its name and its synonym, in the order of the text") {
  const std::string topic = "<Name>a</Name><MessageType>json</MessageType><Durability>transient</Durability>";
  const std::string view =
      "<Name>b</Name><MessageType>json</MessageType><UnderlyingTopic>a</UnderlyingTopic>"
      "<Projection><Field>/x</Field></Projection><Grouping><Field>/x</Field></Grouping>";
  const std::string copy =
      "<Name>c</Name><MessageType>json</MessageType><UnderlyingTopic>b</UnderlyingTopic>";
  const std::string queue = "<Name>d</Name><MessageType>json</MessageType>";
  const auto read_sow = good(sow("<Topic>" + topic + "</Topic><ViewDefinition>" + view +
                                 "</ViewDefinition><ReplicaDefinition>" + copy + "</ReplicaDefinition>" +
                                 "<GroupLocalQueue>" + queue + "</GroupLocalQueue>"))
                            .sow;
  REQUIRE(read_sow.size() == 4);
  CHECK(std::holds_alternative<SowTopicConfiguration>(read_sow[0]));
  CHECK(std::holds_alternative<ViewConfiguration>(read_sow[1]));
  CHECK(std::holds_alternative<ConflatedTopicConfiguration>(read_sow[2]));
  CHECK(std::holds_alternative<QueueConfiguration>(read_sow[3]));
}

TEST_CASE("CFG-08: a kind of state that is not known") {
  CHECK(contains(read(sow("<Stack/>")), "unknown element Stack in SOW"));
}
