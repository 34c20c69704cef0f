// SPDX-License-Identifier: Apache-2.0
#include "net/tls_context.h"

#include <doctest/doctest.h>

#include <fstream>

#include "net/openssl_library.h"
#include "tls_peers.h"

namespace amps::net {
namespace {

Status server_error(const TlsServerOptions& options) {
  TlsContext context;
  Status status = TlsContext::make_server(options, &context);
  CHECK(status.code() == AMPS_E_SSL);
  CHECK_FALSE(context.is_set());
  return status;
}

}  // namespace

TEST_CASE("a client's context verifies unless told otherwise") {
  TlsContext context;
  CHECK_FALSE(context.is_set());
  REQUIRE(TlsContext::make_client({}, &context).ok());
  CHECK(context.is_set());
  CHECK(context.verifies_peer());
  TlsClientOptions options;
  options.verify = false;
  REQUIRE(TlsContext::make_client(options, &context).ok());
  CHECK_FALSE(context.verifies_peer());
}

TEST_CASE("files that cannot be used are named with OpenSSL's reason") {
  const TlsFiles files;
  TlsServerOptions options = files.server();
  const std::string key = options.private_key;
  options.private_key = files.file("none.key");
  mentions(server_error(options), "'" + files.file("none.key") + "' cannot be used: ");
  options = files.server({}, "other");
  options.private_key = files.server().private_key;
  mentions(server_error(options), "is");
  options.certificate = key;
  mentions(server_error(options), "certificate file '" + key + "' cannot be used: ");
  options = files.server();
  options.ca_file = files.file("none.pem");
  mentions(server_error(options), "authorities of clients '" + files.file("none.pem") + "' cannot be read");
  options = files.server();
  options.ciphers = "no-such-cipher";
  mentions(server_error(options), "cipher list 'no-such-cipher' cannot be used: no cipher match");
}

TEST_CASE("a key of another certificate is refused") {
  const TlsFiles files;
  TlsServerOptions options = files.server();
  options.private_key = files.server({}, "other").private_key;
  mentions(server_error(options), "key values mismatch");
}

TEST_CASE("a key with a passphrase is refused instead of asking the terminal") {
  const TlsFiles files;
  const Certificate certificate{CertificateRequest()};
  certificate.write_certificate(files.file("locked.pem"));
  certificate.write_key(files.file("locked.key"), "secret");
  mentions(server_error({files.file("locked.pem"), files.file("locked.key"), "", ""}),
           "locked.key' cannot be used");
}

TEST_CASE("unreadable authorities fail a client") {
  const TlsFiles files;
  std::ofstream(files.file("junk.pem")) << "no certificate";
  for (const char* name : {"none.pem", "junk.pem"}) {
    TlsClientOptions options;
    options.ca_file = files.file(name);
    TlsContext context;
    mentions(TlsContext::make_client(options, &context), "trusted certificates '" + files.file(name));
  }
}

TEST_CASE("copies share one context and outlive the original") {
  const TlsFiles files;
  TlsContext copy;
  {
    TlsContext original;
    REQUIRE(TlsContext::make_client(files.client(), &original).ok());
    copy = original;
    CHECK(copy.get() == original.get());
  }
  CHECK(copy.verifies_peer());
  const TlsContext& self = copy;
  copy = self;
  CHECK(copy.is_set());
}

TEST_CASE("versions before TLS 1.2 are refused by both ends") {
  const TlsFiles files;
  for (const bool old_client : {true, false}) {
    TlsContext client, server;
    REQUIRE(TlsContext::make_client(files.client(), &client).ok());
    REQUIRE(TlsContext::make_server(files.server(), &server).ok());
    const TlsContext& old = old_client ? client : server;
    const OpenSsl& ssl = old.functions();
    ssl.SSL_CTX_set_cipher_list(old.get(), "ALL:@SECLEVEL=0");  // Without it OpenSSL 3 refuses by itself.
    ssl.SSL_CTX_ctrl(old.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_VERSION, nullptr);
    ssl.SSL_CTX_ctrl(old.get(), SSL_CTRL_SET_MAX_PROTO_VERSION, TLS1_1_VERSION, nullptr);
    SocketPair pair;
    std::unique_ptr<TlsStream> left, right;
    REQUIRE(tls_client_stream(std::move(pair.left), client, "localhost", &left).ok());
    REQUIRE(tls_server_stream(std::move(pair.right), server, &right).ok());
    IoResult a{IoState::kOk}, b{IoState::kOk};
    for (int turn = 0; turn < 10; ++turn) {
      a = left->handshake();
      b = right->handshake();
    }
    CHECK(a.state == IoState::kFailed);
    CHECK(b.state == IoState::kFailed);
  }
}

TEST_CASE("a context of the program's own is counted and used as it is") {
  const TlsFiles files;
  TlsContext made, adopted;
  REQUIRE(TlsContext::make_client(files.client(), &made).ok());
  REQUIRE(TlsContext::adopt(made.get(), &adopted).ok());
  made = TlsContext();
  CHECK(adopted.verifies_peer());
}

}  // namespace amps::net
