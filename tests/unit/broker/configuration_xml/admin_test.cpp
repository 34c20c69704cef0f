// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/admin.h"

#include "xml_text.h"

using namespace amps::broker;
using namespace xml_text;

namespace {
std::string admin(const std::string& members) {
  return root("<Admin>" + members + "</Admin>");
}
std::string target(const std::string& members) {
  return root("<Logging><Target>" + members + "</Target></Logging>");
}
}  // namespace

TEST_CASE("Admin: every member") {
  const auto read_admin =
      *good(admin("<InetAddr>8085</InetAddr><FileName>:memory:</FileName><Interval>5s</Interval>"
                  "<Actions>enabled</Actions><TokenFile>t</TokenFile>"
                  "<ExternalInetAddr>host-1</ExternalInetAddr>"))
           .admin;
  CHECK(read_admin.address.port == 8085);
  CHECK(read_admin.interval_ms == 5000);
  CHECK(read_admin.has_actions);
  CHECK(read_admin.token_file == "t");
  CHECK(read_admin.hosts == std::vector<std::string>{"host-1"});
}

TEST_CASE("Admin: what is missing or not served is refused") {
  CHECK(contains(read(admin("")), "Admin needs InetAddr"));
  CHECK(contains(read(admin("<InetAddr>1</InetAddr><Interval>1ms</Interval>")), "from 1000ms"));
  CHECK(contains(read(admin("<InetAddr>1</InetAddr><FileName>stats.db</FileName>")), "memory only"));
  CHECK(contains(read(admin("<InetAddr>1</InetAddr><Actions>enabled</Actions>")), "needs TokenFile"));
  CHECK(contains(read(admin("<InetAddr>1</InetAddr><TokenFile>t</TokenFile>")), "means nothing"));
  CHECK(contains(read(admin("<InetAddr>1</InetAddr><Certificate>c</Certificate>")), "not available"));
}

TEST_CASE("LOG-01: targets and levels, under their own names and those of the original") {
  const auto targets =
      good(root("<Logging><Target><Protocol>stdout</Protocol><Level>stats</Level></Target>"
                "<Target><Protocol>file</Protocol><FileName>l-%n.log</FileName><RotationThreshold>1MB"
                "</RotationThreshold><Level>critical</Level></Target></Logging>"))
          .log_targets;
  REQUIRE(targets.size() == 2);
  CHECK(targets[0].protocol == LogTargetConfiguration::Protocol::kStdout);
  CHECK(targets[0].level == AMPS_LOG_DEBUG);
  CHECK(targets[1].file_name == "l-%n.log");
  CHECK(targets[1].rotation_bytes == 1u << 20);
  CHECK(targets[1].level == AMPS_LOG_ERROR);
}

TEST_CASE("LOG-02: numbers of lines, and patterns of them") {
  const auto read_target =
      good(target("<Protocol>stdout</Protocol><IncludeErrors>07-0013,12-.*</IncludeErrors>"
                  "<ExcludeErrors>00-.*</ExcludeErrors>"))
          .log_targets.front();
  CHECK(read_target.included == std::vector<std::string>{"07-0013", "12-.*"});
  CHECK(read_target.excluded == std::vector<std::string>{"00-.*"});
  check_round_trip(target("<Protocol>stdout</Protocol><IncludeErrors>07-0013,12-.*</IncludeErrors>"));
}

TEST_CASE("LOG-01: a target that cannot work is refused") {
  CHECK(contains(read(target("")), "Target needs Protocol"));
  CHECK(contains(read(target("<Protocol>gzip</Protocol>")), "not one of stdout"));
  CHECK(contains(read(target("<Protocol>file</Protocol>")), "Target needs FileName"));
  CHECK(
      contains(read(target("<Protocol>stdout</Protocol><FileName>f</FileName>")), "need the protocol file"));
  CHECK(contains(read(target("<Protocol>file</Protocol><FileName>f</FileName><RotationThreshold>1MB"
                             "</RotationThreshold>")),
                 "needs %n"));
  CHECK(contains(read(target("<Protocol>stdout</Protocol><Levels>info</Levels>")), "not available"));
  CHECK(
      contains(read(target("<Protocol>stdout</Protocol><IncludeErrors>07-(</IncludeErrors>")), "no pattern"));
  CHECK(contains(read(target("<Protocol>stdout</Protocol><ExcludeErrors>1,</ExcludeErrors>")), "no pattern"));
}

TEST_CASE("CFG-05: dumped targets and servers read the same") {
  check_round_trip(admin("<InetAddr>[::1]:8085</InetAddr>"));
  check_round_trip(admin("<InetAddr>1</InetAddr><Actions>enabled</Actions><TokenFile>t</TokenFile>"));
  check_round_trip(target("<Protocol>file</Protocol><FileName>%Y-%n</FileName><Level>developer</Level>"));
}
