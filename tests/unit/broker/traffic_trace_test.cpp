// SPDX-License-Identifier: Apache-2.0
#include "broker/traffic_trace.h"

#include <doctest/doctest.h>

#include <string>

#include "support/test_broker.h"

using namespace amps::broker;

namespace {

struct Traced {
  raw::KeptLog log;
  TrafficTrace trace{&log, "c-1"};
  Traced() { log.wants_trace = true; }
};

const std::string kPublish = raw::frame(R"({"c":"p","t":"orders"})", R"({"id":1})");

}  // namespace

TEST_CASE("LOG-04 frames are found wherever the bytes are cut") {
  const std::string bytes = kPublish + raw::frame(R"({"c":"flush","cid":"1"})");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Traced at;
    at.trace.received(std::string_view(bytes).substr(0, cut));
    at.trace.received(std::string_view(bytes).substr(cut));
    CHECK(at.log.contains("01-0001 c-1 received 30 bytes: {\"c\":\"p\",\"t\":\"orders\"} {\"id\":1}\n"));
    CHECK(at.log.contains("01-0001 c-1 received 23 bytes: {\"c\":\"flush\",\"cid\":\"1\"} \n"));
  }
}

TEST_CASE("LOG-04 of a large body the beginning is shown") {
  Traced at;
  at.trace.sent(raw::frame(R"({"c":"p","t":"t"})", std::string(1u << 20, 'x')));
  CHECK(at.log.contains(std::string(128, 'x') + "…\n"));
  CHECK_FALSE(at.log.contains(std::string(129, 'x')));
}

TEST_CASE("LOG-04 REL-35 no password is shown, nor a header that was not understood") {
  Traced at;
  const std::string logon = R"({"c":"logon","cid":"1","client_name":"c","user_id":"ann","pw":"s3cret"})";
  at.trace.received(raw::frame(logon));
  at.trace.received(raw::frame(R"({"c":"logon","\u0070w":"s3cret"})"));
  at.trace.received(raw::frame(R"({"c":"logon","pw":"s3cret")"));  // Cut short.
  at.trace.received(raw::frame(R"({"c":"logon","pw":"s3cret","x":")" + std::string(10'000, 'y') + "\"}"));
  at.trace.sent(raw::frame(R"({"c":"ack","a":"processed","status":"retry","pw":"s3cret"})"));
  CHECK(at.log.contains("logon of user ann, client c, not shown"));
  CHECK(at.log.contains("a header that is not shown"));
  CHECK_FALSE(at.log.contains("s3cret"));
}

TEST_CASE("LOG-04 at level trace a broker logs what comes and goes, and else nothing of it") {
  for (const bool wants_trace : {true, false}) {
    raw::TestBroker broker;
    broker.log.wants_trace = wants_trace;
    broker.start();
    raw::Client client(broker.port());
    client.logon("c");
    client.subscribe("orders", "s");
    client.publish("orders", R"({"id":1})");
    client.next("p");
    client.expect_nothing();
    CHECK(broker.log.contains(R"(received 30 bytes: {"c":"p","t":"orders"} {"id":1})") == wants_trace);
    CHECK(broker.log.contains(R"({"c":"p","t":"orders","sids":"s"} {"id":1})") == wants_trace);
  }
}
