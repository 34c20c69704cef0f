// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_checks.h"

#include "configuration_xml/xml_text.h"

using namespace amps::broker;
using namespace xml_text;

namespace {

std::string topic(const std::string& name, const std::string& type = "json") {
  return "<Topic><Name>" + name + "</Name><MessageType>" + type +
         "</MessageType><Durability>transient</Durability></Topic>";
}
std::string queue(const std::string& name, const std::string& underlying) {
  return "<Queue><Name>" + name + "</Name><MessageType>json</MessageType><UnderlyingTopic>" + underlying +
         "</UnderlyingTopic><DefaultPublishTarget>in</DefaultPublishTarget></Queue>";
}
std::string view(const std::string& name, const std::string& source) {
  return "<View><Name>" + name + "</Name><MessageType>json</MessageType><UnderlyingTopic>" + source +
         "</UnderlyingTopic><Projection><Field>/x</Field></Projection><Grouping><Field>/x</Field></"
         "Grouping></View>";
}
std::string copy(const std::string& name, const std::string& source) {
  return "<ConflatedTopic><Name>" + name + "</Name><MessageType>json</MessageType><UnderlyingTopic>" +
         source + "</UnderlyingTopic></ConflatedTopic>";
}
std::string logged(const std::string& log_topic, const std::string& states) {
  return root("<TransactionLog><JournalDirectory>j</JournalDirectory><Topic><Name>" + log_topic +
              "</Name><MessageType>json</MessageType></Topic></TransactionLog><SOW>" + states + "</SOW>");
}

}  // namespace

TEST_CASE("a queue's underlying topic is logged, by name or by pattern") {
  CHECK(read(logged("in", queue("q", "in"))) == "ok");
  CHECK(read(logged("^in", queue("q", "in"))) == "ok");
  CHECK(read(logged("^in$", queue("q", "^in$"))) == "ok");
  CHECK(read(logged(".*", queue("q", "^in"))) == "ok");
  CHECK(contains(read(logged("out", queue("q", "in"))), "Queue q: its underlying topic in is not logged"));
  CHECK(contains(read(logged("^in", queue("q", "in?"))), "is not logged"));
  CHECK(contains(read(root("<SOW>" + queue("q", "in") + "</SOW>")), "a queue needs a TransactionLog"));
}

TEST_CASE("sources stand before what is made of them") {
  CHECK(read(sow(topic("a") + view("b", "a") + copy("c", "b") + view("d", "c"))) == "ok");
  CHECK(
      contains(read(sow(view("b", "a") + topic("a"))), "View b: its source a of type json is not declared"));
  CHECK(contains(read(sow(topic("a", "nvfix") + view("b", "a"))), "is not declared"));
  CHECK(contains(read(sow(view("b", "b"))), "is not declared"));
  CHECK(contains(read(sow(copy("c", "a"))), "ConflatedTopic c: its source a"));
}

TEST_CASE("a queue may be the source of a view, but is not copied") {
  CHECK(read(logged(".*", queue("q", "in") + view("b", "q"))) == "ok");
  CHECK(contains(read(logged(".*", queue("q", "in") + copy("c", "q"))), "a queue cannot be copied"));
}

TEST_CASE("TOP-13: names are unique within a message type") {
  CHECK(read(sow(topic("a") + topic("a", "nvfix"))) == "ok");
  CHECK(contains(read(sow(topic("a") + topic("a"))), "Topic a: there is another one of that name and type"));
  CHECK(contains(read(sow(topic("a") + queue("a", "in"))), "there is another one"));
}

TEST_CASE("errors name the element that is wrong") {
  CHECK(contains(read("<AMPSConfig>\n<SOW>\n" + topic("a") + "\n" + topic("a") + "</SOW></AMPSConfig>"),
                 "my.xml:4:2: "));
}

TEST_CASE("a configuration made without XML is checked too") {
  Configuration configuration;
  SowTopicConfiguration entry;
  entry.name = "a";
  entry.message_type = "yaml";
  configuration.sow.emplace_back(entry);
  CHECK(check_configuration(configuration).text() == "Topic a: unknown message type yaml");
  configuration.sow.clear();
  configuration.transaction_log.emplace().topics.push_back({"t", "yaml"});
  CHECK(contains(check_configuration(configuration).text(), "unknown message type yaml"));
}
