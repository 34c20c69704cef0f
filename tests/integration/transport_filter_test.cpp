// SPDX-License-Identifier: Apache-2.0
// A filter between client and network sees every byte of both directions and may change them.
#include <doctest/doctest.h>

#include <atomic>

#include "session.h"

using namespace integration;

namespace {

// Exchanges two bytes that occur in no header and no length prefix here. A body that passes both
// ways is itself again.
constexpr char kOne = '\xfe', kOther = '\xff';
struct Swapper {
  std::string out, in;
  std::atomic<std::uint64_t> out_count{0}, in_count{0};

  static amps_result swap(amps_transport_bytes_t* bytes, void* userdata) {
    auto* self = static_cast<Swapper*>(userdata);
    std::string& kept = bytes->incoming ? self->in : self->out;
    ++(bytes->incoming ? self->in_count : self->out_count);
    kept.assign(bytes->bytes.ptr, bytes->bytes.len);
    for (char& byte : kept)
      if (byte == kOne || byte == kOther) byte = byte == kOne ? kOther : kOne;
    bytes->bytes = {kept.data(), kept.size()};
    return AMPS_E_OK;
  }
};

void install(AMPS::Client& client, amps_result (*function)(amps_transport_bytes_t*, void*), void* userdata) {
  amps_transport_filter_t filter{};
  filter.struct_size = sizeof filter;
  filter.fn = function;
  filter.userdata = userdata;
  REQUIRE(amps_client_set_transport_filter(static_cast<amps_client_t*>(client.getHandle()), &filter) ==
          AMPS_E_OK);
}

// Incoming bytes that hold the word close the connection.
amps_result refuse_secret(amps_transport_bytes_t* bytes, void* userdata) {
  const std::string text(bytes->bytes.ptr, bytes->bytes.len);
  if (!bytes->incoming || text.find("secret") == std::string::npos) return AMPS_E_OK;
  static_cast<Flag*>(userdata)->set();
  const std::string why = "the filter saw a secret";
  amps_callback_error(AMPS_E_CALLBACK, {why.data(), why.size()});
  return AMPS_E_CALLBACK;
}

void note_bytes(const unsigned char* data, size_t size, short direction, void* userdata) {
  static_cast<std::string*>(userdata)[direction ? 1 : 0].append(reinterpret_cast<const char*>(data), size);
}

}  // namespace

TEST_CASE("a filter changes what is sent and what is received") {
  Broker broker;
  broker.listen_on_tcp();
  broker.start();
  Swapper swapper;
  Inbox filtered, plain;
  AMPS::Client client("filtered"), other("plain");
  install(client, &Swapper::swap, &swapper);
  open(client, broker.uri());
  open(other, broker.uri());
  client.subscribe(filtered.handler(), "swap", kTimeoutMs);
  other.subscribe(plain.handler(), "swap", kTimeoutMs);
  publish(client, "swap", std::string("a") + kOne);
  REQUIRE(plain.wait_for(1));
  REQUIRE(filtered.wait_for(1));
  CHECK(plain.bodies()[0] == std::string("a") + kOther);   // Changed on its way out.
  CHECK(filtered.bodies()[0] == std::string("a") + kOne);  // Changed again on its way in.
  CHECK(swapper.out_count > 0);
  CHECK(swapper.in_count > 0);
  client.disconnect();
}

TEST_CASE("a filter that fails closes the connection and says why") {
  Broker broker;
  broker.listen_on_tcp();
  broker.start();
  Flag refused, disconnected;
  Inbox inbox;
  AMPS::Client client("guarded"), other("other");
  install(client, &refuse_secret, &refused);
  client.setDisconnectHandler(AMPS::DisconnectHandler([&](AMPS::Client&) { disconnected.set(); }));
  open(client, broker.uri());
  open(other, broker.uri());
  client.subscribe(inbox.handler(), "guarded", kTimeoutMs);
  publish(other, "guarded", "fine");
  REQUIRE(inbox.wait_for(1));
  publish(other, "guarded", "a secret");
  CHECK(refused.wait());
  CHECK(disconnected.wait());
  CHECK_FALSE(inbox.wait_for(2, std::chrono::milliseconds(50)));
  client.disconnect();
}

TEST_CASE("an observing function sees frames with their length, both ways") {
  Broker broker;
  broker.listen_on_tcp();
  broker.start();
  std::string seen[2];
  Inbox inbox;
  AMPS::Client client("observed");
  client.setTransportFilterFunction(&note_bytes, seen);
  open(client, broker.uri());
  client.subscribe(inbox.handler(), "observed", kTimeoutMs);
  publish(client, "observed", "look at me");
  REQUIRE(inbox.wait_for(1));
  client.disconnect();
  for (const std::string& direction : seen) {
    CHECK(direction.find("look at me") != std::string::npos);
    CHECK(direction.substr(0, 2) == std::string(2, '\0'));
  }
  CHECK(seen[0].find("\"logon\"") != std::string::npos);
}

TEST_CASE("over tls a filter sees the bytes before encryption and after decryption") {
  Folder folder;
  Certificate certificate(folder, "good", "IP:127.0.0.1");
  REQUIRE(amps_ssl_load_verify_locations(certificate.certificate.c_str(), nullptr) == AMPS_E_OK);
  Broker broker;
  broker.listen_on_tls(certificate);
  broker.start();
  std::string seen[2];
  Inbox inbox;
  AMPS::Client client("observed");
  client.setTransportFilterFunction(&note_bytes, seen);
  open(client, broker.uri("tcps"));
  client.subscribe(inbox.handler(), "observed", kTimeoutMs);
  publish(client, "observed", "look at me");
  REQUIRE(inbox.wait_for(1));
  client.disconnect();
  CHECK(seen[0].find("look at me") != std::string::npos);
  CHECK(seen[1].find("look at me") != std::string::npos);
  amps_ssl_free();
}
