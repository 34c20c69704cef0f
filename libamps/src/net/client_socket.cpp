// SPDX-License-Identifier: Apache-2.0
#include "net/client_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "net/resolver.h"
#include "net/system_error.h"

namespace amps::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A Unix listener with a full queue says EAGAIN and cannot be polled.
constexpr milliseconds kFullQueueRetry{5};

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Status system_failure(const std::string& what, int error) {
  const bool nobody = error == ECONNREFUSED || error == ENOENT;  // ENOENT: no such Unix socket.
  return {nobody ? AMPS_E_CONNECTION_REFUSED : AMPS_E_CONNECTION, what + ": " + system_error_text(error)};
}

template <typename Value>
Status set_option(int fd, int level, int option, const char* name, const Value& value) {
  if (::setsockopt(fd, level, option, &value, sizeof(value)) == 0) return {};
  return system_failure("setting socket option " + std::string(name), errno);
}

// Buffer sizes decide the window that TCP announces, so they are set before connecting.
Status set_tcp_options(int fd, const Uri& uri) {
  if (uri.tcp_rcvbuf) {
    AMPS_RETURN_IF_ERROR(
        set_option(fd, SOL_SOCKET, SO_RCVBUF, "tcp_rcvbuf", static_cast<int>(*uri.tcp_rcvbuf)));
  }
  if (uri.tcp_sndbuf) {
    AMPS_RETURN_IF_ERROR(
        set_option(fd, SOL_SOCKET, SO_SNDBUF, "tcp_sndbuf", static_cast<int>(*uri.tcp_sndbuf)));
  }
  if (uri.tcp_linger) {
    const linger value{1, static_cast<int>(*uri.tcp_linger)};
    AMPS_RETURN_IF_ERROR(set_option(fd, SOL_SOCKET, SO_LINGER, "tcp_linger", value));
  }
  AMPS_RETURN_IF_ERROR(set_option(fd, SOL_SOCKET, SO_KEEPALIVE, "tcp_keepalive", uri.tcp_keepalive ? 1 : 0));
  return set_option(fd, IPPROTO_TCP, TCP_NODELAY, "tcp_nodelay", uri.tcp_nodelay ? 1 : 0);
}

// Requires: `text` is an address; parse_uri() has checked it.
Status bind_local(int fd, const std::string& text, int family) {
  sockaddr_storage local{};
  local.ss_family = static_cast<sa_family_t>(family);
  void* binary = family == AF_INET ? static_cast<void*>(&reinterpret_cast<sockaddr_in*>(&local)->sin_addr)
                                   : &reinterpret_cast<sockaddr_in6*>(&local)->sin6_addr;
  if (inet_pton(family, text.c_str(), binary) != 1) {
    return {AMPS_E_CONNECTION, "bind address " + text + " is of the other IP version"};
  }
  const socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&local), size) == 0) return {};
  return {AMPS_E_CONNECTION, "binding to " + text + ": " + system_error_text(errno)};
}

// A connect to a free local port may pick that very port as its own and reach itself.
bool is_connected_to_itself(int fd) {
  sockaddr_storage local{}, peer{};
  socklen_t local_size = sizeof(local), peer_size = sizeof(peer);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &local_size) != 0) return false;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0) return false;
  return local.ss_family != AF_UNIX && local_size == peer_size && std::memcmp(&local, &peer, local_size) == 0;
}

Status finish_connect(int fd, const SocketAddress& address) {
  int error = 0;
  socklen_t size = sizeof(error);
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error == 0 && is_connected_to_itself(fd)) error = ECONNREFUSED;
  return error == 0 ? Status() : system_failure(address.text(), error);
}

Status wait_connected(int fd, const SocketAddress& address, Deadline deadline, const Waker* waker) {
  const std::string what = "connecting to " + address.text();
  for (;;) {
    if (::connect(fd, address.get(), address.size) == 0) return finish_connect(fd, address);
    if (errno == EINPROGRESS || errno == EINTR) break;
    if (errno != EAGAIN || address.family() != AF_UNIX) return system_failure(address.text(), errno);
    const Deadline retry = std::min(deadline, steady_clock::now() + kFullQueueRetry);
    const Ready ready = wait_for(-1, false, retry, waker, true);
    if (ready != Ready::kTimedOut || retry == deadline) return wait_status(ready, what);
  }
  AMPS_RETURN_IF_ERROR(wait_status(wait_for(fd, true, deadline, waker, true), what));
  return finish_connect(fd, address);
}

Status connect_to(const Uri& uri, const SocketAddress& address, Deadline deadline, const Waker* waker,
                  std::unique_ptr<SocketStream>* out) {
  const int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  Descriptor descriptor(::socket(address.family(), type, 0));
  if (descriptor.get() < 0) return {AMPS_E_CONNECTION, address.text() + ": " + system_error_text(errno)};
  if (address.family() != AF_UNIX) {
    AMPS_RETURN_IF_ERROR(set_tcp_options(descriptor.get(), uri));
    if (!uri.bind.empty()) AMPS_RETURN_IF_ERROR(bind_local(descriptor.get(), uri.bind, address.family()));
  }
  AMPS_RETURN_IF_ERROR(wait_connected(descriptor.get(), address, deadline, waker));
  *out = std::make_unique<SocketStream>(descriptor.get(), address.text());
  descriptor.release();
  return {};
}

bool ends_all_attempts(amps_result code) noexcept {
  return code == AMPS_E_DISCONNECTED || code == AMPS_E_INTERRUPTED;
}

Deadline share_of_time(Deadline deadline, std::size_t attempts_left) {
  if (deadline == kNoDeadline) return deadline;
  const auto now = steady_clock::now();
  return now >= deadline ? deadline : now + (deadline - now) / static_cast<long>(attempts_left);
}

Status find_addresses(const Uri& uri, const ConnectOptions& options, std::vector<SocketAddress>* out) {
  if (uri.scheme == Scheme::kUnix) {
    out->push_back(unix_address(uri.unix_path));
    return {};
  }
  return resolve(uri.host, uri.port, {uri.prefer_ipv6, options.deadline, options.waker}, out);
}

// One status for all attempts: refused or timed out when every one was, else a failed connection.
Status summarize(const Uri& uri, const std::vector<Status>& failures) {
  amps_result code = failures.front().code();
  std::string reasons;
  for (const Status& failure : failures) {
    if (failure.code() != code) code = AMPS_E_CONNECTION;
    reasons += (reasons.empty() ? "" : "; ") + failure.text();
  }
  const std::string target =
      uri.scheme == Scheme::kUnix ? "a Unix socket" : uri.host + ":" + std::to_string(uri.port);
  return {code, "cannot connect to " + target + ": " + reasons};
}

}  // namespace

Status open_client_socket(const Uri& uri, const ConnectOptions& options, std::unique_ptr<SocketStream>* out) {
  std::vector<SocketAddress> addresses;
  AMPS_RETURN_IF_ERROR(find_addresses(uri, options, &addresses));
  std::vector<Status> failures;
  for (const SocketAddress& address : addresses) {
    const Deadline deadline = share_of_time(options.deadline, addresses.size() - failures.size());
    Status status = connect_to(uri, address, deadline, options.waker, out);
    if (status.ok() || ends_all_attempts(status.code())) return status;
    failures.push_back(std::move(status));
  }
  return summarize(uri, failures);
}

}  // namespace amps::net
