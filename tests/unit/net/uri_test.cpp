// SPDX-License-Identifier: Apache-2.0
#include "net/uri.h"

#include <doctest/doctest.h>

#include <string>

namespace amps::net {
namespace {

Uri good(std::string_view text) {
  Uri uri;
  const Status status = parse_uri(text, &uri);
  CAPTURE(text);
  CHECK_MESSAGE(status.ok(), status.text());
  return uri;
}

Status bad(std::string_view text) {
  Uri uri;
  Status status = parse_uri(text, &uri);
  CAPTURE(text);
  CHECK_FALSE(status.ok());
  return status;
}

bool mentions(const Status& status, std::string_view words) {
  CAPTURE(status.text());
  return status.text().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a full tcp URI gives all its parts") {
  const Uri uri = good("tcp://ann:s%40cret@broker.example:9007/amps/json?tcp_nodelay=false");
  CHECK(uri.scheme == Scheme::kTcp);
  CHECK(uri.user == "ann");
  CHECK(uri.password == "s@cret");
  CHECK(uri.host == "broker.example");
  CHECK(uri.port == 9007);
  CHECK(uri.message_type == "json");
  CHECK(uri.path == "/amps/json");
  CHECK_FALSE(uri.tcp_nodelay);
}

TEST_CASE("user and password may be absent, empty or hold an at sign") {
  CHECK(good("tcp://h:1/amps").user.empty());
  CHECK(good("tcp://ann@h:1/amps").user == "ann");
  const Uri empty = good("tcp://ann:@h:1/amps");
  CHECK(empty.user == "ann");
  CHECK(empty.password.empty());
  CHECK(good("tcp://ann:a@b@h:1/amps").password == "a@b");
  CHECK(good("tcp://ann:a:b@h:1/amps").password == "a:b");
  CHECK(bad("tcp://:secret@h:1/amps").code() == AMPS_E_URI);
  CHECK(bad("tcp://ann:50%@h:1/amps").code() == AMPS_E_URI);
}

TEST_CASE("hosts are names, IPv4 addresses or IPv6 addresses in brackets") {
  CHECK(good("tcp://127.0.0.1:9007/amps/json").host == "127.0.0.1");
  CHECK(good("tcps://[::1]:9007/amps/json").host == "::1");
  CHECK(good("tcps://[fe80::1%25eth0]:9007/amps/json").host == "fe80::1%eth0");
  for (const char* text : {"tcp://::1:9007/amps", "tcp://[::1:9007/amps", "tcp://[127.0.0.1]:9007/amps",
                           "tcp://[]:9007/amps", "tcp://[::1]9007/amps", "tcp://:9007/amps", "tcp:///amps",
                           "tcp://a b:9007/amps", "tcp://h%zz:9007/amps"}) {
    CHECK(bad(text).code() == AMPS_E_URI);
  }
}

TEST_CASE("ports run from 1 to 65535") {
  CHECK(good("tcp://h:1/amps").port == 1);
  CHECK(good("tcp://h:65535/amps").port == 65535);
  for (const char* text :
       {"tcp://h/amps", "tcp://h:/amps", "tcp://h:0/amps", "tcp://h:65536/amps", "tcp://h:-1/amps",
        "tcp://h:+1/amps", "tcp://h:9x/amps", "tcp://h:99999999999/amps"}) {
    CHECK(bad(text).code() == AMPS_E_URI);
  }
}

TEST_CASE("transports have their own errors") {
  CHECK(good("TCPS://h:1/amps").scheme == Scheme::kTcps);
  const Status websocket = bad("wss://h:1/amps/json");
  CHECK(websocket.code() == AMPS_E_TRANSPORT_TYPE);
  CHECK(mentions(websocket, "not supported yet"));
  CHECK(bad("ws://h:1/amps/json").code() == AMPS_E_TRANSPORT_TYPE);
  CHECK(bad("http://h:1/amps/json").code() == AMPS_E_TRANSPORT_TYPE);
  CHECK(bad("://h:1/amps").code() == AMPS_E_TRANSPORT_TYPE);
  for (const char* text : {"", "h:9007", "tcp:/h:1/amps", "tcp"}) CHECK(bad(text).code() == AMPS_E_URI);
}

TEST_CASE("the protocol is amps, json is its old name, header formats of old are refused with advice") {
  CHECK(good("tcp://h:1/json").message_type.empty());
  CHECK(good("tcp://h:1/json/nvfix").message_type == "nvfix");
  for (const char* text : {"tcp://h:1/fix", "tcp://h:1/nvfix", "tcp://h:1/xml"}) {
    const Status status = bad(text);
    CHECK(status.code() == AMPS_E_URI);
    CHECK(mentions(status, "/amps/fix"));
  }
  for (const char* text :
       {"tcp://h:1", "tcp://h:1/", "tcp://h:1//json", "tcp://h:1/AMPS/json", "tcp://h:1/http"}) {
    CHECK(bad(text).code() == AMPS_E_URI);
  }
}

TEST_CASE("message types may be absent, escaped or followed by ignored segments") {
  CHECK(good("tcp://h:1/amps").message_type.empty());
  CHECK(good("tcp://h:1/amps/").message_type.empty());
  CHECK(good("tcp://h:1/amps/my-protobuf/").message_type == "my-protobuf");
  CHECK(good("tcp://h:1/amps/json/more/segments").message_type == "json");
  CHECK(good("tcp://h:1/amps/a%2Fb").message_type == "a/b");
  CHECK(bad("tcp://h:1/amps//json").code() == AMPS_E_MESSAGE_TYPE);
  CHECK(bad("tcp://h:1/amps/js%20on").code() == AMPS_E_MESSAGE_TYPE);
  CHECK(bad("tcp://h:1/amps/js%0aon").code() == AMPS_E_MESSAGE_TYPE);
  CHECK(bad("tcp://h:1/amps/%").code() == AMPS_E_MESSAGE_TYPE);
}

TEST_CASE("unix URIs name the socket file in either way") {
  const Uri habit = good("unix://localhost:0/amps/json?path=/run/a%20b.sock");
  CHECK(habit.scheme == Scheme::kUnix);
  CHECK(habit.unix_path == "/run/a b.sock");
  CHECK(habit.message_type == "json");
  const Uri brief = good("unix:///run/broker.sock");
  CHECK(brief.unix_path == "/run/broker.sock");
  CHECK(brief.message_type.empty());
  CHECK(good("unix:///amps/nvfix?path=/x").message_type == "nvfix");
  CHECK(good("unix://ann:pw@/run/x?pretty=true").user == "ann");
  CHECK(bad("unix://localhost:0/amps/json").code() == AMPS_E_TRANSPORT_OPTIONS);
  CHECK(bad("unix://").code() == AMPS_E_TRANSPORT_OPTIONS);
  CHECK(bad("unix:///").code() == AMPS_E_TRANSPORT_OPTIONS);
  CHECK(bad("unix:///x%00y").code() == AMPS_E_URI);
  CHECK(good("unix:///" + std::string(106, 'x')).unix_path.size() == 107);
  CHECK(bad("unix:///" + std::string(107, 'x')).code() == AMPS_E_TRANSPORT_OPTIONS);
}

TEST_CASE("control characters and spaces must be escaped") {
  CHECK(bad("tcp://h:1/amps/json\r\nX: y").code() == AMPS_E_URI);
  CHECK(bad("tcp://h:1/amps/my json").code() == AMPS_E_URI);
  CHECK(bad("tcp://h:1/amps/json?path=\x01").code() == AMPS_E_URI);
}

TEST_CASE("a failed parse leaves nothing of the previous URI behind") {
  Uri uri = good("tcp://ann:pw@h:1/amps/json");
  CHECK_FALSE(parse_uri("tcp://h", &uri).ok());
  CHECK(uri.password.empty());
}

TEST_CASE("redact_uri hides the password and nothing else") {
  CHECK(redact_uri("tcp://ann:secret@h:1/amps/json") == "tcp://ann:***@h:1/amps/json");
  CHECK(redact_uri("tcp://ann:@h:1/amps") == "tcp://ann:***@h:1/amps");
  CHECK(redact_uri("tcp://ann@h:1/amps") == "tcp://ann@h:1/amps");
  CHECK(redact_uri("tcp://h:1/amps/json") == "tcp://h:1/amps/json");
  CHECK(redact_uri("tcp://[::1]:1/amps/json") == "tcp://[::1]:1/amps/json");
  CHECK(redact_uri("unix://localhost:0/amps/json?path=/a@b") == "unix://localhost:0/amps/json?path=/a@b");
}

TEST_CASE("no password shows up in a malformed URI or in the error about it") {
  for (const char* text :
       {"tcp://ann:sec/ret@h:1/amps", "tcp://ann:sec?ret@h:1/amps", "tcp://ann:sec@x/ret@h:1/amps",
        "ann:secret@h:1", "http://ann:secret@h:1/amps", "tcp://ann:secret%@h:1/amps",
        "tcp://ann:secret@h:0/amps", "tcp://ann:secret@h:1/fix", "tcp://ann:secret@h:1/amps?x=1",
        "tcp://ann:secret\n@h:1/amps"}) {
    CHECK(redact_uri(text).find("sec") == std::string::npos);
    CHECK(redact_uri(text).find("ret") == std::string::npos);
    CHECK_FALSE(mentions(bad(text), "sec"));
  }
}

}  // namespace amps::net
