// SPDX-License-Identifier: Apache-2.0
// What every benchmark program needs: a clock, placement on cores, sockets on loopback, results as
// JSON lines, and the frames that all of them carry. A failed system call ends the program.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

constexpr std::size_t kBatchBytes = 65536;  // One write of a sender that coalesces.
constexpr const char* kTopic = "orders.new";

inline std::uint64_t now_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return std::uint64_t(t.tv_sec) * 1'000'000'000u + std::uint64_t(t.tv_nsec);
}

inline void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

[[noreturn]] inline void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

inline void print_result(const char* metric, double value) {
  std::printf("{\"metric\":\"%s\",\"value\":%.6g}\n", metric, value);
  std::fflush(stdout);
}

inline void print_latency(std::vector<std::uint32_t>& ns) {
  if (ns.empty()) return;
  std::sort(ns.begin(), ns.end());
  auto at = [&](double q) {
    return ns[std::min(ns.size() - 1, std::size_t(q * double(ns.size())))] / 1000.0;
  };
  print_result("p50_us", at(.5));
  print_result("p99_us", at(.99));
}

inline void set_no_delay(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

// Port 0 is replaced by the one that was chosen.
inline int listen_on(int* port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(*port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, any, sizeof address) != 0 || listen(fd, 512) != 0) fail("listen");
  socklen_t size = sizeof address;
  getsockname(fd, any, &size);
  *port = ntohs(address.sin_port);
  return fd;
}

inline int connect_to(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("connect");
  set_no_delay(fd);
  return fd;
}

// False when the peer has gone.
inline bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(std::size_t(n));
  }
  return true;
}

inline bool read_all(int fd, char* to, std::size_t size) {
  while (size > 0) {
    ssize_t n = recv(fd, to, size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n;
    size -= std::size_t(n);
  }
  return true;
}

// A JSON body of exactly `size` bytes, at least 90.
inline std::string body_of(std::size_t size) {
  std::string text =
      R"({"id":1234567,"symbol":"IBM","price":142.25,"qty":100,"side":"B","venue":"XNYS","pad":")";
  if (size > text.size() + 2) text.append(size - text.size() - 2, 'x');
  return text + "\"}";
}

inline std::string frame_of(std::string_view header, std::string_view body = {}) {
  std::uint32_t length = htonl(std::uint32_t(header.size() + body.size()));
  std::string frame(reinterpret_cast<const char*>(&length), sizeof length);
  return frame.append(header).append(body);
}

inline std::string publish_frame(std::string_view body) {
  return frame_of(R"({"c":"p","t":"orders.new"})", body);
}

// As many copies as fit one write.
inline std::string batch_of(const std::string& message, std::size_t* count) {
  std::string batch = message;
  *count = 1;
  while (batch.size() + message.size() <= kBatchBytes) {
    batch += message;
    ++*count;
  }
  return batch;
}

// Length of the frame's content at `at`, or false when not all of it has been read.
inline bool whole_frame(std::string_view bytes, std::size_t at, std::string_view* frame) {
  if (bytes.size() - at < 4) return false;
  std::uint32_t length;
  std::memcpy(&length, bytes.data() + at, 4);
  length = ntohl(length);
  if (bytes.size() - at - 4 < length) return false;
  *frame = bytes.substr(at + 4, length);
  return true;
}

}  // namespace bench
