// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/sow_topic.h"

#include "xml_text.h"

using namespace amps::broker;
using namespace xml_text;

namespace {
std::string topic(const std::string& members) {
  return sow("<Topic><Name>t</Name><MessageType>json</MessageType>" + members + "</Topic>");
}
std::string transient(const std::string& members) {
  return topic("<Durability>transient</Durability>" + members);
}
}  // namespace

TEST_CASE("SOW/Topic: every member") {
  const auto read_topic = only<SowTopicConfiguration>(good(sow(R"(<Topic>
    <Topic>quotes</Topic><MessageType>json</MessageType><Key>/isin</Key><Key>/venue</Key>
    <KeyDomain>d</KeyDomain><FileName>data/%n.sow</FileName><RecoveryPoint>now</RecoveryPoint>
    <Expiration>1h</Expiration><HashIndex><Key>/a</Key><Key>/b</Key></HashIndex><HashIndex><Key>/c</Key></HashIndex>
    <Preprocessing><Field>1 AS /x</Field></Preprocessing>
    <Enrichment><Field>(/bid + /ask) / 2.0 AS /mid</Field></Enrichment>
    <SlabSize>1MB</SlabSize><InitialSlabCount>4</InitialSlabCount></Topic>)")));
  CHECK(read_topic.name == "quotes");
  CHECK(read_topic.keys == std::vector<std::string>{"/isin", "/venue"});
  CHECK(read_topic.key_domain == "d");
  CHECK(read_topic.file_name == "data/quotes-json.sow");
  CHECK(read_topic.is_persistent);
  CHECK_FALSE(read_topic.recover_from_epoch);
  CHECK(read_topic.expires);
  CHECK(read_topic.expiration_ms == 3'600'000);
  CHECK(read_topic.hash_indexes.size() == 2);
  CHECK(read_topic.enrichment.front() == "(/bid + /ask) / 2.0 AS /mid");
  CHECK(read_topic.slab_bytes == 1u << 20);
}

TEST_CASE("SOW/Topic: the three forms of Expiration") {
  CHECK_FALSE(only<SowTopicConfiguration>(good(transient(""))).expires);
  const auto enabled = only<SowTopicConfiguration>(good(transient("<Expiration>enabled</Expiration>")));
  CHECK(enabled.expires);
  CHECK(enabled.expiration_ms == 0);
  CHECK_FALSE(only<SowTopicConfiguration>(good(transient("<Expiration>disabled</Expiration>"))).expires);
  CHECK(contains(read(transient("<Expiration>soon</Expiration>")), "Expiration is soon, not disabled"));
}

TEST_CASE("SOW/Topic: what does not fit together is refused by the topic's name") {
  CHECK(contains(read(topic("")), "Topic t: a persistent topic needs FileName"));
  CHECK(contains(read(transient("<FileName>f</FileName>")), "a transient topic has no FileName"));
  CHECK(contains(read(transient("<KeyDomain>d</KeyDomain>")), "KeyDomain needs Key"));
  CHECK(contains(read(transient("<Expiration>1s</Expiration><History><Window>1d</Window>"
                                "<Granularity>1m</Granularity></History>")),
                 "Expiration must be disabled where History is kept"));
  CHECK(contains(read(transient("<History><Window>1d</Window></History>")), "History needs Granularity"));
  CHECK(contains(read(transient("<KeyGenerator/>")), "KeyGenerator is not available"));
  CHECK(contains(read(sow("<Topic><Name>t</Name></Topic>")), "Topic t needs MessageType"));
  CHECK(contains(read(sow("<Topic/>")), "Topic needs Name"));
}

TEST_CASE("CFG-09: %n in a file name stays one name, whatever the topic is called") {
  const auto file_of = [](const std::string& name) {
    return only<SowTopicConfiguration>(good(sow("<Topic><Name>" + name +
                                                "</Name><MessageType>json</MessageType>"
                                                "<FileName>%n</FileName></Topic>")))
        .file_name;
  };
  CHECK(file_of("a/../b") == "a%2F..%2Fb-json");
  CHECK(file_of("..") == "%2E.-json");
  CHECK(file_of("x%n") == "x%25n-json");
}

TEST_CASE("CFG-05: a dumped topic reads the same") {
  check_round_trip(
      sow("<Topic><Name>no</Name><MessageType>json</MessageType><FileName>%%n</FileName></Topic>"));
  check_round_trip(topic("<Key>/a</Key><FileName>x%n</FileName><Expiration>5s</Expiration>"));
  check_round_trip(
      transient("<Key>/a</Key><History><Window>1d</Window><Granularity>0</Granularity></History>"
                "<HashIndex><Key>/a</Key></HashIndex><Enrichment><Field>1 AS /b</Field></Enrichment>"));
}
