// SPDX-License-Identifier: Apache-2.0
// What the machine can do at most, without any client or broker of ours.
//   limits receive SECONDS        64 KiB writes → recv, cut, parse five keys, call a handler
//   limits write SECONDS          64 KiB writes of publish frames into a socket that is only drained
//   limits rtt COUNT one|free     ping-pong of one frame, both ends on one core or placed freely
//   limits sink                   prints its port; answers a logon, then drains one connection after another
//   limits source SECONDS         prints its port; answers logon and subscribe, then delivers without pause
#include <sys/wait.h>

#include <functional>

#include "measure.h"

using namespace bench;

namespace {

struct Header {
  std::string_view command, topic, sub_ids, bookmark, key;
};

// The cheapest parse of a delivery's header; returns its length.
__attribute__((noinline)) std::size_t parse_header(std::string_view frame, Header* header) {
  const char *at = frame.data() + 1, *end = frame.data() + frame.size();
  for (;;) {
    const char* key = at + 1;
    auto* key_end = static_cast<const char*>(std::memchr(key, '"', std::size_t(end - key)));
    const char* value = key_end + 3;
    auto* value_end = static_cast<const char*>(std::memchr(value, '"', std::size_t(end - value)));
    std::string_view text(value, std::size_t(value_end - value));
    switch (key_end - key) {
      case 1:
        (*key == 'c' ? header->command : *key == 't' ? header->topic : header->key) = text;
        break;
      case 2:
        header->bookmark = text;
        break;
      default:
        header->sub_ids = text;
    }
    at = value_end + 1;
    if (*at == '}') return std::size_t(at + 1 - frame.data());
    ++at;
  }
}

std::string delivery_frame() {
  return frame_of(R"({"c":"p","t":"orders.new","sids":"123","bm":"10485643|1700000000001|","k":"1234567"})",
                  body_of(100));
}

void write_for(int fd, const std::string& message, double seconds, std::uint64_t* sent) {
  std::size_t count = 0;
  const std::string batch = batch_of(message, &count);
  const std::uint64_t end = now_ns() + std::uint64_t(seconds * 1e9);
  while (now_ns() < end && write_all(fd, batch)) *sent += count;
}

int receive(double seconds) {
  int port = 0, listener = listen_on(&port);
  pid_t child = fork();
  if (child == 0) {
    int fd = connect_to(port);
    std::uint64_t sent = 0;
    write_for(fd, delivery_frame(), seconds, &sent);
    _exit(0);
  }
  int fd = accept(listener, nullptr, nullptr);
  std::vector<char> buffer(256 * 1024);
  std::size_t have = 0;
  std::uint64_t count = 0, bytes = 0, began = 0;
  std::function<void(const Header&, std::string_view)> handler =
      [&](const Header& header, std::string_view body) { bytes += header.topic.size() + body.size(); };
  for (;;) {
    ssize_t n = recv(fd, buffer.data() + have, buffer.size() - have, 0);
    if (n <= 0) break;
    if (began == 0) began = now_ns();
    have += std::size_t(n);
    std::size_t at = 0;
    std::string_view frame, all(buffer.data(), have);
    while (whole_frame(all, at, &frame)) {
      Header header;
      std::size_t header_size = parse_header(frame, &header);
      handler(header, frame.substr(header_size));
      ++count;
      at += 4 + frame.size();
    }
    std::memmove(buffer.data(), buffer.data() + at, have - at);
    have -= at;
  }
  print_result("delivered_per_s", double(count) * 1e9 / double(now_ns() - began));
  waitpid(child, nullptr, 0);
  return bytes == 0;
}

void drain(int fd) {
  std::vector<char> buffer(256 * 1024);
  while (recv(fd, buffer.data(), buffer.size(), 0) > 0) {
  }
}

int write_only(double seconds) {
  int port = 0, listener = listen_on(&port);
  pid_t child = fork();
  if (child == 0) {
    drain(accept(listener, nullptr, nullptr));
    _exit(0);
  }
  int fd = connect_to(port);
  std::uint64_t sent = 0, began = now_ns();
  write_for(fd, publish_frame(body_of(100)), seconds, &sent);
  print_result("calls_per_s", double(sent) * 1e9 / double(now_ns() - began));
  close(fd);
  waitpid(child, nullptr, 0);
  return 0;
}

int round_trips(int count, bool one_core) {
  int port = 0, listener = listen_on(&port);
  int near_fd = connect_to(port), far_fd = accept(listener, nullptr, nullptr);
  set_no_delay(far_fd);
  const std::string frame = publish_frame(body_of(100));
  std::string in(frame.size(), 0);
  if (one_core) pin_to(0);
  pid_t child = fork();
  if (child == 0) {
    close(near_fd);
    while (read_all(far_fd, in.data(), in.size())) write_all(far_fd, in);
    _exit(0);
  }
  close(far_fd);
  std::vector<std::uint32_t> ns;
  for (int i = 0; i < count; ++i) {
    std::uint64_t began = now_ns();
    if (!write_all(near_fd, frame) || !read_all(near_fd, in.data(), in.size())) fail("round trip");
    ns.push_back(std::uint32_t(now_ns() - began));
  }
  close(near_fd);
  waitpid(child, nullptr, 0);
  print_latency(ns);
  return 0;
}

// The value of a text key in a header, or empty.
std::string value_of(std::string_view header, const std::string& key) {
  std::size_t at = header.find("\"" + key + "\":\"");
  if (at == std::string_view::npos) return {};
  at += key.size() + 4;
  return std::string(header.substr(at, header.find('"', at) - at));
}

// Answers each command that asks for it, until one with `command` has been answered.
bool answer_until(int fd, std::string_view command, std::string* sub_id) {
  for (;;) {
    char prefix[4];
    std::uint32_t length;
    if (!read_all(fd, prefix, 4)) return false;
    std::memcpy(&length, prefix, 4);
    std::string header(ntohl(length), 0);
    if (!read_all(fd, header.data(), header.size())) return false;
    std::string id = value_of(header, "cid"), name = value_of(header, "c");
    *sub_id = value_of(header, "sub_id").empty() ? id : value_of(header, "sub_id");
    write_all(fd, frame_of(R"({"c":"ack","cid":")" + id + R"(","sub_id":")" + *sub_id +
                           R"(","a":"processed","status":"success","version":"0.1"})"));
    if (name == command) return true;
  }
}

