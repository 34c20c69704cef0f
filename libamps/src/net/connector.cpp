// SPDX-License-Identifier: Apache-2.0
#include "net/connector.h"

#include <array>
#include <utility>

#include "net/client_socket.h"
#include "net/http_preflight.h"
#include "net/prefixed_stream.h"
#include "net/resolver.h"
#include "net/tls_settings.h"
#include "net/tls_stream.h"
#include "net/zlib_stream.h"

namespace amps::net {
namespace {

// What is built on top of the connected socket, one layer after the other.
class Opening {
 public:
  Opening(const Uri& uri, const ConnectOptions& options, std::unique_ptr<ByteStream> socket)
      : options_(options),
        uri_(uri),
        target_(uri.host + ":" + std::to_string(uri.port)),
        stream_(std::move(socket)) {}

  Status add_tls();
  Status do_preflight();
  Status add_compression();
  std::unique_ptr<ByteStream> take();

 private:
  Status wait(const IoResult& result, const std::string& what);
  Status write_all(std::string_view bytes, const std::string& what);
  Status flush_all(const std::string& what);

  const ConnectOptions& options_;
  const Uri& uri_;
  const std::string target_;
  std::unique_ptr<ByteStream> stream_;
  std::string received_;  // Read with the answer of the preflight, but not part of it.
};

// Waits for what an unfinished call wants; anything that will not come is a failure.
Status Opening::wait(const IoResult& result, const std::string& what) {
  if (result.state == IoState::kFailed) return stream_->status();
  if (result.state == IoState::kClosed) {
    return {AMPS_E_CONNECTION, "the peer closed the connection during " + what};
  }
  const bool for_write = result.state == IoState::kWantWrite;
  return wait_status(wait_for(stream_->fd(), for_write, options_.deadline, options_.waker, true),
                     "waiting for the peer during " + what);
}

Status Opening::flush_all(const std::string& what) {
  for (;;) {
    const IoResult result = stream_->flush_some();
    if (result.state == IoState::kOk) return {};
    AMPS_RETURN_IF_ERROR(wait(result, what));
  }
}

Status Opening::write_all(std::string_view bytes, const std::string& what) {
  while (!bytes.empty()) {
    const IoResult result = stream_->write_some(bytes.data(), bytes.size());
    if (result.state == IoState::kOk) {
      bytes.remove_prefix(result.size);
    } else {
      AMPS_RETURN_IF_ERROR(wait(result, what));
    }
  }
  return flush_all(what);
}

Status Opening::add_tls() {
  TlsContext context;
  AMPS_RETURN_IF_ERROR(TlsSettings::instance().client_context(uri_, &context));
  const std::string& name = uri_.tls_sni.empty() ? uri_.host : uri_.tls_sni;
  std::unique_ptr<TlsStream> tls;
  AMPS_RETURN_IF_ERROR(tls_client_stream(std::move(stream_), context, name, &tls));
  TlsStream& handshaking = *tls;
  stream_ = std::move(tls);
  const std::string what = "the TLS handshake with " + target_;
  for (;;) {
    const IoResult result = handshaking.handshake();
    if (result.state == IoState::kOk) return {};
    AMPS_RETURN_IF_ERROR(wait(result, what));
  }
}

Status Opening::do_preflight() {
  const std::string what = "the HTTP preflight with " + target_;
  std::string request;
  AMPS_RETURN_IF_ERROR(encode_preflight_request(uri_, options_.preflight_headers, &request));
  AMPS_RETURN_IF_ERROR(write_all(request, what));
  for (;;) {
    std::array<char, kHttpHeadBytesMax> bytes;
    const IoResult result = stream_->read_some(bytes.data(), bytes.size());
    if (result.state != IoState::kOk) {
      AMPS_RETURN_IF_ERROR(wait(result, what));
      continue;
    }
    received_.append(bytes.data(), result.size);
    std::size_t head_size = 0;
    AMPS_RETURN_IF_ERROR(decode_preflight_response(received_, &head_size));
    received_.erase(0, head_size);
    if (head_size > 0) return {};
  }
}

Status Opening::add_compression() {
  std::unique_ptr<ZlibStream> zlib;
  AMPS_RETURN_IF_ERROR(ZlibStream::make(std::move(stream_), received_, &zlib));
  received_.clear();
  stream_ = std::move(zlib);
  return {};
}

std::unique_ptr<ByteStream> Opening::take() {
  if (received_.empty()) return std::move(stream_);
  return std::make_unique<PrefixedStream>(std::move(stream_), std::move(received_));
}

}  // namespace

Status connect(const Uri& uri, const ConnectOptions& options, std::unique_ptr<ByteStream>* out) {
  std::unique_ptr<SocketStream> socket;
  AMPS_RETURN_IF_ERROR(open_client_socket(uri, options, &socket));
  Opening opening(uri, options, std::move(socket));
  if (uri.scheme == Scheme::kTcps) {
    if (Status status = opening.add_tls(); !status.ok()) {
      note_tls_failure(status);
      return status;
    }
  }
  if (uri.http_preflight) AMPS_RETURN_IF_ERROR(opening.do_preflight());
  if (uri.compression) AMPS_RETURN_IF_ERROR(opening.add_compression());
  *out = opening.take();
  return {};
}

}  // namespace amps::net
