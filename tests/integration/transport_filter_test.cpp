// SPDX-License-Identifier: Apache-2.0
// A filter between client and network sees every byte of both directions, before encryption and after
// decryption, and may change them; a filter that breaks ends the connection. In C and in C++.
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

#include "session.h"

using namespace integration;

namespace {

// A broker on tcp and on tcps, whose certificate clients of this process trust.
class Fixture {
 public:
  Fixture() : certificate_(folder_, "good", "IP:127.0.0.1") {
    REQUIRE(amps_ssl_load_verify_locations(certificate_.certificate.c_str(), nullptr) == AMPS_E_OK);
    broker_.listen_on_tcp();
    broker_.listen_on_tls(certificate_);
    broker_.start();
  }
  ~Fixture() { amps_ssl_free(); }

 protected:
  Folder folder_;
  Certificate certificate_;
  Broker broker_;
};

const char* const kTransports[] = {"tcp", "tcps"};

// Exchanges two bytes that occur in no header and no length prefix here. A body that passes both
// ways is itself again.
constexpr char kOne = '\xfe', kOther = '\xff';

std::string swapped(std::string bytes) {
  for (char& byte : bytes)
    if (byte == kOne || byte == kOther) byte = byte == kOne ? kOther : kOne;
  return bytes;
}

struct Swapper {
  std::string kept[2];
  std::atomic<int> calls[2] = {{0}, {0}};

  static amps_result in_c(amps_transport_bytes_t* bytes, void* userdata) {
    auto* self = static_cast<Swapper*>(userdata);
    const int direction = bytes->incoming ? 1 : 0;
    ++self->calls[direction];
    std::string& kept = self->kept[direction];
    kept = swapped(std::string(bytes->bytes.ptr, bytes->bytes.len));
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

// What a filter that refuses secrets of one direction does about them.
enum class Refusal { kInC, kInCpp, kByLookingOn };

struct Guard {
  bool incoming;
  Flag refused;

  bool holds_secret(bool is_incoming, const std::string& bytes) {
    if (is_incoming != incoming || bytes.find("secret") == std::string::npos) return false;
    refused.set();
    return true;
  }
  static amps_result in_c(amps_transport_bytes_t* bytes, void* self) {
    const std::string text(bytes->bytes.ptr, bytes->bytes.len);
    if (!static_cast<Guard*>(self)->holds_secret(bytes->incoming != 0, text)) return AMPS_E_OK;
    const std::string why = "the guard saw a secret";
    amps_callback_error(AMPS_E_CALLBACK, {why.data(), why.size()});
    return AMPS_E_CALLBACK;
  }
  static void looking_on(const unsigned char* bytes, size_t size, short direction, void* self) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    if (static_cast<Guard*>(self)->holds_secret(direction != 0, text))
      throw std::runtime_error("the guard saw a secret");
  }
  void install_in(AMPS::Client& client, Refusal refusal) {
    if (refusal == Refusal::kInC) install(client, &Guard::in_c, this);
    if (refusal == Refusal::kByLookingOn) client.setTransportFilterFunction(&Guard::looking_on, this);
    if (refusal == Refusal::kInCpp) {
      client.setTransportFilter([this](AMPS::TransportBytes& bytes) {
        if (holds_secret(bytes.isIncoming(), bytes.get())) throw std::logic_error("the guard saw a secret");
      });
    }
  }
};

class Failures : public AMPS::ExceptionListener {
 public:
  void exceptionThrown(const std::exception& failure) const override { texts_.add(failure.what()); }
  bool has_told_why() const {
    return texts_.wait_for(1) && texts_.bodies()[0].find("a secret") != std::string::npos;
  }

