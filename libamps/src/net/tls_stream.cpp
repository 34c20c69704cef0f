// SPDX-License-Identifier: Apache-2.0
#include "net/tls_stream.h"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "net/openssl_library.h"

namespace amps::net {
namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;  // TLS allows no larger record.
constexpr unsigned long kReasonMask = 0xfff;     // OpenSSL 1.1.1 and 3 pack the rest of a code differently.
constexpr char kAlertRecord = 0x15;
constexpr char kHandshakeRecord = 0x16;

bool is_address(const std::string& host) {
  unsigned char binary[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), binary) == 1 || inet_pton(AF_INET6, host.c_str(), binary) == 1;
}

}  // namespace

TlsStream::TlsStream(std::unique_ptr<ByteStream> inner, const TlsContext& context)
    : inner_(std::move(inner)), context_(context), ssl_(context_.functions()) {}

TlsStream::~TlsStream() {
  MutexLock lock(mutex_);
  if (session_ != nullptr) ssl_.SSL_free(session_);
}

Status TlsStream::open() {
  MutexLock lock(mutex_);
  session_ = ssl_.SSL_new(context_.get());
  network_in_ = ssl_.BIO_new(ssl_.BIO_s_mem());
  network_out_ = ssl_.BIO_new(ssl_.BIO_s_mem());
  if (session_ == nullptr || network_in_ == nullptr || network_out_ == nullptr) {
    return {AMPS_E_MEMORY, "no memory for a TLS session"};
  }
  ssl_.SSL_set_bio(session_, network_in_, network_out_);
  // Thousands of idle connections must not hold 34 KiB each; the caller may go on with a copy of its bytes.
  ssl_.SSL_ctrl(session_, SSL_CTRL_MODE,
                SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER,
                nullptr);
  return {};
}

Status TlsStream::expect_host(const std::string& host) {
  MutexLock lock(mutex_);
  host_ = host;
  bool taken = true;
  X509_VERIFY_PARAM* checks = ssl_.SSL_get0_param(session_);
  if (is_address(host)) {
    if (context_.verifies_peer()) taken = ssl_.X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) == 1;
  } else {
    char* name = const_cast<char*>(host.c_str());  // OpenSSL copies it.
    taken = ssl_.SSL_ctrl(session_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name) == 1;
    if (context_.verifies_peer()) {
      ssl_.X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      taken = taken && ssl_.X509_VERIFY_PARAM_set1_host(checks, host.c_str(), 0) == 1;
    }
  }
  ssl_.SSL_set_connect_state(session_);
  return taken ? Status() : Status(AMPS_E_SSL, "'" + host + "' is no host name that TLS can check");
}

IoResult TlsStream::handshake() {
  MutexLock lock(mutex_);
  return finish_handshake();
}

IoResult TlsStream::finish_handshake() {
  for (;;) {
    if (is_broken_) return {IoState::kFailed, 0};
    if (ssl_.SSL_is_init_finished(session_) == 1) {
      // The last flight is ours in TLS 1.3; the peer waits for it.
      const IoResult result = push();
      return result.state == IoState::kOk ? IoResult{IoState::kOk, 0} : result;
    }
    ssl_.ERR_clear_error();
    const int result = ssl_.SSL_do_handshake(session_);
    if (result == 1) continue;
    const IoResult step = after_failed_call(result);
    if (step.state != IoState::kOk) return step;
  }
}

IoResult TlsStream::read_some(char* to, std::size_t size) {
  if (size == 0) return {IoState::kOk, 0};
  const int room = static_cast<int>(std::min(size, kReadBytes));
  MutexLock lock(mutex_);
  for (;;) {
    if (is_broken_) return {IoState::kFailed, 0};
    ssl_.ERR_clear_error();
    const int got = ssl_.SSL_read(session_, to, room);
    if (got > 0) {
      const bool more =
          ssl_.SSL_pending(session_) > 0 || ssl_.BIO_ctrl(network_in_, BIO_CTRL_PENDING, 0, nullptr) > 0;
      has_input_.store(more, std::memory_order_relaxed);
      return {IoState::kOk, static_cast<std::size_t>(got)};
    }
    const IoResult step = after_failed_call(got);
    if (step.state == IoState::kOk) continue;
    has_input_.store(false, std::memory_order_relaxed);
    return step;
  }
}

IoResult TlsStream::write_some(const char* from, std::size_t size) {
  if (size == 0) return {IoState::kOk, 0};
  MutexLock lock(mutex_);
  const IoResult ready = finish_handshake();
  if (ready.state != IoState::kOk) return ready;
  ssl_.ERR_clear_error();
  const int put = ssl_.SSL_write(session_, from, static_cast<int>(std::min(size, kReadBytes)));
  if (put <= 0) return fail(AMPS_E_SSL, reason());  // Memory takes every byte, so this is no lack of room.
  // What the socket does not take is held; it is an error only when the next call meets it again.
  push();
  return {IoState::kOk, static_cast<std::size_t>(put)};
}

IoResult TlsStream::flush_some() {
  MutexLock lock(mutex_);
  return push();
}

bool TlsStream::has_buffered_input() const noexcept {
  return has_input_.load(std::memory_order_relaxed) || inner_->has_buffered_input();
}

void TlsStream::shutdown() noexcept {
  shut_down_.store(true, std::memory_order_relaxed);
  {
    MutexLock lock(mutex_);
    if (!is_broken_ && ssl_.SSL_is_init_finished(session_) == 1) {
      ssl_.ERR_clear_error();
      ssl_.SSL_shutdown(session_);
      push();
    }
  }
  inner_->shutdown();
}

Status TlsStream::status() const {
  Status own = failure_.get();
  return own.ok() ? inner_->status() : own;
}