int sink() {
  int port = 0, listener = listen_on(&port);
  std::printf("%d\n", port);
  std::fflush(stdout);
  for (;;) {
    int fd = accept(listener, nullptr, nullptr);
    std::string sub_id;
    if (fd >= 0 && answer_until(fd, "logon", &sub_id)) drain(fd);
    close(fd);
  }
}

int source(double seconds) {
  int port = 0, listener = listen_on(&port);
  std::printf("%d\n", port);
  std::fflush(stdout);
  int fd = accept(listener, nullptr, nullptr);
  std::string sub_id;
  if (!answer_until(fd, "subscribe", &sub_id)) return 1;
  std::uint64_t sent = 0;
  std::string header =
      R"({"c":"p","t":"orders.new","sids":")" + sub_id + R"(","bm":"10485643|1700000000001|","k":"1234567"})";
  write_for(fd, frame_of(header, body_of(100)), seconds, &sent);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  alarm(120);
  if (mode == "sink") return sink();
  if (argc > 2 && mode == "receive") return receive(std::atof(argv[2]));
  if (argc > 2 && mode == "write") return write_only(std::atof(argv[2]));
  if (argc > 2 && mode == "source") return source(std::atof(argv[2]));
  if (argc > 3 && mode == "rtt") return round_trips(std::atoi(argv[2]), std::string(argv[3]) == "one");
  std::fprintf(stderr, "usage: see the head of limits.cpp\n");
  return 2;
}
