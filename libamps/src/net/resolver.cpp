// SPDX-License-Identifier: Apache-2.0
#include "net/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "base/thread.h"
#include "base/within_memory.h"
#include "net/system_error.h"

namespace amps::net {
namespace {

struct Lookup {
  Lookup(const std::string& name, std::uint16_t number) : host(name), port(std::to_string(number)) {}

  // Requires: nobody else uses the object until `done` is awake.
  void run(int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
    system_error = errno;
    if (!within_memory([&] { take(list); })) error = EAI_MEMORY;
    if (list != nullptr) ::freeaddrinfo(list);
    done.wake();
  }

  void take(const addrinfo* list) {
    for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
      if (each->ai_addrlen > sizeof(sockaddr_storage)) continue;
      SocketAddress& address = addresses.emplace_back();
      std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
      address.size = each->ai_addrlen;
    }
  }

  Status status() const {
    if (error == 0 && !addresses.empty()) return {};
    const char* no_address = "it has no address";
    const std::string reason = error == EAI_SYSTEM ? system_error_text(system_error)
                               : error == 0        ? no_address
                                                   : ::gai_strerror(error);
    return {AMPS_E_CONNECTION, "host name '" + host + "' cannot be resolved: " + reason};
  }

  const std::string host, port;
  int error = 0;
  int system_error = 0;
  std::vector<SocketAddress> addresses;
  Waker done;
};

// getaddrinfo() may take half a minute and cannot be ended, so it runs on a thread that a caller who
// has lost patience leaves behind. Owners of the lookup: that thread and the caller.
Status start_lookup(const std::shared_ptr<Lookup>& lookup) {
  Thread thread;
  AMPS_RETURN_IF_ERROR(thread.start("amps-resolve", [lookup] { lookup->run(0); }));
  thread.detach();
  return {};
}

void order_by_preference(bool prefer_ipv6, std::vector<SocketAddress>* addresses) {
  const int preferred = prefer_ipv6 ? AF_INET6 : AF_INET;
  std::stable_partition(addresses->begin(), addresses->end(),
                        [&](const SocketAddress& address) { return address.family() == preferred; });
}

}  // namespace

std::string SocketAddress::text() const {
  char name[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&storage);
    inet_ntop(AF_INET, &in->sin_addr, name, sizeof(name));
    return std::string(name) + ":" + std::to_string(ntohs(in->sin_port));
  }
  if (family() == AF_INET6) {
    const auto* in6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    inet_ntop(AF_INET6, &in6->sin6_addr, name, sizeof(name));
    return "[" + std::string(name) + "]:" + std::to_string(ntohs(in6->sin6_port));
  }
  return reinterpret_cast<const sockaddr_un*>(&storage)->sun_path;
}

SocketAddress unix_address(const std::string& path) noexcept {
  SocketAddress address{};
  auto* name = reinterpret_cast<sockaddr_un*>(&address.storage);
  name->sun_family = AF_UNIX;
  std::memcpy(name->sun_path, path.c_str(), path.size() + 1);
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

Status wait_status(Ready ready, const std::string& what) {
  switch (ready) {
    case Ready::kReadable:
    case Ready::kWritable:
      return {};
    case Ready::kTimedOut:
      return {AMPS_E_TIMED_OUT, "time ran out while " + what};
    case Ready::kWoken:
      return {AMPS_E_DISCONNECTED, "closed while " + what};
    case Ready::kInterrupted:
      return {AMPS_E_INTERRUPTED, "interrupted while " + what};
  }
  return {};
}

Status resolve(const std::string& host, std::uint16_t port, const ResolveOptions& options,
               std::vector<SocketAddress>* out) {
  const auto lookup = std::make_shared<Lookup>(host, port);
  lookup->run(AI_NUMERICHOST);
  if (lookup->error == EAI_NONAME) {
    lookup->done.reset();
    AMPS_RETURN_IF_ERROR(start_lookup(lookup));
    const Ready ready = wait_for(lookup->done.fd(), false, options.deadline, options.waker, true);
    AMPS_RETURN_IF_ERROR(wait_status(ready, "resolving host name '" + host + "'"));
    lookup->done.reset();
  }
  AMPS_RETURN_IF_ERROR(lookup->status());
  *out = std::move(lookup->addresses);
  order_by_preference(options.prefer_ipv6, out);
  return {};
}

}  // namespace amps::net
