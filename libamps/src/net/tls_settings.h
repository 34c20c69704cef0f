// SPDX-License-Identifier: Apache-2.0
// What amps_ssl_* sets for all tcps connections made afterwards, and how a URI overrides it.
// Threads: any. Lock rank: kLibrary.
#pragma once

#include <string>

#include "base/status.h"
#include "base/sync.h"
#include "net/tls_context.h"
#include "net/uri.h"

namespace amps::net {

class TlsSettings {
 public:
  static TlsSettings& instance() noexcept;  // That of the process; tests make their own.

  // A context of the program's own, used for URIs without tls_ options of their own. The caller keeps
  // its count. Requires: an SSL_CTX of the OpenSSL that use_openssl() gives.
  Status set_context(ssl_ctx_st* context);
  void set_verify(bool verify);
  // Files must be readable now; what they hold is checked by each connect, so that they may be renewed.
  Status set_trusted(const std::string& ca_file, const std::string& ca_path);
  Status set_certificate(const std::string& file);
  Status set_private_key(const std::string& file);
  void clear();

  // The context of a new connection to `uri`.
  Status client_context(const Uri& uri, TlsContext* out) const;

 private:
  mutable Mutex mutex_{LockRank::kLibrary};
  TlsClientOptions options_ AMPS_GUARDED_BY(mutex_);
  TlsContext context_ AMPS_GUARDED_BY(mutex_);
};

// The latest TLS failure of the calling thread, for amps_ssl_get_error().
void note_tls_failure(const Status& status);
const std::string& latest_tls_failure() noexcept;

}  // namespace amps::net
