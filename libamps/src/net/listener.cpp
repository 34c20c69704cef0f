// SPDX-License-Identifier: Apache-2.0
#include "net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace amps::net {

namespace {

constexpr int kBacklog = 1024;
constexpr int kAcceptsPerRound = 64;  // A flood of connections must not starve those that exist.
constexpr int kPortTries = 16;        // Finding one port that is free for both IP versions.

Status failure(const std::string& what, int error) {
  return Status(AMPS_E_CONNECTION, what + ": " + std::strerror(error));
}

std::string numeric_host(const sockaddr* address, socklen_t size) {
  char host[NI_MAXHOST];
  if (::getnameinfo(address, size, host, sizeof host, nullptr, 0, NI_NUMERICHOST) != 0) return "?";
  return host;
}

std::uint16_t port_of(const sockaddr_storage& address) noexcept {
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  return 0;
}

std::string peer_text(const sockaddr_storage& address, socklen_t size) {
  if (address.ss_family == AF_UNIX) return "unix";
  const std::string host = numeric_host(reinterpret_cast<const sockaddr*>(&address), size);
  const std::string port = std::to_string(port_of(address));
  return address.ss_family == AF_INET6 ? "[" + host + "]:" + port : host + ":" + port;
}

bool is_loopback(const sockaddr* address) noexcept {
  if (address->sa_family == AF_INET) {
    return (ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr) >> 24) == 127;
  }
  return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr) != 0;
}

struct AddressListDeleter {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListDeleter>;

Status resolve(const ListenAddress& address, AddressList* out) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  const bool any = address.host == "*";
  hints.ai_flags = AI_NUMERICSERV | (any ? AI_PASSIVE : 0);  // No name without AI_PASSIVE: loopback.
  const char* host = any || address.host.empty() ? nullptr : address.host.c_str();
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host, std::to_string(address.port).c_str(), &hints, &list);
  if (error != 0) {
    return Status(AMPS_E_CONNECTION, "cannot resolve " + address.host + ": " + ::gai_strerror(error));
  }
  out->reset(list);
  return {};
}

// A bound, listening TCP socket, or -1 with errno.
int listen_on(const addrinfo& at, std::uint16_t port) noexcept {
  sockaddr_storage address{};
  std::memcpy(&address, at.ai_addr, at.ai_addrlen);
  const int fd = ::socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at.ai_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(port);
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  } else {
    reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
  }
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), at.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0) {
    return fd;
  }
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

std::uint16_t bound_port(int fd) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return port_of(address);
}

// Whether somebody accepts connections on the socket file.
bool is_served(const sockaddr_un& address) noexcept {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return true;
  const bool served =
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN;
  ::close(fd);
  return served;
}

}  // namespace

Status parse_listen_address(std::string_view text, ListenAddress* out) {
  *out = {};
  std::string_view port = text;
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    port = text.substr(colon + 1);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host.empty() || (!bracketed && host.find_first_of(":[]") != std::string_view::npos)) {
      return Status(AMPS_E_URI, "address " + std::string(text) + " is not of the form [host:]port");
    }
    out->host = host;
  }
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out->port);
  if (port.empty() || error != std::errc{} || end != port.data() + port.size()) {
    return Status(AMPS_E_URI, "port of address " + std::string(text) + " is not a number from 0 to 65535");
  }
  return {};
}

// One listening descriptor. Owns: the descriptor.
class Listener::Socket final : public EventHandler {
 public:
  Socket(Listener* listener, int fd) noexcept : listener_(listener), fd_(fd) {}
  ~Socket() override { ::close(fd_); }
  int fd() const noexcept { return fd_; }
  void on_ready(std::uint32_t) noexcept override { listener_->accept_from(fd_); }

 private:
  Listener* listener_;
  int fd_;
};

Listener::Listener() = default;
Listener::~Listener() {
  close();
}

Status find_is_local(const ListenAddress& address, bool* is_local) {
  *is_local = true;
  if (address.is_unix()) return {};
  AddressList list;
  AMPS_RETURN_IF_ERROR(resolve(address, &list));
  for (const addrinfo* at = list.get(); at != nullptr; at = at->ai_next) {
    *is_local = *is_local && is_loopback(at->ai_addr);
  }
  return {};
}

