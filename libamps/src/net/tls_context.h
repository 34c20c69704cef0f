// SPDX-License-Identifier: Apache-2.0
// Whom a TLS connection trusts and who we are: an SSL_CTX with TLS 1.2 as its oldest version, no
// renegotiation, no resumption, no early data.
// Threads: a value; copies share the SSL_CTX, which counts its owners. Blocks: making reads files.
#pragma once

#include <string>

#include "base/status.h"

struct ssl_ctx_st;

namespace amps::net {

struct OpenSsl;

struct TlsClientOptions {
  bool verify = true;       // The chain and, for each stream, the host name.
  std::string ca_file;      // PEM. Without file and path the system's authorities are trusted.
  std::string ca_path;      // Directory of hashed certificates.
  std::string certificate;  // PEM, chain included.
  std::string private_key;  // PEM.

  bool operator==(const TlsClientOptions& other) const noexcept {
    return verify == other.verify && ca_file == other.ca_file && ca_path == other.ca_path &&
           certificate == other.certificate && private_key == other.private_key;
  }
};

struct TlsServerOptions {
  std::string certificate;  // PEM, chain included.
  std::string private_key;  // PEM.
  std::string ca_file;      // Set: a client must show a certificate of these authorities.
  std::string ciphers;      // OpenSSL's list for TLS 1.2; empty: its default.
};

class TlsContext {
 public:
  TlsContext() noexcept = default;
  ~TlsContext();
  TlsContext(const TlsContext& other) noexcept;
  TlsContext& operator=(const TlsContext& other) noexcept;

  // Fail with AMPS_E_SSL and name the file and OpenSSL's reason.
  static Status make_client(const TlsClientOptions& options, TlsContext* out);
  static Status make_server(const TlsServerOptions& options, TlsContext* out);
  // A context of the program's own, used as it is; its verify mode decides about host names too.
  static Status adopt(ssl_ctx_st* context, TlsContext* out);

  bool is_set() const noexcept { return context_ != nullptr; }
  bool verifies_peer() const noexcept;
  // Requires: is_set().
  const OpenSsl& functions() const noexcept { return *ssl_; }
  ssl_ctx_st* get() const noexcept { return context_; }

 private:
  static Status make(bool server, TlsContext* out);
  Status use_certificate(const std::string& certificate, const std::string& private_key);

  const OpenSsl* ssl_ = nullptr;
  ssl_ctx_st* context_ = nullptr;
};

}  // namespace amps::net
