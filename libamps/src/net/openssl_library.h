// SPDX-License-Identifier: Apache-2.0
// OpenSSL 1.1.1 or newer, found at run time: nothing links it, and a process uses one copy of it.
// Threads: any. Blocks: loading reads files.
#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string>

#include "base/status.h"

namespace amps::net {

// Every function we call, the same in 1.1.1 and 3.x. What the headers define as macros over a ctrl
// function is called through that. The names are OpenSSL's, so that its manual can be searched.
// clang-format off
#define AMPS_OPENSSL_FUNCTIONS(X)                                                               \
  X(BIO_ctrl) X(BIO_new) X(BIO_read) X(BIO_s_mem) X(BIO_write) X(ERR_clear_error)               \
  X(ERR_error_string_n) X(ERR_peek_error) X(ERR_reason_error_string) X(OPENSSL_init_ssl)        \
  X(OpenSSL_version) X(OpenSSL_version_num) X(SSL_CTX_check_private_key) X(SSL_CTX_ctrl)        \
  X(SSL_CTX_free) X(SSL_CTX_get_verify_mode) X(SSL_CTX_load_verify_locations) X(SSL_CTX_new)    \
  X(SSL_CTX_set_cipher_list) X(SSL_CTX_set_client_CA_list) X(SSL_CTX_set_default_passwd_cb)     \
  X(SSL_CTX_set_default_verify_paths) X(SSL_CTX_set_num_tickets) X(SSL_CTX_set_options)         \
  X(SSL_CTX_set_verify) X(SSL_CTX_up_ref) X(SSL_CTX_use_PrivateKey_file)                        \
  X(SSL_CTX_use_certificate_chain_file) X(SSL_ctrl) X(SSL_do_handshake) X(SSL_free)             \
  X(SSL_get0_param) X(SSL_get_error) X(SSL_get_verify_result) X(SSL_is_init_finished)           \
  X(SSL_load_client_CA_file) X(SSL_new) X(SSL_pending) X(SSL_read) X(SSL_set_accept_state)      \
  X(SSL_set_bio) X(SSL_set_connect_state) X(SSL_shutdown) X(SSL_write) X(TLS_client_method)     \
  X(TLS_server_method) X(X509_VERIFY_PARAM_set1_host) X(X509_VERIFY_PARAM_set1_ip_asc)          \
  X(X509_VERIFY_PARAM_set_hostflags) X(X509_verify_cert_error_string)
// clang-format on

struct OpenSsl {
#define AMPS_X(name) decltype(&::name) name;
  AMPS_OPENSSL_FUNCTIONS(AMPS_X)
#undef AMPS_X
};

// The library of this process. The first call decides, for ever: the one load_openssl() named, else
// one that is loaded already (Python's ssl module brings one), else the system's.
// Fails with AMPS_E_SSL and says for each candidate what is wrong with it.
Status use_openssl(const OpenSsl** out);
// Chooses a library by name or path. Choosing the one in use again is a success, another one fails.
Status load_openssl(const std::string& name);
// "OpenSSL 3.0.13 30 Jan 2024 (libssl.so.3)", or empty when none is loaded.
std::string openssl_description();

}  // namespace amps::net
