// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_sow_xml.h"

#include <doctest/doctest.h>

#include <string>

#include "broker/configuration_xml.h"

using namespace amps::broker;

namespace {

std::string failure(const std::string& members) {
  Configuration configuration;
  const amps::Status status = read_configuration(
      "<AMPSConfig><SOW><Topic>" + members + "</Topic></SOW></AMPSConfig>", "my.xml", {}, &configuration);
  CHECK((status.ok() || status.code() == AMPS_E_USAGE));
  return status.text();
}

constexpr char kNamed[] = "<Name>t</Name><MessageType>json</MessageType>";

}  // namespace

TEST_CASE("a topic is read with everything it may say, and written back") {
  Configuration configuration;
  const amps::Status status = read_configuration(
      R"(<AMPSConfig><SOW><Topic><Name>a/b</Name><MessageType>json</MessageType><Key>/x</Key><Key>/y</Key>
         <KeyDomain>d</KeyDomain><FileName>data/%n.sow</FileName><Expiration>30s</Expiration><SlabSize>1MB</SlabSize>
         <HashIndex><Key>/z</Key></HashIndex><InitialSlabCount>1</InitialSlabCount></Topic>
         <Topic><Topic>u</Topic><MessageType>fix</MessageType><Durability>transient</Durability></Topic>
         </SOW></AMPSConfig>)",
      "my.xml", {}, &configuration);
  REQUIRE_MESSAGE(status.ok(), status.text());
  REQUIRE(configuration.sow.size() == 2);
  const std::string text = write_configuration(configuration);
  Configuration again;
  REQUIRE(read_configuration(text, "again", {}, &again).ok());
  const auto& topic = std::get<SowTopicConfiguration>(again.sow[0]);
  CHECK(topic.name == "a/b");
  CHECK(topic.keys == std::vector<std::string>{"/x", "/y"});
  CHECK(topic.key_domain == "d");
  CHECK(topic.is_persistent);
  CHECK(topic.file_name == "data/a_b-json.sow");
  CHECK((topic.expires && topic.expiration_ms == 30'000));
  CHECK(topic.slab_bytes == 1u << 20);
  CHECK(topic.hash_indexes == std::vector<std::vector<std::string>>{{"/z"}});
  const auto& transient = std::get<SowTopicConfiguration>(again.sow[1]);
  CHECK_FALSE(transient.is_persistent);
  CHECK_FALSE(transient.expires);
}

TEST_CASE("what is missing or wrong is told with its place") {
  CHECK(failure("<MessageType>json</MessageType>").find("Topic needs Name") != std::string::npos);
  CHECK(failure("<Name>t</Name>").find("needs MessageType") != std::string::npos);
  CHECK(failure(kNamed).find("needs FileName") != std::string::npos);
  const std::string named = std::string(kNamed) + "<Durability>transient</Durability>";
  CHECK(failure(named) == "");
  CHECK(failure(named + "<KeyDomain>d</KeyDomain>").find("KeyDomain needs Key") != std::string::npos);
  CHECK(failure(named + "<Expiration>soon</Expiration>").find("my.xml:1:") == 0);
  CHECK(failure(named + "<SlabSize>1</SlabSize>").find("SlabSize is 1, not") != std::string::npos);
  CHECK(failure(named + "<HashIndex/>").find("HashIndex needs Key") != std::string::npos);
  CHECK(failure(named + "<History>1</History>").find("History of Topic is not available") !=
        std::string::npos);
}
