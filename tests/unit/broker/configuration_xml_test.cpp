// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

// The text of the error, or "ok".
std::string read(const std::string& xml, Configuration* out, const Variables& variables = {}) {
  const amps::Status status = read_configuration(xml, "my.xml", variables, out);
  if (status.ok()) return "ok";
  CHECK(status.code() == AMPS_E_USAGE);
  return status.text();
}

std::string read(const std::string& xml) {
  Configuration configuration;
  return read(xml, &configuration);
}

std::string transport(const std::string& members) {
  return "<AMPSConfig><Transports><Transport>" + members + "</Transport></Transports></AMPSConfig>";
}

bool contains(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("a minimal instance") {
  Configuration configuration;
  REQUIRE(read(R"(<?xml version="1.0"?>
<AMPSConfig>
  <Name>dev-1</Name>
  <Transports>
    <Transport><Name>any-tcp</Name><Type>tcp</Type><InetAddr>127.0.0.1:0</InetAddr><Protocol>amps</Protocol></Transport>
    <Transport><InetAddr> [::1]:9007 </InetAddr><MessageType>json</MessageType></Transport>
    <Transport><Type>amps-unix</Type><FileName>/tmp/s</FileName></Transport>
  </Transports>
</AMPSConfig>)",
               &configuration) == "ok");
  CHECK(configuration.name == "dev-1");
  REQUIRE(configuration.transports.size() == 3);
  CHECK(configuration.transports[1].address.host == "::1");
  CHECK(configuration.transports[1].address.port == 9007);
  CHECK(configuration.transports[2].address.unix_path == "/tmp/s");
}

TEST_CASE("errors name file, line and column") {
  CHECK(read("<AMPSConfig>\n  <Nmae>x</Nmae>\n</AMPSConfig>") == "my.xml:2:4: unknown element Nmae");
  CHECK(contains(read("<AMPSConfig>\n<Name>x</AMPSConfig>"), "my.xml:2:"));
}

TEST_CASE("what is wrong is refused") {
  CHECK(contains(read(""), "my.xml:1:1"));
  CHECK(contains(read("<Config/>"), "not AMPSConfig"));
  CHECK(contains(read("<AMPSConfig/><AMPSConfig/>"), "second root"));
  CHECK(contains(read("<AMPSConfig>text</AMPSConfig>"), "text outside"));
  CHECK(contains(read("<AMPSConfig><Tuning/></AMPSConfig>"), "Tuning is not available in this version"));
  CHECK(contains(read("<AMPSConfig><Name><b/></Name></AMPSConfig>"), "inside Name"));
  CHECK(contains(read("<AMPSConfig><Name/></AMPSConfig>"), "Name is empty"));
  CHECK(contains(read("<AMPSConfig><IoThreads>65</IoThreads></AMPSConfig>"),
                 "IoThreads is 65, not a number from 0 to 64"));
  CHECK(contains(read("<AMPSConfig><MessageMemoryLimit>99999999999GB</MessageMemoryLimit></AMPSConfig>"),
                 "not a size"));
  CHECK(
      contains(read("<AMPSConfig><Logging><Target><Protocol>file</Protocol></Target></Logging></AMPSConfig>"),
               "log protocol file"));
  CHECK(contains(read(transport("<Type>tcp</Type>")), "needs InetAddr"));
  CHECK(contains(read(transport("<InetAddr>70000</InetAddr>")), "port of address"));
  CHECK(contains(read(transport("<InetAddr>1</InetAddr><MessageType>yaml</MessageType>")), "yaml"));
  CHECK(contains(read(transport("<InetAddr>1</InetAddr><Protocol>soap</Protocol>")), "soap"));
  CHECK(contains(read(transport("<InetAddr>1</InetAddr><Color>red</Color>")),
                 "unknown element Color in Transport"));
}

TEST_CASE("a document type is refused, and with it every entity") {
  const std::string laughs =
      "<!DOCTYPE c [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><AMPSConfig><Name>&b;</Name></AMPSConfig>";
  CHECK(contains(read(laughs), "DOCTYPE is not allowed"));
}

TEST_CASE("variables come from the caller, then from the environment") {
  Configuration configuration;
  ::setenv("AMPS_TEST_VARIABLE", "env", 1);
  CHECK(read("<AMPSConfig><Name>${A}-${AMPS_TEST_VARIABLE}-x</Name></AMPSConfig>", &configuration,
             {{"A", "one"}}) == "ok");
  CHECK(configuration.name == "one-env-x");
  CHECK(contains(read("<AMPSConfig><Name>${AMPS_NOT_SET}</Name></AMPSConfig>"),
                 "variable AMPS_NOT_SET is not set"));
  CHECK(contains(read("<AMPSConfig><Name>${A</Name></AMPSConfig>"), "without its }"));
}

TEST_CASE("a share of the memory limit counts from the limit, wherever it stands") {
  Configuration configuration;
  REQUIRE(read("<AMPSConfig><ClientMaxCapacity>50%</ClientMaxCapacity>"
               "<MessageMemoryLimit>10MB</MessageMemoryLimit></AMPSConfig>",
               &configuration) == "ok");
  CHECK(configuration.number(AMPS_BROKER_CLIENT_OUTBOX_BYTES_MAX) == 5u << 20);
}

TEST_CASE("a text that fails changes nothing") {
  Configuration configuration;
  CHECK(read("<AMPSConfig><Name>other</Name><Bad/></AMPSConfig>", &configuration) != "ok");
  CHECK(configuration.name == "amps");
}

TEST_CASE("what was written can be read, and says the same") {
  Configuration configuration;
  REQUIRE(read(sample_configuration(), &configuration) == "ok");
  configuration.name = "a<&b";
  const std::string text = write_configuration(configuration);
  Configuration again;
  REQUIRE(read(text, &again) == "ok");
  CHECK(again.name == "a<&b");
  CHECK(again.numbers == configuration.numbers);
  CHECK(write_configuration(again) == text);
}