// Sends what OpenSSL wants to send.
IoResult TlsStream::push() {
  const long pending = ssl_.BIO_ctrl(network_out_, BIO_CTRL_PENDING, 0, nullptr);
  if (pending > 0) {
    char* to = output_.bytes().extend(static_cast<std::size_t>(pending));
    ssl_.BIO_read(network_out_, to, static_cast<int>(pending));
  }
  return output_.push(*inner_);
}

// A call into OpenSSL gave nothing: kOk when it is worth repeating.
IoResult TlsStream::after_failed_call(int result) {
  switch (ssl_.SSL_get_error(session_, result)) {
    case SSL_ERROR_WANT_READ:
      return exchange();
    case SSL_ERROR_ZERO_RETURN:
      return {IoState::kClosed, 0};
    default:
      break;
  }
  const IoResult failed = fail(AMPS_E_SSL, reason());
  push();  // The alert that tells the peer why.
  return failed;
}

// Sends what is due and reads what has come.
IoResult TlsStream::exchange() {
  const IoResult sent = push();
  const bool in_handshake = ssl_.SSL_is_init_finished(session_) != 1;
  // After the handshake a reader never waits for its own output: a peer that waits for us to read
  // would wait for ever. A write that failed may have left an alert of the peer to read.
  if (in_handshake && sent.state == IoState::kWantWrite) return sent;
  char bytes[kRecordBytes];
  const IoResult got = inner_->read_some(bytes, sizeof(bytes));
  if (got.state == IoState::kOk) {
    note_first_byte(bytes[0]);
    has_input_.store(true, std::memory_order_relaxed);
    const int size = static_cast<int>(got.size);
    if (ssl_.BIO_write(network_in_, bytes, size) != size)
      return fail(AMPS_E_MEMORY, "no memory for received bytes");
    return got;
  }
  const bool has_ended = got.state == IoState::kClosed || got.state == IoState::kFailed;
  if (!has_ended || shut_down_.load(std::memory_order_relaxed)) return got;
  if (in_handshake) {
    const std::string how = got.state == IoState::kFailed ? " (" + inner_->status().text() + ")" : "";
    return fail(AMPS_E_SSL,
                "the peer closed the connection during the handshake" + how + "; does it speak TLS?");
  }
  if (got.state == IoState::kFailed) return got;
  return fail(AMPS_E_CONNECTION, "the connection was cut: it ended without the peer's closing notice");
}

void TlsStream::note_first_byte(char byte) {
  if (peer_spoke_) return;
  peer_spoke_ = true;
  first_byte_ = byte;
  speaks_tls_ = byte == kHandshakeRecord || byte == kAlertRecord;
}

IoResult TlsStream::fail(amps_result code, const std::string& why) {
  is_broken_ = true;
  const std::string peer = host_.empty() ? "a client" : "'" + host_ + "'";
  failure_.note(Status(code, "TLS with " + peer + " failed: " + why));
  ssl_.ERR_clear_error();
  return {IoState::kFailed, 0};
}

std::string TlsStream::reason() const {
  if (!speaks_tls_) {
    constexpr char kDigits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(first_byte_);
    const std::string digits{kDigits[byte >> 4], kDigits[byte & 15]};
    return "the peer does not speak TLS: its first byte is 0x" + digits;
  }
  const long verify_result = ssl_.SSL_get_verify_result(session_);
  const bool in_handshake = ssl_.SSL_is_init_finished(session_) != 1;
  if (in_handshake && context_.verifies_peer() && verify_result != X509_V_OK)
    return certificate_reason(verify_result);
  const unsigned long error = ssl_.ERR_peek_error();
  const unsigned long code = error & kReasonMask;
  if (code == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) return "it showed no certificate, and one is required";
  if (code == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED) return "the peer requires a client certificate";
  const char* text = ssl_.ERR_reason_error_string(error);
  std::string shown = text == nullptr ? "OpenSSL gives no reason" : text;
  if (code > SSL_AD_REASON_OFFSET) shown = "the peer refused with an alert: " + shown;
  return shown;
}

std::string TlsStream::certificate_reason(long verify_result) const {
  const std::string whose = host_.empty() ? "its certificate " : "the certificate of '" + host_ + "' ";
  switch (verify_result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the certificate is for another host, expected '" + host_ + "'";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return whose + "has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + "is not valid yet";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return whose + "is self-signed and not trusted";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return whose + "is of an unknown authority";
    case X509_V_ERR_INVALID_PURPOSE:
      return whose + "is not meant for this purpose";
    case X509_V_ERR_CERT_REVOKED:
      return whose + "was revoked";
    default:
      return whose + "was refused: " + ssl_.X509_verify_cert_error_string(verify_result);
  }
}

Status tls_client_stream(std::unique_ptr<ByteStream> inner, const TlsContext& context,
                         const std::string& host, std::unique_ptr<TlsStream>* out) {
  std::unique_ptr<TlsStream> stream(new TlsStream(std::move(inner), context));
  AMPS_RETURN_IF_ERROR(stream->open());
  AMPS_RETURN_IF_ERROR(stream->expect_host(host));
  *out = std::move(stream);
  return {};
}

Status tls_server_stream(std::unique_ptr<ByteStream> inner, const TlsContext& context,
                         std::unique_ptr<TlsStream>* out) {
  std::unique_ptr<TlsStream> stream(new TlsStream(std::move(inner), context));
  AMPS_RETURN_IF_ERROR(stream->open());
  {
    MutexLock lock(stream->mutex_);
    stream->ssl_.SSL_set_accept_state(stream->session_);
  }
  *out = std::move(stream);
  return {};
}

}  // namespace amps::net
