// SPDX-License-Identifier: Apache-2.0
#include "net/tls_settings.h"

#include <doctest/doctest.h>

#include <thread>

#include "tls_peers.h"

namespace amps::net {
namespace {

Uri uri_with(const std::string& options = "") {
  Uri uri;
  const Status status = parse_uri("tcps://localhost:1/amps" + options, &uri);
  REQUIRE_MESSAGE(status.ok(), status.text());
  return uri;
}

// Whether a client with these settings accepts a server with a certificate of `files`.
bool accepts(const TlsSettings& settings, const TlsFiles& files, const std::string& options = "") {
  TlsContext client, server;
  const Status status = settings.client_context(uri_with(options), &client);
  REQUIRE_MESSAGE(status.ok(), status.text());
  REQUIRE(TlsContext::make_server(files.server(), &server).ok());
  SocketPair pair;
  std::unique_ptr<TlsStream> left, right;
  REQUIRE(tls_client_stream(std::move(pair.left), client, "localhost", &left).ok());
  REQUIRE(tls_server_stream(std::move(pair.right), server, &right).ok());
  for (int turn = 0; turn < 100; ++turn) {
    const IoState state = left->handshake().state;
    right->handshake();
    if (state == IoState::kOk || state == IoState::kFailed) return state == IoState::kOk;
  }
  return false;
}

}  // namespace

TEST_CASE("settings decide whom connections trust, until they are cleared") {
  const TlsFiles files;
  TlsSettings settings;
  CHECK_FALSE(accepts(settings, files));
  REQUIRE(settings.set_trusted(files.ca(), "").ok());
  CHECK(accepts(settings, files));
  settings.clear();
  CHECK_FALSE(accepts(settings, files));
  settings.set_verify(false);
  CHECK(accepts(settings, files));
}

TEST_CASE("options of the URI override the settings for one connection") {
  const TlsFiles files, strangers;
  TlsSettings settings;
  REQUIRE(settings.set_trusted(strangers.ca(), "").ok());
  CHECK_FALSE(accepts(settings, files));
  CHECK(accepts(settings, files, "?tls_ca=" + files.ca()));
  CHECK(accepts(settings, files, "?tls_verify=false"));
  CHECK_FALSE(accepts(settings, files));
  settings.set_verify(false);
  CHECK_FALSE(accepts(settings, files, "?tls_verify=true"));
}

TEST_CASE("tls_ca may be a directory") {
  const TlsFiles files;
  TlsContext context;
  CHECK(TlsSettings().client_context(uri_with("?tls_ca=/"), &context).ok());
}

TEST_CASE("missing files are refused when they are set") {
  const TlsFiles files;
  TlsSettings settings;
  const std::string none = files.file("none");
  CHECK(settings.set_trusted(none, "").code() == AMPS_E_SSL);
  CHECK(settings.set_trusted("", none).code() == AMPS_E_SSL);
  CHECK(settings.set_certificate(none).code() == AMPS_E_SSL);
  mentions(settings.set_private_key(none), "'" + none + "' cannot be read: No such file or directory");
}

TEST_CASE("certificate and key are used; one file may hold both") {
  const TlsFiles files;
  const TlsClientOptions ours = files.client_with_certificate();
  TlsSettings settings;
  REQUIRE(settings.set_certificate(ours.certificate).ok());
  REQUIRE(settings.set_private_key(ours.private_key).ok());
  TlsContext context;
  CHECK(settings.client_context(uri_with(), &context).ok());
  CHECK(settings
            .client_context(uri_with("?tls_cert=" + ours.certificate + "&tls_key=" + ours.private_key),
                            &context)
            .ok());
  REQUIRE(settings.set_private_key(files.server().private_key).ok());
  CHECK_FALSE(settings.client_context(uri_with(), &context).ok());
}

TEST_CASE("a context of the program's own is used unless the URI has options") {
  const TlsFiles files;
  TlsContext own, used;
  REQUIRE(TlsContext::make_client(files.client(), &own).ok());
  TlsSettings settings;
  REQUIRE(settings.set_context(own.get()).ok());
  REQUIRE(settings.client_context(uri_with(), &used).ok());
  CHECK(used.get() == own.get());
  REQUIRE(settings.client_context(uri_with("?tls_verify=false"), &used).ok());
  CHECK(used.get() != own.get());
  CHECK_FALSE(used.verifies_peer());
}

TEST_CASE("each thread has its own latest failure") {
  note_tls_failure(Status(AMPS_E_SSL, "mine"));
  std::thread([] { CHECK(latest_tls_failure().empty()); }).join();
  CHECK(latest_tls_failure() == "mine");
}

}  // namespace amps::net
