// SPDX-License-Identifier: Apache-2.0
#include "net/uri_options.h"

#include <doctest/doctest.h>

#include <string>

namespace amps::net {
namespace {

Uri parse(Scheme scheme, std::string_view text) {
  Uri uri;
  uri.scheme = scheme;
  const Status status = parse_uri_options(text, &uri);
  CAPTURE(text);
  CHECK_MESSAGE(status.ok(), status.text());
  return uri;
}

bool refuses(Scheme scheme, std::string_view text) {
  Uri uri;
  uri.scheme = scheme;
  CAPTURE(text);
  return parse_uri_options(text, &uri).code() == AMPS_E_TRANSPORT_OPTIONS;
}

}  // namespace

TEST_CASE("without options every default holds") {
  const Uri uri = parse(Scheme::kTcp, "");
  CHECK(uri.tcp_nodelay);
  CHECK(uri.tcp_keepalive);
  CHECK_FALSE(uri.tcp_rcvbuf.has_value());
  CHECK_FALSE(uri.tcp_sndbuf.has_value());
  CHECK_FALSE(uri.tcp_linger.has_value());
  CHECK_FALSE(uri.prefer_ipv6);
  CHECK_FALSE(uri.compression);
  CHECK_FALSE(uri.http_preflight);
  CHECK_FALSE(uri.pretty);
  CHECK_FALSE(uri.tls_verify.has_value());
}

TEST_CASE("every option of a tcps connection is taken") {
  const Uri uri =
      parse(Scheme::kTcps,
            "bind=127.0.0.2&ip_protocol_prefer=ipv6&tcp_rcvbuf=1000&tcp_sndbuf=2147483647&tcp_nodelay=0"
            "&tcp_linger=65535&tcp_keepalive=n&compression=zlib&http_preflight=YES&pretty=T"
            "&tls_ca=%2Fca.pem&tls_cert=c.pem&tls_key=k.pem&tls_verify=no&tls_sni=other.example");
  CHECK(uri.bind == "127.0.0.2");
  CHECK(uri.prefer_ipv6);
  CHECK(uri.tcp_rcvbuf == 1000u);
  CHECK(uri.tcp_sndbuf == 2147483647u);
  CHECK_FALSE(uri.tcp_nodelay);
  CHECK(uri.tcp_linger == 65535u);
  CHECK_FALSE(uri.tcp_keepalive);
  CHECK(uri.compression);
  CHECK(uri.http_preflight);
  CHECK(uri.pretty);
  CHECK(uri.tls_ca == "/ca.pem");
  CHECK(uri.tls_cert == "c.pem");
  CHECK(uri.tls_key == "k.pem");
  CHECK(uri.tls_verify == false);
  CHECK(uri.tls_sni == "other.example");
}

TEST_CASE("booleans have five spellings each, in any case") {
  for (const char* value : {"true", "1", "yes", "t", "y", "TRUE", "Yes"}) {
    CHECK(parse(Scheme::kTcp, std::string("pretty=") + value).pretty);
  }
  for (const char* value : {"false", "0", "no", "f", "n", "False", "NO"}) {
    CHECK_FALSE(parse(Scheme::kTcp, std::string("tcp_nodelay=") + value).tcp_nodelay);
  }
  for (const char* value : {"", "2", "on", "tru", "truee", " true"}) {
    CHECK(refuses(Scheme::kTcp, std::string("pretty=") + value));
  }
}

TEST_CASE("empty options are ignored") {
  CHECK(parse(Scheme::kTcp, "&pretty=1").pretty);
  CHECK(parse(Scheme::kTcp, "pretty=1&").pretty);
  CHECK(parse(Scheme::kTcp, "&&pretty=1&&").pretty);
}

TEST_CASE("bad values, unknown keys and repeated keys are refused") {
  for (const char* text : {"colour=red",
                           "Pretty=1",
                           "pretty",
                           "=1",
                           "pretty=%zz",
                           "tcp_rcvbuf=",
                           "tcp_rcvbuf=-1",
                           "tcp_rcvbuf=1k",
                           "tcp_rcvbuf=2147483648",
                           "tcp_sndbuf=99999999999",
                           "tcp_linger=65536",
                           "tcp_linger=true",
                           "bind=localhost",
                           "bind=1.2.3",
                           "ip_protocol_prefer=ipv5",
                           "compression=gzip",
                           "compression=",
                           "pretty=1&pretty=1",
                           "tls_cert=c.pem",
                           "tls_key=k.pem",
                           "tls_ca=",
                           "tls_sni=",
                           "tls_verify=maybe"}) {
    CHECK(refuses(Scheme::kTcps, text));
  }
  CHECK(refuses(Scheme::kUnix, "path="));
  CHECK(refuses(Scheme::kUnix, "path=" + std::string(108, 'x')));
}

TEST_CASE("options of another transport are refused") {
  for (const char* text : {"path=/x", "tls_ca=x", "tls_verify=1", "tls_sni=x", "ws_prefix=1"}) {
    CHECK(refuses(Scheme::kTcp, text));
  }
  for (const char* text :
       {"bind=127.0.0.1", "tcp_nodelay=1", "tcp_rcvbuf=1", "compression=zlib", "http_preflight=1"}) {
    CHECK(refuses(Scheme::kUnix, text));
  }
}

TEST_CASE("bind takes both IP versions, the newer also in brackets") {
  CHECK(parse(Scheme::kTcp, "bind=::1").bind == "::1");
  CHECK(parse(Scheme::kTcp, "bind=[::1]").bind == "::1");
}

}  // namespace amps::net
