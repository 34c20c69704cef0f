// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml.h"

#include <algorithm>

#include "configuration_xml/xml_text.h"

using namespace amps::broker;
using namespace xml_text;

TEST_CASE("CFG-01: a minimal instance") {
  const Configuration configuration = good(R"(<?xml version="1.0"?>
<AMPSConfig>
  <Name>dev-1</Name>
  <Transports>
    <Transport><Name>any-tcp</Name><Type>tcp</Type><InetAddr>127.0.0.1:0</InetAddr><Protocol>amps</Protocol></Transport>
  </Transports>
</AMPSConfig>)");
  CHECK(configuration.name == "dev-1");
  CHECK(configuration.transports.size() == 1);
}

TEST_CASE("CFG-06: errors name file, line and column") {
  CHECK(read("<AMPSConfig>\n  <Nmae>x</Nmae>\n</AMPSConfig>") == "my.xml:2:4: unknown element Nmae");
}

TEST_CASE("CFG-06: what is wrong is refused") {
  CHECK(contains(read("<Config/>"), "not AMPSConfig"));
  CHECK(contains(read("<AMPSConfig>text</AMPSConfig>"), "text outside"));
  CHECK(contains(read(root("<Name>a b</Name>")), "may not have spaces"));
  CHECK(contains(read(root("<Name>a</Name><Name>b</Name>")), "second element Name"));
  CHECK(contains(read(root("<IoThreads>65</IoThreads>")), "IoThreads is 65, not a number from 0 to 64"));
  CHECK(contains(read(root("<ConfigValidation>disabled</ConfigValidation>")), "cannot be disabled"));
}

TEST_CASE("CFG-08: what is not served is refused where data depend on it, else passed over") {
  for (const char* name : {"Replication", "Modules", "UserDefinedFunctions", "MessageDiskLimit"}) {
    CAPTURE(name);
    CHECK(contains(read(root("<" + std::string(name) + "/>")), "is not available in this version"));
  }
  const auto warnings =
      good(root("<Tuning><NUMA/></Tuning><MiniDumpDirectory>d</MiniDumpDirectory>")).warnings;
  REQUIRE(warnings.size() == 2);
  CHECK(contains(warnings[0] + warnings[1], "element Tuning is passed over"));
}

TEST_CASE("CFG-02: a share of the memory limit counts from the limit, wherever it stands") {
  const Configuration configuration =
      good(root("<ClientMaxCapacity>50%</ClientMaxCapacity><MessageMemoryLimit>10MB</MessageMemoryLimit>"));
  CHECK(configuration.number(AMPS_BROKER_CLIENT_OUTBOX_BYTES_MAX) == 5u << 20);
}

TEST_CASE("CFG-07: SOWStatsInterval has a synonym") {
  CHECK(good(root("<SOWStatsInterval>10s</SOWStatsInterval>")).sow_stats_interval_ms == 10'000);
  CHECK(good(root("<SOWStatisticsInterval>1s</SOWStatisticsInterval>")).sow_stats_interval_ms == 1'000);
}

TEST_CASE("CFG-03: variables of the caller reach every element") {
  Configuration configuration;
  REQUIRE(read(root("<Name>${N}</Name>"), &configuration, {{"N", "x"}}) == "ok");
  CHECK(configuration.name == "x");
}

TEST_CASE("a text that fails changes nothing") {
  Configuration configuration;
  CHECK(read(root("<Name>other</Name><IoThreads>x</IoThreads>"), &configuration) != "ok");
  CHECK(configuration.name == "amps");
}

TEST_CASE("several texts add up, and errors stay with the text that is wrong") {
  Configuration configuration;
  const std::string topic =
      "<SOW><Topic><Name>a</Name><MessageType>json</MessageType><Durability>transient"
      "</Durability></Topic></SOW>";
  REQUIRE(read(root(topic), &configuration) == "ok");
  CHECK(contains(read(root(topic), &configuration), "my.xml:1:19: Topic a: there is another one"));
  CHECK(configuration.sow.size() == 1);
}

TEST_CASE("CFG-05: everything is described once, one line each") {
  const std::string text = describe_configuration();
  CHECK(contains(text, "IoThreads\t\ta number from 0 to 64\t0\t"));
  CHECK(contains(text, "SOW/Queue/LeasePeriod\t\tan interval from 1us\t\t"));
  CHECK(contains(text, "SOW/Topic/Durability\tDuration\tone of persistent, transient\tpersistent\t"));
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = text.substr(begin, end - begin);
    CAPTURE(line);
    CHECK(std::count(line.begin(), line.end(), '\t') == 4);
  }
}
