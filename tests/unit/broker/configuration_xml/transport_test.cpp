// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/transport.h"

#include "xml_text.h"

using namespace amps::broker;
using namespace xml_text;

namespace {
std::string transport(const std::string& members) {
  return root("<Transports><Transport>" + members + "</Transport></Transports>");
}
// Not all of these errors have the code of a usage error.
std::string refused(const std::string& members) {
  Configuration configuration;
  return read_configuration(transport(members), "my.xml", {}, &configuration).text();
}
}  // namespace

TEST_CASE("CON-25: transports of several kinds") {
  const Configuration configuration = good(root(R"(<Transports>
    <Transport><Name>any-tcp</Name><Type>tcp</Type><InetAddr>127.0.0.1:0</InetAddr><Protocol>amps</Protocol></Transport>
    <Transport><InetAddr> [::1]:9007 </InetAddr><MessageType>json</MessageType><InitialState>disabled</InitialState>
    </Transport>
    <Transport><Type>amps-unix</Type><FileName>/tmp/s</FileName></Transport>
    <Transport><Type>tcps</Type><InetAddr>1</InetAddr><Certificate>c</Certificate><PrivateKey>k</PrivateKey>
      <CAFile>a</CAFile><VerifyClient>true</VerifyClient>
      <Authentication><Module>amps-default-no-authentication-module</Module></Authentication></Transport>
    </Transports>)"));
  REQUIRE(configuration.transports.size() == 4);
  CHECK(configuration.transports[0].is_enabled);
  CHECK(configuration.transports[1].address.host == "::1");
  CHECK(configuration.transports[1].address.port == 9007);
  CHECK_FALSE(configuration.transports[1].is_enabled);
  CHECK(configuration.transports[2].address.unix_path == "/tmp/s");
  CHECK(configuration.transports[3].ca_file == "a");
  CHECK(configuration.transports[3].authentication->module ==
        AuthenticationConfiguration::Module::kRejectAll);
  CHECK_FALSE(configuration.transports[3].entitlement);
}

TEST_CASE("CFG-06: a transport that cannot work is refused") {
  CHECK(contains(refused("<Type>tcp</Type>"), "needs InetAddr"));
  CHECK(contains(refused("<InetAddr>70000</InetAddr>"), "port of address"));
  CHECK(contains(refused("<InetAddr>1</InetAddr><MessageType>yaml</MessageType>"), "yaml"));
  CHECK(contains(refused("<InetAddr>1</InetAddr><Protocol>soap</Protocol>"), "soap"));
  CHECK(contains(refused("<InetAddr>1</InetAddr><Color>red</Color>"), "unknown element Color in Transport"));
  CHECK(contains(refused("<InetAddr>1</InetAddr><VerifyClient>false</VerifyClient>"), "leave CAFile out"));
  CHECK(contains(refused("<InetAddr>1</InetAddr><Type>amps-replication</Type>"), "amps-replication"));
  CHECK(contains(refused("<InetAddr>1</InetAddr><TransportFilter/>"), "not available"));
}

TEST_CASE("CFG-05: dumped transports read the same") {
  check_round_trip(transport("<InetAddr>[::1]:1</InetAddr><InitialState>disabled</InitialState>"));
  check_round_trip(transport("<Type>unix</Type><FileName>/tmp/s</FileName>"));
  check_round_trip(
      transport("<InetAddr>1</InetAddr><Certificate>c</Certificate><PrivateKey>k</PrivateKey>"
                "<Entitlement><Module>amps-default-no-entitlement-module</Module></Entitlement>"));
}
