/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file amps_ssl.h
 * TLS for tcps URIs: which OpenSSL is used, whom it trusts, who we are.
 *
 * Settings are process-wide and count for connections made afterwards. Chain and host name are
 * verified unless amps_ssl_set_verify(0) was called; TLS 1.2 is the oldest version spoken.
 * Threads: any.
 */
#ifndef AMPS_SSL_H
#define AMPS_SSL_H

#include "amps_types.h"

AMPS_BEGIN_DECLS

/**
 * Loads an OpenSSL by library name or path. Without it the first tcps connection uses the OpenSSL
 * already in the process, else the system's.
 * @return AMPS_E_SSL with the loader's text when the library cannot be loaded, is no OpenSSL ≥ 1.1.1,
 *         or another one is in use already; the same library twice is no failure.
 */
AMPS_API amps_result amps_ssl_init(const char* library);
/** Uses an existing SSL_CTX, of the OpenSSL named or already loaded. The caller keeps the context. */
AMPS_API amps_result amps_ssl_init_from_context(void* ssl_ctx, const char* library);
/** 0 turns verification off and logs a warning once; anything else turns it on (the default). */
AMPS_API amps_result amps_ssl_set_verify(int mode);
/** Trusted certificates: a PEM file, a directory, or NULL; both NULL: the system's. */
AMPS_API amps_result amps_ssl_load_verify_locations(const char* ca_file, const char* ca_path);
/** Our certificate chain, PEM. */
AMPS_API amps_result amps_ssl_use_certificate_file(const char* file);
/** Our private key, PEM. */
AMPS_API amps_result amps_ssl_use_private_key_file(const char* file);
AMPS_API amps_result amps_ssl_use_PrivateKey_file(const char* file);
/** Forgets the settings; the library stays loaded. */
AMPS_API void amps_ssl_free(void);
/** Text of the latest TLS failure in this thread; static until the next call. */
AMPS_API const char* amps_ssl_get_error(void);
/** Version text and file of the OpenSSL in use; empty when none is loaded. Static. */
AMPS_API const char* amps_ssl_version(void);

AMPS_END_DECLS

#endif /* AMPS_SSL_H */
