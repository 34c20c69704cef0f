// SPDX-License-Identifier: Apache-2.0
// One client publishes to itself over every transport, with every kind of body.
#include <amps/amps_ssl.h>
#include <doctest/doctest.h>

#include "session.h"

using namespace integration;

namespace {

// Publishes the bodies in order and takes them back.
void check_round_trip(const std::string& uri, const std::vector<std::string>& bodies) {
  Inbox inbox;
  AMPS::Client client("round-trip");
  open(client, uri);
  client.subscribe(inbox.handler(), "echo", kTimeoutMs);
  for (const std::string& body : bodies) publish(client, "echo", body);
  REQUIRE(inbox.wait_for(bodies.size()));
  CHECK((inbox.bodies() == bodies));
  client.disconnect();
}

std::string every_byte() {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes += char(value);
  return bytes;
}

std::vector<std::string> small_bodies() {
  std::vector<std::string> bodies = {"{\"n\":1}", "", "}", std::string(1, '\0'), every_byte()};
  for (int value = 0; value < 256; ++value) bodies.push_back(std::string(1, char(value)));
  return bodies;
}

std::string large_body() {
  std::string bytes(16u << 20, 0);
  std::uint32_t state = 1;
  for (char& byte : bytes) byte = char((state = state * 1664525u + 1013904223u) >> 24);
  return bytes;
}

// Certificates are trusted by the whole process; each case begins and ends with none.
struct Trust {
  explicit Trust(const std::string& file) {
    CHECK(amps_ssl_load_verify_locations(file.c_str(), nullptr) == AMPS_E_OK);
  }
  ~Trust() { amps_ssl_free(); }
};

std::string failure_of(const std::string& uri) {
  AMPS::Client client("refused");
  try {
    client.connect(uri);
    client.logon(int(kTimeoutMs));
  } catch (const AMPS::AMPSException& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("tcp carries every body") {
  Broker broker;
  broker.listen_on_tcp();
  broker.start();
  check_round_trip(broker.uri(), small_bodies());
  check_round_trip(broker.uri("tcp", "tcp_nodelay=true"), small_bodies());
}

TEST_CASE("tcp carries 16 MiB") {
  Broker broker;
  broker.listen_on_tcp();
  broker.start();
  check_round_trip(broker.uri(), {large_body(), "small again"});
}

TEST_CASE("a compressed connection carries every body and 16 MiB") {
  Broker broker;
  broker.listen_on_tcp();
  broker.start();
  check_round_trip(broker.uri("tcp", "compression=zlib"), small_bodies());
  check_round_trip(broker.uri("tcp", "compression=zlib"), {large_body(), "small again"});
}

TEST_CASE("a unix socket carries every body") {
  Folder folder;
  Broker broker;
  broker.listen_on_unix(folder.path("broker.sock"));
  broker.start();
  check_round_trip(broker.uri("unix"), small_bodies());
}

TEST_CASE("an HTTP preflight comes before the first frame") {
  Broker broker;
  broker.listen_on_tcp();
  broker.start();
  check_round_trip(broker.uri("tcp", "http_preflight=true"), small_bodies());
  check_round_trip(broker.uri("tcp", "http_preflight=true&compression=zlib"), small_bodies());
}

TEST_CASE("tls carries every body and 16 MiB, compressed as well") {
  Folder folder;
  Certificate certificate(folder, "good", "IP:127.0.0.1");
  Trust trust(certificate.certificate);
  Broker broker;
  broker.listen_on_tls(certificate);
  broker.start();
  check_round_trip(broker.uri("tcps"), small_bodies());
  check_round_trip(broker.uri("tcps"), {large_body(), "small again"});
  check_round_trip(broker.uri("tcps", "compression=zlib"), small_bodies());
}

TEST_CASE("tls refuses a certificate nobody vouches for") {
  Folder folder;
  Certificate certificate(folder, "good", "IP:127.0.0.1"), other(folder, "other", "IP:127.0.0.1");
  Trust trust(other.certificate);
  Broker broker;
  broker.listen_on_tls(certificate);
  broker.start();
  CHECK(failure_of(broker.uri("tcps")).find("certificate") != std::string::npos);
}

TEST_CASE("tls refuses a certificate for another host") {
  Folder folder;
  Certificate certificate(folder, "good", "DNS:elsewhere.example");
  Trust trust(certificate.certificate);
  Broker broker;
  broker.listen_on_tls(certificate);
  broker.start();
  const std::string text = failure_of(broker.uri("tcps"));
  CHECK_MESSAGE((text.find("mismatch") != std::string::npos || text.find("127.0.0.1") != std::string::npos),
                text);
  CHECK_FALSE(text.empty());
}

TEST_CASE("a plain client on a tls port and a tls client on a plain port fail in time") {
  Folder folder;
  Certificate certificate(folder, "good", "IP:127.0.0.1");
  Trust trust(certificate.certificate);
  Broker broker;
  broker.listen_on_tls(certificate);
  broker.listen_on_tcp();
  broker.start();
  const std::string to_tls = "tcp://127.0.0.1:" + std::to_string(broker.port("tcps")) + "/amps/json";
  const std::string to_plain = "tcps://127.0.0.1:" + std::to_string(broker.port("tcp")) + "/amps/json";
  CHECK_FALSE(failure_of(to_tls).empty());
  CHECK_FALSE(failure_of(to_plain).empty());
  check_round_trip(broker.uri("tcp"), {"still there"});
}
