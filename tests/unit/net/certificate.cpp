// SPDX-License-Identifier: Apache-2.0
#include "certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace amps::net {
namespace {

void require(bool done) {
  if (!done) std::abort();
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

std::FILE* open_for_write(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  require(file != nullptr);
  return file;
}

}  // namespace

Certificate::Certificate(const CertificateRequest& request, const Certificate* issuer)
    : certificate_(X509_new()), key_(EVP_EC_gen("P-256")) {
  static std::atomic<long> serial{1};
  require(certificate_ != nullptr && key_ != nullptr);
  X509* signer = issuer == nullptr ? certificate_ : issuer->certificate_;
  X509_set_version(certificate_, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate_), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate_), request.begins_after_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate_), request.ends_after_s);
  X509_set_pubkey(certificate_, key_);
  const auto* name = reinterpret_cast<const unsigned char*>(request.common_name.c_str());
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate_), "CN", MBSTRING_UTF8, name, -1, -1,
                                     0) == 1);
  X509_set_issuer_name(certificate_, X509_get_subject_name(signer));
  add_extension(certificate_, signer, NID_basic_constraints,
                request.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!request.is_authority) add_extension(certificate_, signer, NID_ext_key_usage, request.usage);
  if (!request.is_authority) add_extension(certificate_, signer, NID_subject_alt_name, request.names);
  require(X509_sign(certificate_, issuer == nullptr ? key_ : issuer->key_, EVP_sha256()) > 0);
}

Certificate::~Certificate() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

void Certificate::write_certificate(const std::string& path) const {
  std::FILE* file = open_for_write(path);
  require(PEM_write_X509(file, certificate_) == 1 && std::fclose(file) == 0);
}

void Certificate::write_key(const std::string& path, const char* passphrase) const {
  std::FILE* file = open_for_write(path);
  const int size = passphrase == nullptr ? 0 : static_cast<int>(std::string(passphrase).size());
  const auto* secret = reinterpret_cast<const unsigned char*>(passphrase);
  const EVP_CIPHER* cipher = passphrase == nullptr ? nullptr : EVP_aes_128_cbc();
  require(PEM_write_PrivateKey(file, key_, cipher, secret, size, nullptr, nullptr) == 1 &&
          std::fclose(file) == 0);
}

}  // namespace amps::net
