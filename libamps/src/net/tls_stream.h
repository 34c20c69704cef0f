// SPDX-License-Identifier: Apache-2.0
// TLS over another stream. OpenSSL works in memory and all I/O is done by the inner stream, so
// nothing blocks and no SIGPIPE can be raised.
// Threads: as ByteStream, once the handshake is done; until then one thread at a time.
// Owns: the inner stream. Lock rank: kTransport, held for the inner stream's non-blocking calls.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/sync.h"
#include "net/byte_stream.h"
#include "net/failure.h"
#include "net/held_output.h"
#include "net/tls_context.h"

struct ssl_st;
struct bio_st;

namespace amps::net {

class TlsStream final : public ByteStream {
 public:
  ~TlsStream() override;
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // A step of the handshake; kOk with size 0 when it is done. read_some() and write_some() take these
  // steps too, so an event loop needs no call of its own.
  IoResult handshake();

  IoResult read_some(char* to, std::size_t size) override;
  IoResult write_some(const char* from, std::size_t size) override;
  IoResult flush_some() override;
  bool has_buffered_input() const noexcept override;
  int fd() const noexcept override { return inner_->fd(); }
  void shutdown() noexcept override;  // Tells the peer that this is the end, if it takes the bytes at once.
  Status status() const override;

 private:
  friend Status tls_client_stream(std::unique_ptr<ByteStream> inner, const TlsContext& context,
                                  const std::string& host, std::unique_ptr<TlsStream>* out);
  friend Status tls_server_stream(std::unique_ptr<ByteStream> inner, const TlsContext& context,
                                  std::unique_ptr<TlsStream>* out);

  TlsStream(std::unique_ptr<ByteStream> inner, const TlsContext& context);
  Status open();
  Status expect_host(const std::string& host);

  IoResult finish_handshake() AMPS_REQUIRES(mutex_);
  IoResult after_failed_call(int result) AMPS_REQUIRES(mutex_);
  IoResult exchange() AMPS_REQUIRES(mutex_);
  IoResult push() AMPS_REQUIRES(mutex_);
  IoResult fail(amps_result code, const std::string& why) AMPS_REQUIRES(mutex_);
  std::string reason() const AMPS_REQUIRES(mutex_);
  std::string certificate_reason(long verify_result) const;
  void note_first_byte(char byte) AMPS_REQUIRES(mutex_);

  const std::unique_ptr<ByteStream> inner_;
  const TlsContext context_;
  const OpenSsl& ssl_;
  std::string host_;  // Expected name; empty: we are the server. Constant once made.
  Failure failure_;
  std::atomic<bool> shut_down_{
      false};  // By us: what follows is no truncation. Relaxed: the shutdown orders it.
  // Received bytes may be decoded without a new read. Relaxed: a hint, set by whoever read them.
  std::atomic<bool> has_input_{false};

  mutable Mutex mutex_{LockRank::kTransport};
  ssl_st* session_ AMPS_GUARDED_BY(mutex_) = nullptr;
  bio_st* network_in_ AMPS_GUARDED_BY(mutex_) = nullptr;  // Owned by session_, like the next one.
  bio_st* network_out_ AMPS_GUARDED_BY(mutex_) = nullptr;
  HeldOutput output_ AMPS_GUARDED_BY(mutex_);       // Encrypted bytes.
  bool is_broken_ AMPS_GUARDED_BY(mutex_) = false;  // OpenSSL must not be asked again.
  bool peer_spoke_ AMPS_GUARDED_BY(mutex_) = false;
  bool speaks_tls_ AMPS_GUARDED_BY(mutex_) = true;
  char first_byte_ AMPS_GUARDED_BY(mutex_) = 0;
};

// The client's end. When the context verifies, the certificate must be for `host`, a name or an
// address; a name is also sent, so that the server can choose its certificate.
Status tls_client_stream(std::unique_ptr<ByteStream> inner, const TlsContext& context,
                         const std::string& host, std::unique_ptr<TlsStream>* out);
// The server's end. A client without a wanted certificate fails the handshake, before any byte of it
// is given out.
Status tls_server_stream(std::unique_ptr<ByteStream> inner, const TlsContext& context,
                         std::unique_ptr<TlsStream>* out);

}  // namespace amps::net
