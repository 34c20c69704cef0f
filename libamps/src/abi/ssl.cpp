// SPDX-License-Identifier: Apache-2.0
#include "amps/amps_ssl.h"

#include <string>

#include "abi/guard.h"
#include "net/openssl_library.h"
#include "net/tls_settings.h"

using amps::Status;
using amps::abi::guarded;
using amps::abi::text_of;
using amps::net::TlsSettings;

namespace {

std::string string_of(const char* text) {
  return std::string(text_of(text));
}

// Runs the body and keeps its failure for amps_ssl_get_error() too.
template <typename Body>
amps_result guarded_tls(Body&& body) {
  return guarded([&]() -> Status {
    Status status = body();
    amps::net::note_tls_failure(status);
    return status;
  });
}

Status require_text(const char* text, const char* what) {
  if (!text_of(text).empty()) return {};
  return Status(AMPS_E_USAGE, std::string(what) + " is missing");
}

}  // namespace

extern "C" {

amps_result amps_ssl_init(const char* library) {
  return guarded_tls([&]() -> Status {
    AMPS_RETURN_IF_ERROR(require_text(library, "the name of the OpenSSL library"));
    return amps::net::load_openssl(library);
  });
}

amps_result amps_ssl_init_from_context(void* ssl_ctx, const char* library) {
  return guarded_tls([&]() -> Status {
    if (ssl_ctx == nullptr) return Status(AMPS_E_USAGE, "the SSL_CTX is NULL");
    if (!text_of(library).empty()) AMPS_RETURN_IF_ERROR(amps::net::load_openssl(library));
    return TlsSettings::instance().set_context(static_cast<ssl_ctx_st*>(ssl_ctx));
  });
}

amps_result amps_ssl_set_verify(int mode) {
  return guarded_tls([&]() -> Status {
    TlsSettings::instance().set_verify(mode != 0);
    return {};
  });
}

amps_result amps_ssl_load_verify_locations(const char* ca_file, const char* ca_path) {
  return guarded_tls(
      [&] { return TlsSettings::instance().set_trusted(string_of(ca_file), string_of(ca_path)); });
}

amps_result amps_ssl_use_certificate_file(const char* file) {
  return guarded_tls([&] { return TlsSettings::instance().set_certificate(string_of(file)); });
}

amps_result amps_ssl_use_private_key_file(const char* file) {
  return guarded_tls([&] { return TlsSettings::instance().set_private_key(string_of(file)); });
}

amps_result amps_ssl_use_PrivateKey_file(const char* file) {
  return amps_ssl_use_private_key_file(file);
}

void amps_ssl_free(void) {
  TlsSettings::instance().clear();
}

const char* amps_ssl_get_error(void) {
  return amps::net::latest_tls_failure().c_str();
}

const char* amps_ssl_version(void) {
  thread_local std::string text;
  text = amps::net::openssl_description();
  return text.c_str();
}

}  // extern "C"