 private:
  mutable Inbox texts_;
};

void note_bytes(const unsigned char* data, size_t size, short direction, void* userdata) {
  static_cast<std::string*>(userdata)[direction ? 1 : 0].append(reinterpret_cast<const char*>(data), size);
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "E-15 CPP-212: a filter changes what is sent and what is received") {
  for (const char* transport : kTransports) {
    for (const bool is_cpp : {false, true}) {
      CAPTURE(transport);
      CAPTURE(is_cpp);
      Swapper swapper;
      Inbox filtered, plain;
      AMPS::Client client("filtered"), other("plain");
      if (is_cpp) {
        client.setTransportFilter([&swapper](AMPS::TransportBytes& bytes) {
          ++swapper.calls[bytes.isIncoming() ? 1 : 0];
          bytes.set(swapped(bytes.get()));
        });
      } else {
        install(client, &Swapper::in_c, &swapper);
      }
      open(client, broker_.uri(transport));
      open(other, broker_.uri());
      client.subscribe(filtered.handler(), "swap", kTimeoutMs);
      other.subscribe(plain.handler(), "swap", kTimeoutMs);
      publish(client, "swap", std::string("a") + kOne);
      REQUIRE(plain.wait_for(1));
      REQUIRE(filtered.wait_for(1));
      CHECK(plain.bodies()[0] == std::string("a") + kOther);   // Changed on its way out.
      CHECK(filtered.bodies()[0] == std::string("a") + kOne);  // Changed again on its way in.
      CHECK(swapper.calls[0] > 0);
      CHECK(swapper.calls[1] > 0);
      client.removeTransportFilter();
      publish(client, "swap", std::string("b") + kOne);
      REQUIRE(plain.wait_for(2));
      CHECK(plain.bodies()[1] == std::string("b") + kOne);
      client.disconnect();
    }
  }
}

TEST_CASE_FIXTURE(Fixture, "E-15: a filter may make many bytes of few") {
  for (const char* transport : kTransports) {
    CAPTURE(transport);
    Inbox got;
    AMPS::Client client("adds"), other("plain");
    client.setTransportFilter([&](AMPS::TransportBytes& bytes) {
      // Frames of length 0 mean nothing, so they can be put before others.
      const std::string text = bytes.get();
      const bool is_publish = text.find("\"t\":\"many\"") != std::string::npos;
      if (is_publish && !bytes.isIncoming()) bytes.set(std::string(400'000, '\0') + text);
    });
    open(client, broker_.uri(transport));
    open(other, broker_.uri());
    other.subscribe(got.handler(), "many", kTimeoutMs);
    publish(client, "many", "after empty frames");
    REQUIRE(got.wait_for(1));
    CHECK(got.bodies()[0] == "after empty frames");
    client.disconnect();
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "E-15: a filter that breaks closes the connection, says why, and lets nothing through") {
  for (const char* transport : kTransports) {
    for (const bool incoming : {false, true}) {
      for (const Refusal refusal : {Refusal::kInC, Refusal::kInCpp, Refusal::kByLookingOn}) {
        CAPTURE(transport);
        CAPTURE(incoming);
        CAPTURE(static_cast<int>(refusal));
        Guard guard{incoming, {}};
        Flag disconnected;
        Failures failures;
        Inbox guarded, elsewhere;
        AMPS::Client client("guarded"), other("other");
        guard.install_in(client, refusal);
        client.setExceptionListener(failures);
        client.setDisconnectHandler([&](AMPS::Client&) { disconnected.set(); });
        open(client, broker_.uri(transport));
        open(other, broker_.uri());
        client.subscribe(guarded.handler(), "topic", kTimeoutMs);
        other.subscribe(elsewhere.handler(), "topic", kTimeoutMs);
        publish(other, "topic", "fine");
        REQUIRE(guarded.wait_for(1));
        try {
          (incoming ? other : client).publish("topic", "a secret");
        } catch (const AMPS::AMPSException&) {  // Written at once, it fails at once.
          CHECK_FALSE(incoming);
        }
        CHECK(guard.refused.wait());
        CHECK(disconnected.wait());
        CHECK(failures.has_told_why());
        // All that was sent before has arrived when this has.
        other.publish("topic", "last");
        REQUIRE(elsewhere.wait_until_contains("last"));
        CHECK(elsewhere.bodies().size() == (incoming ? 3 : 2));
        CHECK(guarded.bodies().size() == 1);
        client.disconnect();
      }
    }
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "E-15 E-17 C-039: an observing function sees plain frames with their length, both ways") {
  for (const char* transport : kTransports) {
    CAPTURE(transport);
    std::string seen[2];
    Inbox inbox;
    AMPS::Client client("observed");
    client.setTransportFilterFunction(&note_bytes, seen);
    open(client, broker_.uri(transport));
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
}
