// SPDX-License-Identifier: Apache-2.0
#include "net/tls_context.h"

#include <utility>

#include "net/openssl_library.h"

namespace amps::net {
namespace {

// "No such file or directory", "key values mismatch" …: the oldest error is the cause of the others.
std::string openssl_reason(const OpenSsl& ssl) {
  const unsigned long error = ssl.ERR_peek_error();
  const char* reason = ssl.ERR_reason_error_string(error);
  std::string text = reason == nullptr ? "" : reason;
  if (text.empty()) {
    char line[256] = "";
    ssl.ERR_error_string_n(error, line, sizeof(line));
    text = line;
  }
  ssl.ERR_clear_error();
  return text;
}

Status fail(const OpenSsl& ssl, const std::string& what) {
  return {AMPS_E_SSL, what + ": " + openssl_reason(ssl)};
}

const char* or_null(const std::string& text) noexcept {
  return text.empty() ? nullptr : text.c_str();
}

// A key with a passphrase would make OpenSSL ask the terminal, and a library must not.
int refuse_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

TlsContext::~TlsContext() {
  if (context_ != nullptr) ssl_->SSL_CTX_free(context_);
}

TlsContext::TlsContext(const TlsContext& other) noexcept : ssl_(other.ssl_), context_(other.context_) {
  if (context_ != nullptr) ssl_->SSL_CTX_up_ref(context_);
}

TlsContext& TlsContext::operator=(const TlsContext& other) noexcept {
  TlsContext copy(other);
  std::swap(ssl_, copy.ssl_);
  std::swap(context_, copy.context_);
  return *this;
}

Status TlsContext::make(bool server, TlsContext* out) {
  TlsContext made;
  AMPS_RETURN_IF_ERROR(use_openssl(&made.ssl_));
  const OpenSsl& ssl = *made.ssl_;
  ssl.ERR_clear_error();
  made.context_ = ssl.SSL_CTX_new(server ? ssl.TLS_server_method() : ssl.TLS_client_method());
  if (made.context_ == nullptr) return fail(ssl, "OpenSSL makes no context");
  ssl.SSL_CTX_ctrl(made.context_, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  ssl.SSL_CTX_set_options(made.context_, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  // A resumed session skips the certificate, so none is kept and no ticket is given out.
  ssl.SSL_CTX_ctrl(made.context_, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
  ssl.SSL_CTX_set_num_tickets(made.context_, 0);
  ssl.SSL_CTX_set_default_passwd_cb(made.context_, refuse_passphrase);
  *out = made;
  return {};
}

Status TlsContext::use_certificate(const std::string& certificate, const std::string& private_key) {
  if (ssl_->SSL_CTX_use_certificate_chain_file(context_, certificate.c_str()) != 1) {
    return fail(*ssl_, "certificate file '" + certificate + "' cannot be used");
  }
  if (ssl_->SSL_CTX_use_PrivateKey_file(context_, private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail(*ssl_, "private key file '" + private_key + "' cannot be used");
  }
  if (ssl_->SSL_CTX_check_private_key(context_) != 1) {
    return fail(*ssl_, "private key '" + private_key + "' is not that of certificate '" + certificate + "'");
  }
  return {};
}

Status TlsContext::make_client(const TlsClientOptions& options, TlsContext* out) {
  TlsContext made;
  AMPS_RETURN_IF_ERROR(make(false, &made));
  const OpenSsl& ssl = *made.ssl_;
  if (!options.ca_file.empty() || !options.ca_path.empty()) {
    const char* file = or_null(options.ca_file);
    if (ssl.SSL_CTX_load_verify_locations(made.context_, file, or_null(options.ca_path)) != 1) {
      return fail(ssl, "trusted certificates '" + (file != nullptr ? options.ca_file : options.ca_path) +
                           "' cannot be read");
    }
  } else if (options.verify && ssl.SSL_CTX_set_default_verify_paths(made.context_) != 1) {
    return fail(ssl, "the system's trusted certificates cannot be read");
  }
  ssl.SSL_CTX_set_verify(made.context_, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!options.certificate.empty() || !options.private_key.empty()) {
    // One PEM file may hold both.
    const std::string& certificate = options.certificate.empty() ? options.private_key : options.certificate;
    const std::string& key = options.private_key.empty() ? options.certificate : options.private_key;
    AMPS_RETURN_IF_ERROR(made.use_certificate(certificate, key));
  }
  *out = made;
  return {};
}

Status TlsContext::make_server(const TlsServerOptions& options, TlsContext* out) {
  TlsContext made;
  AMPS_RETURN_IF_ERROR(make(true, &made));
  const OpenSsl& ssl = *made.ssl_;
  AMPS_RETURN_IF_ERROR(made.use_certificate(options.certificate, options.private_key));
  if (!options.ciphers.empty() && ssl.SSL_CTX_set_cipher_list(made.context_, options.ciphers.c_str()) != 1) {
    return fail(ssl, "cipher list '" + options.ciphers + "' cannot be used");
  }
  if (!options.ca_file.empty()) {
    const char* file = options.ca_file.c_str();
    const bool trusted = ssl.SSL_CTX_load_verify_locations(made.context_, file, nullptr) == 1;
    auto* names = trusted ? ssl.SSL_load_client_CA_file(file) : nullptr;  // Tells clients which one to show.
    if (names == nullptr) return fail(ssl, "authorities of clients '" + options.ca_file + "' cannot be read");
    ssl.SSL_CTX_set_client_CA_list(made.context_, names);  // Takes the list over.
    ssl.SSL_CTX_set_verify(made.context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  *out = made;
  return {};
}

Status TlsContext::adopt(ssl_ctx_st* context, TlsContext* out) {
  TlsContext made;
  AMPS_RETURN_IF_ERROR(use_openssl(&made.ssl_));
  made.ssl_->SSL_CTX_up_ref(context);
  made.context_ = context;
  *out = made;
  return {};
}

bool TlsContext::verifies_peer() const noexcept {
  return (ssl_->SSL_CTX_get_verify_mode(context_) & SSL_VERIFY_PEER) != 0;
}

}  // namespace amps::net
