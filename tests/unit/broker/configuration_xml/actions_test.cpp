// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/actions.h"

#include "xml_text.h"

using namespace amps::broker;
using namespace xml_text;

namespace {

std::string with_actions(const std::string& actions) {
  return root(
      "<TransactionLog><JournalDirectory>j</JournalDirectory><Topic><Name>.*</Name><MessageType>json"
      "</MessageType></Topic></TransactionLog><SOW><Queue><Name>q</Name><MessageType>json</MessageType></"
      "Queue>"
      "</SOW><Actions>" +
      actions + "</Actions>");
}
std::string action(const std::string& on, const std::string& more) {
  return "<Action><On><Module>amps-action-on-sow-expire-message</Module><Options>" + on +
         "</Options></On><Do><Module>amps-action-do-publish-message</Module><Options>" + more +
         "</Options></Do></Action>";
}
const std::string kQueue = "<Topic>q</Topic><MessageType>json</MessageType>";
const std::string kTarget = "<Topic>dead</Topic><MessageType>json</MessageType>";

}  // namespace

TEST_CASE("QUE-29: an action publishes what expires in a queue") {
  const Configuration read_actions = good(with_actions(
      action(kQueue + "<Reason>max_deliveries</Reason>", kTarget + "<Data>{{AMPS_REASON}}</Data>") +
      action(kQueue, kTarget)));
  REQUIRE(read_actions.actions.size() == 2);
  CHECK(read_actions.actions[0].topic == "q");
  CHECK(read_actions.actions[0].reason == "max_deliveries");
  CHECK(read_actions.actions[0].target == "dead");
  CHECK(read_actions.actions[0].data == "{{AMPS_REASON}}");
  CHECK(read_actions.actions[1].reason.empty());
  CHECK(read_actions.actions[1].data == "{{AMPS_DATA}}");
  check_round_trip(with_actions(action(kQueue, kTarget)));
}

TEST_CASE("actions that this version does not have are refused, with their place") {
  const auto refused = [](const std::string& actions) { return read(with_actions(actions)); };
  CHECK(contains(refused("<Action><On><Module>amps-action-on-startup</Module></On><Do/></Action>"),
                 "amps-action-on-startup is not available in this version"));
  CHECK(contains(refused(action(kQueue, "")), "Do needs Topic and MessageType"));
  CHECK(contains(refused(action("", kTarget)), "On needs Topic and MessageType"));
  CHECK(contains(refused(action(kQueue + "<Reason>boredom</Reason>", kTarget)), "unknown Reason boredom"));
  CHECK(contains(refused(action("<Topic>t</Topic><MessageType>json</MessageType>", kTarget)),
                 "t of type json is no queue"));
  CHECK(contains(refused("<Other/>"), "unknown element Other"));
  CHECK(contains(refused("<Action/>"), "Action needs Do"));
}
