// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/view.h"

#include "xml_text.h"

using namespace amps::broker;
using namespace xml_text;

namespace {
constexpr char kSource[] =
    "<Topic><Name>orders</Name><MessageType>json</MessageType><Durability>transient</Durability></Topic>"
    "<Topic><Name>ref</Name><MessageType>nvfix</MessageType><Durability>transient</Durability></Topic>";
constexpr char kFields[] =
    "<Projection><Field>/c</Field><Field>SUM(/q) AS "
    "/t</Field></Projection><Grouping><Field>/c</Field></Grouping>";

std::string view(const std::string& members) {
  return sow(kSource + std::string("<View><Name>v</Name><MessageType>json</MessageType>") + members +
             "</View>");
}
std::string conflated(const std::string& members) {
  return sow(kSource + std::string("<ConflatedTopic><Name>c</Name><MessageType>json</MessageType>") +
             members + "</ConflatedTopic>");
}
template <typename T>
T last(const Configuration& configuration) {
  return std::get<T>(configuration.sow.back());
}
}  // namespace

TEST_CASE("SOW/View of one topic") {
  const auto read_view = last<ViewConfiguration>(
      good(view(kFields + std::string("<UnderlyingTopic>orders</UnderlyingTopic><Filter>/st = 'ok'</Filter>"
                                      "<Conflation>inline</Conflation><KeyDomain>d</KeyDomain>"))));
  CHECK(read_view.source == "orders");
  CHECK(read_view.source_message_type == "json");
  CHECK(read_view.projection == std::vector<std::string>{"/c", "SUM(/q) AS /t"});
  CHECK(read_view.grouping == std::vector<std::string>{"/c"});
  CHECK(read_view.filter == "/st = 'ok'");
  CHECK(read_view.inline_conflation);
  CHECK(read_view.key_domain == "d");
}

TEST_CASE("SOW/View of joins: a type that is left out is that of the view") {
  const auto read_view = last<ViewConfiguration>(good(view(
      kFields +
      std::string("<UnderlyingTopic><Join>[orders].[/s] = [nvfix].[ref].[/s]</Join></UnderlyingTopic>"))));
  REQUIRE(read_view.joins.size() == 1);
  CHECK(read_view.joins[0].left.message_type == "json");
  CHECK(read_view.joins[0].left.topic == "orders");
  CHECK(read_view.joins[0].right.message_type == "nvfix");
  CHECK(read_view.joins[0].right.path == "/s");
  CHECK(read_view.source.empty());
}

TEST_CASE("SOW/View: what is missing or does not fit is refused by the view's name") {
  const std::string source = "<UnderlyingTopic>orders</UnderlyingTopic>";
  CHECK(contains(read(view(kFields)), "View v: UnderlyingTopic is missing"));
  CHECK(contains(read(view(source + "<Grouping><Field>/c</Field></Grouping>")), "Projection is missing"));
  CHECK(contains(read(view(source + "<Projection><Field>/c</Field></Projection>")), "Grouping is missing"));
  CHECK(contains(read(view("<UnderlyingTopic><Join>a.b</Join></UnderlyingTopic>")), "Join a.b has no ="));
  CHECK(contains(read(view(kFields + std::string("<Filter>1=1</Filter><UnderlyingTopic><Join>orders./s = "
                                                 "[nvfix].ref./s</Join></UnderlyingTopic>"))),
                 "a view of joins has no Filter"));
}

TEST_CASE("CNF-09: SOW/ConflatedTopic, whose interval is 5s unless it says another of at least 100ms") {
  const auto topic = last<ConflatedTopicConfiguration>(good(
      conflated("<UnderlyingTopic>orders</UnderlyingTopic><Interval>1s</Interval><Filter>/a=1</Filter>")));
  CHECK(topic.source == "orders");
  CHECK(topic.interval_ms == 1000);
  CHECK(topic.filter == "/a=1");
  CHECK(contains(read(conflated("<UnderlyingTopic>orders</UnderlyingTopic><Interval>99ms</Interval>")),
                 "from 100ms"));
  CHECK(last<ConflatedTopicConfiguration>(good(conflated("<UnderlyingTopic>orders</UnderlyingTopic>")))
            .interval_ms == 5000);
  CHECK(contains(read(conflated("")), "ConflatedTopic c needs UnderlyingTopic"));
}

TEST_CASE("CFG-05: dumped views and conflated topics read the same") {
  check_round_trip(view(kFields + std::string("<UnderlyingTopic>[json].[orders]</UnderlyingTopic>")));
  check_round_trip(
      view(kFields + std::string("<UnderlyingTopic><Join>orders./s = [nvfix].ref./s</Join></UnderlyingTopic>"
                                 "<JoinNullEquivalency>enabled</JoinNullEquivalency>")));
  check_round_trip(
      conflated("<UnderlyingTopic>orders</UnderlyingTopic><HashIndex><Key>/a</Key></HashIndex>"));
}
