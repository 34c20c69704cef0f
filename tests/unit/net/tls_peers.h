// SPDX-License-Identifier: Apache-2.0
// An authority, certificates of it, and both ends of a TLS connection over a socket pair.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "certificate.h"
#include "loopback.h"
#include "net/tls_context.h"
#include "net/tls_stream.h"

namespace amps::net {

// Files of one test, in a directory of their own.
class TlsFiles {
 public:
  // Authorities of the same name are told apart by their keys only.
  explicit TlsFiles(const std::string& authority = "Test authority")
      : authority_(request_of_authority(authority)) {
    authority_.write_certificate(ca());
  }

  std::string ca() const { return directory_.file("ca.pem"); }
  std::string file(const std::string& name) const { return directory_.file(name); }

  // Writes <name>.pem and <name>.key and gives the options of a server that uses them.
  TlsServerOptions server(const CertificateRequest& request = {}, const std::string& name = "server") const {
    const Certificate certificate(request, &authority_);
    certificate.write_certificate(file(name + ".pem"));
    certificate.write_key(file(name + ".key"));
    return {file(name + ".pem"), file(name + ".key"), "", ""};
  }
  TlsServerOptions self_signed_server() const {
    const Certificate certificate{CertificateRequest()};
    certificate.write_certificate(file("self.pem"));
    certificate.write_key(file("self.key"));
    return {file("self.pem"), file("self.key"), "", ""};
  }
  TlsClientOptions client() const {
    TlsClientOptions options;
    options.ca_file = ca();
    return options;
  }
  TlsClientOptions client_with_certificate(const std::string& usage = "clientAuth") const {
    CertificateRequest request;
    request.usage = usage;
    const TlsServerOptions files = server(request, "client");
    TlsClientOptions options = client();
    options.certificate = files.certificate;
    options.private_key = files.private_key;
    return options;
  }

 private:
  static CertificateRequest request_of_authority(const std::string& name) {
    CertificateRequest request;
    request.common_name = name;
    request.is_authority = true;
    return request;
  }

  TemporaryDirectory directory_;
  Certificate authority_;
};

struct TlsPeers {
  TlsPeers(const TlsClientOptions& client_options, const TlsServerOptions& server_options,
           const std::string& host = "localhost") {
    TlsContext client_context, server_context;
    const Status client_made = TlsContext::make_client(client_options, &client_context);
    REQUIRE_MESSAGE(client_made.ok(), client_made.text());
    const Status server_made = TlsContext::make_server(server_options, &server_context);
    REQUIRE_MESSAGE(server_made.ok(), server_made.text());
    SocketPair pair;
    REQUIRE(tls_client_stream(std::move(pair.left), client_context, host, &client).ok());
    REQUIRE(tls_server_stream(std::move(pair.right), server_context, &server).ok());
  }

  // Lets both ends take turns until neither can go on. True when both are done.
  bool shake_hands() {
    IoResult client_state{IoState::kWantRead}, server_state{IoState::kWantRead};
    for (int turn = 0; turn < 100; ++turn) {
      client_state = client->handshake();
      server_state = server->handshake();
      if (client_state.state == IoState::kFailed || server_state.state == IoState::kFailed) return false;
      if (client_state.state == IoState::kOk && server_state.state == IoState::kOk) return true;
    }
    return false;
  }

  std::unique_ptr<TlsStream> client, server;
};

inline bool mentions(const Status& status, std::string_view words) {
  INFO(status.text());
  const bool found = status.text().find(words) != std::string::npos;
  CHECK_MESSAGE(found, "wanted: ", std::string(words), " got: ", status.text());
  return found;
}

}  // namespace amps::net
