// SPDX-License-Identifier: Apache-2.0
#include "net/tls_settings.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "net/system_error.h"

namespace amps::net {
namespace {

Status require_readable(const std::string& path) {
  if (path.empty() || ::access(path.c_str(), R_OK) == 0) return {};
  return {AMPS_E_SSL, "'" + path + "' cannot be read: " + system_error_text(errno)};
}

bool is_directory(const std::string& path) {
  struct stat state {};
  return ::stat(path.c_str(), &state) == 0 && S_ISDIR(state.st_mode);
}

bool overrides_settings(const Uri& uri) {
  return !uri.tls_ca.empty() || !uri.tls_cert.empty() || uri.tls_verify.has_value();
}

void apply_overrides(const Uri& uri, TlsClientOptions* options) {
  if (!uri.tls_ca.empty()) {
    const bool directory = is_directory(uri.tls_ca);
    options->ca_file = directory ? "" : uri.tls_ca;
    options->ca_path = directory ? uri.tls_ca : "";
  }
  if (!uri.tls_cert.empty()) {
    options->certificate = uri.tls_cert;
    options->private_key = uri.tls_key;
  }
  options->verify = uri.tls_verify.value_or(options->verify);
}

std::string& latest_failure() noexcept {
  thread_local std::string text;
  return text;
}

}  // namespace

TlsSettings& TlsSettings::instance() noexcept {
  static TlsSettings* const settings = new TlsSettings();  // Never destroyed: threads may outlive main().
  return *settings;
}

Status TlsSettings::set_context(ssl_ctx_st* context) {
  TlsContext adopted;
  AMPS_RETURN_IF_ERROR(TlsContext::adopt(context, &adopted));
  MutexLock lock(mutex_);
  context_ = adopted;
  return {};
}

void TlsSettings::set_verify(bool verify) {
  MutexLock lock(mutex_);
  options_.verify = verify;
}

Status TlsSettings::set_trusted(const std::string& ca_file, const std::string& ca_path) {
  AMPS_RETURN_IF_ERROR(require_readable(ca_file));
  AMPS_RETURN_IF_ERROR(require_readable(ca_path));
  MutexLock lock(mutex_);
  options_.ca_file = ca_file;
  options_.ca_path = ca_path;
  return {};
}

Status TlsSettings::set_certificate(const std::string& file) {
  AMPS_RETURN_IF_ERROR(require_readable(file));
  MutexLock lock(mutex_);
  options_.certificate = file;
  return {};
}

Status TlsSettings::set_private_key(const std::string& file) {
  AMPS_RETURN_IF_ERROR(require_readable(file));
  MutexLock lock(mutex_);
  options_.private_key = file;
  return {};
}

void TlsSettings::clear() {
  MutexLock lock(mutex_);
  options_ = TlsClientOptions();
  context_ = TlsContext();
}

Status TlsSettings::client_context(const Uri& uri, TlsContext* out) const {
  TlsClientOptions options;
  {
    MutexLock lock(mutex_);
    if (context_.is_set() && !overrides_settings(uri)) {
      *out = context_;
      return {};
    }
    options = options_;
  }
  apply_overrides(uri, &options);
  return TlsContext::make_client(options, out);  // Reads files, so without the lock.
}

void note_tls_failure(const Status& status) {
  latest_failure() = status.text();
}

const std::string& latest_tls_failure() noexcept {
  return latest_failure();
}

}  // namespace amps::net
