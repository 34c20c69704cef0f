// SPDX-License-Identifier: Apache-2.0
// Messages a second that are on the disk and acknowledged as such, 100-byte bodies.
//   durable amps  PORT COUNT        publishes with up to 1,000 unacknowledged, persisted acks every
//   millisecond durable redis PORT COUNT        XADD in pipelines of 100, to a server with appendfsync always
//   durable raw   DIRECTORY COUNT   the machine's limit: writes of 64 KiB, each followed by fdatasync
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "protocols.h"

using namespace bench;

namespace {

constexpr std::uint64_t kWindow = 1'000;
constexpr std::uint64_t kPipeline = 100;
constexpr std::size_t kBodySize = 100;

// The highest number among the acks that are whole; the rest is kept for the next time.
std::uint64_t take_acks(std::string* bytes, std::uint64_t persisted) {
  std::size_t at = 0;
  std::string_view frame;
  while (whole_frame(*bytes, at, &frame)) {
    at += 4 + frame.size();
    const std::size_t number = frame.find("\"s\":");
    if (number != std::string_view::npos) persisted = std::strtoull(frame.data() + number + 4, nullptr, 10);
  }
  bytes->erase(0, at);
  return persisted;
}

std::uint64_t read_acks(int fd, std::string* bytes, std::uint64_t persisted) {
  char block[65536];
  const ssize_t n = recv(fd, block, sizeof block, 0);
  if (n <= 0) fail("acks");
  bytes->append(block, std::size_t(n));
  return take_acks(bytes, persisted);
}

void publish_amps(int port, std::uint64_t count) {
  const int fd = connect_to(port);
  write_all(fd,
            frame_of(R"({"c":"logon","cid":"1","client_name":"durable-)" + std::to_string(getpid()) +
                     R"(","mt":"json","a":"processed","version":"0.1:bench","opts":"ack_conflation=1ms"})"));
  read_until(fd, "success");
  const std::string body = body_of(kBodySize);
  std::string batch;
  std::string acks;
  for (std::uint64_t sent = 0, persisted = 0; persisted < count;) {
    batch.clear();
    while (sent < count && sent < persisted + kWindow) {
      batch += frame_of(R"({"c":"p","t":"orders","a":"persisted","s":)" + std::to_string(++sent) + "}", body);
    }
    if (!batch.empty()) write_all(fd, batch);
    persisted = read_acks(fd, &acks, persisted);
  }
}

void publish_redis(int port, std::uint64_t count) {
  const int fd = connect_to(port);
  const std::string body = body_of(kBodySize);
  const std::string command =
      "*7\r\n$4\r\nXADD\r\n$6\r\norders\r\n$6\r\nMAXLEN\r\n$7\r\n1000000\r\n$1\r\n*\r\n$1\r\nd\r\n$" +
      std::to_string(body.size()) + "\r\n" + body + "\r\n";
  std::string batch;
  for (std::uint64_t i = 0; i < kPipeline; ++i) batch += command;
  char block[65536];
  for (std::uint64_t done = 0; done < count; done += kPipeline) {
    write_all(fd, batch);
    // Each reply is a bulk string of two lines: the id.
    for (std::uint64_t lines = 0; lines < 2 * kPipeline;) {
      const ssize_t n = recv(fd, block, sizeof block, 0);
      if (n <= 0 || block[0] == '-') fail("replies");
      lines += std::uint64_t(std::count(block, block + n, '\n'));
    }
  }
}

void write_raw(const std::string& directory, std::uint64_t count) {
  const std::string path = directory + "/durable-" + std::to_string(getpid());
  const int fd = open(path.c_str(), O_CREAT | O_RDWR, 0600);
  const std::string block(65536, 'x');
  const std::uint64_t bytes = count * kBodySize;
  if (fd < 0 || posix_fallocate(fd, 0, off_t(bytes + block.size())) != 0) fail("file");
  for (std::uint64_t at = 0; at < bytes; at += block.size()) {
    if (pwrite(fd, block.data(), block.size(), off_t(at)) != ssize_t(block.size()) || fdatasync(fd) != 0) {
      fail("write");
    }
  }
  close(fd);
  unlink(path.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: durable amps|redis PORT COUNT, durable raw DIRECTORY COUNT\n");
    return 2;
  }
  const std::string mode = argv[1];
  const std::uint64_t count = std::strtoull(argv[3], nullptr, 10);
  const std::uint64_t began = now_ns();
  if (mode == "amps") publish_amps(std::atoi(argv[2]), count);
  if (mode == "redis") publish_redis(std::atoi(argv[2]), count);
  if (mode == "raw") write_raw(argv[2], count);
  print_result("durable_per_s", double(count) * 1e9 / double(now_ns() - began));
  return 0;
}
