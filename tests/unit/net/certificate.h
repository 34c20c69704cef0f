// SPDX-License-Identifier: Apache-2.0
// Certificates made while the test runs: no key is kept in the tree.
#pragma once

#include <memory>
#include <string>

struct x509_st;
struct evp_pkey_st;

namespace amps::net {

struct CertificateRequest {
  std::string common_name = "localhost";
  std::string names = "DNS:localhost,IP:127.0.0.1";  // subjectAltName; empty: none.
  std::string usage = "serverAuth";                  // extendedKeyUsage; empty: none.
  bool is_authority = false;
  long begins_after_s = -3600;  // From now.
  long ends_after_s = 3600;
};

class Certificate {
 public:
  // Signed by `issuer`, or by itself. Aborts when OpenSSL refuses: the test is wrong then.
  explicit Certificate(const CertificateRequest& request, const Certificate* issuer = nullptr);
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  // Both PEM.
  void write_certificate(const std::string& path) const;
  void write_key(const std::string& path, const char* passphrase = nullptr) const;

 private:
  x509_st* certificate_;
  evp_pkey_st* key_;
};

}  // namespace amps::net