Status Listener::open(const ListenAddress& address) {
  AMPS_RETURN_IF_ERROR(address.is_unix() ? open_unix(address.unix_path) : open_tcp(address));
  spare_fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  return {};
}

Status Listener::open_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Status(AMPS_E_URI, "socket path of " + std::to_string(path.size()) + " bytes exceeds limit of " +
                                  std::to_string(sizeof address.sun_path - 1) + ": " + path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) {
    if (!S_ISSOCK(info.st_mode))
      return Status(AMPS_E_CONNECTION, "listen on " + path + ": the file is no socket");
    if (is_served(address)) return Status(AMPS_E_CONNECTION, "listen on " + path + ": socket is in use");
    ::unlink(path.c_str());
  }
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return failure("listen on " + path, errno);
  sockets_.push_back(std::make_unique<Socket>(this, fd));
  // Before bind, so that there is no moment in which others may connect. Ignored by old kernels.
  ::fchmod(fd, S_IRUSR | S_IWUSR);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(fd, kBacklog) != 0) {
    const int error = errno;
    close();
    return failure("listen on " + path, error);
  }
  unix_path_ = path;
  return {};
}

Status Listener::open_tcp(const ListenAddress& address) {
  AddressList list;
  AMPS_RETURN_IF_ERROR(resolve(address, &list));
  const std::string what =
      "listen on " + (address.host.empty() ? "loopback" : address.host) + ":" + std::to_string(address.port);
  int error = EADDRNOTAVAIL;
  for (int attempt = 0; attempt < kPortTries; ++attempt) {
    port_ = address.port;
    bool again = false;
    for (const addrinfo* at = list.get(); at != nullptr && !again; at = at->ai_next) {
      const int fd = listen_on(*at, port_);
      if (fd >= 0) {
        if (port_ == 0) port_ = bound_port(fd);
        if (host_.empty()) host_ = numeric_host(at->ai_addr, at->ai_addrlen);
        is_local_ = is_local_ && is_loopback(at->ai_addr);
        sockets_.push_back(std::make_unique<Socket>(this, fd));
        continue;
      }
      // An IP version this machine lacks is no failure as long as another one is there.
      if (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT) continue;
      error = errno;
      again = true;
    }
    if (!again && !sockets_.empty()) return {};
    close();
    // Only a port that we picked ourselves may be taken for the other IP version by chance.
    if (address.port != 0 || !again || error != EADDRINUSE) break;
  }
  return failure(what, error);
}

Status Listener::attach(EventLoop* loop, Accept accept, Refused refused) {
  accept_ = std::move(accept);
  refused_ = std::move(refused);
  loop_ = loop;
  for (const auto& socket : sockets_) AMPS_RETURN_IF_ERROR(loop->add(socket->fd(), EPOLLIN, socket.get()));
  return {};
}

void Listener::detach() noexcept {
  if (loop_ == nullptr) return;
  for (const auto& socket : sockets_) loop_->remove(socket->fd(), socket.get());
  loop_ = nullptr;
}

void Listener::close() noexcept {
  detach();
  sockets_.clear();
  if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
  if (spare_fd_ >= 0) ::close(spare_fd_);
  spare_fd_ = -1;
  unix_path_.clear();
  host_.clear();
  port_ = 0;
  is_local_ = true;
}

void Listener::accept_from(int fd) noexcept {
  for (int i = 0; i < kAcceptsPerRound; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int accepted =
        ::accept4(fd, reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted < 0) {
      if (errno == EMFILE || errno == ENFILE) refuse_one(fd);
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return;
    }
    if (address.ss_family != AF_UNIX) {
      const int on = 1;
      ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      ::setsockopt(accepted, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    }
    accept_(accepted, peer_text(address, size));
  }
}

// Without a descriptor to accept with, the connection would stay ready for ever and the loop would spin.
void Listener::refuse_one(int fd) noexcept {
  const int error = errno;
  if (spare_fd_ >= 0) ::close(spare_fd_);
  const int accepted = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted >= 0) ::close(accepted);
  spare_fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const std::uint64_t now_ms = loop_->now_ms();
  if (refused_ms_ == 0 || now_ms >= refused_ms_ + 1000) {
    refused_ms_ = now_ms;
    refused_(std::string("accept: ") + std::strerror(error));
  }
  errno = 0;
}

}  // namespace amps::net
