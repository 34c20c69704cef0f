// SPDX-License-Identifier: Apache-2.0
// The bytes each broker's protocol needs, so that one load generator measures all of them alike.
#pragma once

#include <poll.h>

#include "measure.h"

namespace bench {

// Reads until the text has come; what follows it is kept by the caller's next read only if it came later.
inline void read_until(int fd, std::string_view text) {
  std::string got;
  char block[4096];
  while (got.find(text) == std::string::npos) {
    pollfd readable{fd, POLLIN, 0};
    ssize_t n = poll(&readable, 1, 8000) > 0 ? recv(fd, block, sizeof block, 0) : 0;
    if (n <= 0) {
      std::fprintf(stderr, "handshake: no '%.*s' in '%s'\n", int(text.size()), text.data(), got.c_str());
      std::exit(1);
    }
    got.append(block, std::size_t(n));
  }
}

class Protocol {
 public:
  explicit Protocol(std::string name) : name_(std::move(name)) {
    if (name_ != "raw" && name_ != "amps" && name_ != "nats" && name_ != "redis" && name_ != "zmq") {
      std::fprintf(stderr, "unknown protocol %s\n", name_.c_str());
      std::exit(2);
    }
  }

  const std::string& name() const { return name_; }

  // Connects as publisher or subscriber; the subscription is active on return.
  int open(int port, bool subscriber) const {
    int fd = connect_to(port);
    if (name_ == "raw") open_raw(fd, subscriber);
    if (name_ == "amps") open_amps(fd, subscriber);
    if (name_ == "nats") open_nats(fd, subscriber);
    if (name_ == "redis" && subscriber) {
      write_all(fd, "*2\r\n$9\r\nSUBSCRIBE\r\n$10\r\norders.new\r\n");
      read_until(fd, ":1\r\n");
    }
    if (name_ == "zmq") open_zmq(fd);
    return fd;
  }

  std::string publish(std::string_view body) const {
    const std::string size = std::to_string(body.size());
    if (name_ == "nats") return "PUB orders.new " + size + "\r\n" + std::string(body) + "\r\n";
    if (name_ == "redis")
      return "*3\r\n$7\r\nPUBLISH\r\n$10\r\norders.new\r\n$" + size + "\r\n" + std::string(body) + "\r\n";
    if (name_ == "zmq") return std::string{0, char(body.size())} + std::string(body);
    return publish_frame(body);
  }

  // Bytes of one delivery where they are always as many; 0 for length-prefixed frames.
  std::size_t delivery_size(std::size_t body_size) const {
    const std::size_t digits = std::to_string(body_size).size();
    if (name_ == "nats") return std::strlen("MSG orders.new 1 ") + digits + 2 + body_size + 2;
    if (name_ == "redis")
      return std::strlen("*3\r\n$7\r\nmessage\r\n$10\r\norders.new\r\n$") + digits + 2 + body_size + 2;
    return 0;
  }

 private:
  static void open_raw(int fd, bool subscriber) {
    write_all(fd, subscriber ? "S" : "P");
    if (subscriber) read_until(fd, "+");
  }

  static void open_amps(int fd, bool subscriber) {
    static int count = 0;
    const std::string name = "load-" + std::to_string(getpid()) + "-" + std::to_string(++count);
    write_all(fd, frame_of(R"({"c":"logon","cid":"1","client_name":")" + name +
                           R"(","mt":"json","a":"processed","version":"0.1:bench"})"));
    read_until(fd, "success");
    if (!subscriber) return;
    write_all(fd, frame_of(R"({"c":"subscribe","cid":"2","sub_id":"2","t":"orders.new","a":"processed"})"));
    read_until(fd, "success");
  }

  static void open_nats(int fd, bool subscriber) {
    read_until(fd, "\r\n");
    std::string text = "CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":true}\r\n";
    if (subscriber) text += "SUB orders.new 1\r\n";
    write_all(fd, text + "PING\r\n");
    read_until(fd, "PONG\r\n");
  }

  // ZMTP 3.0, mechanism NULL, as a PUSH socket.
  static void open_zmq(int fd) {
    std::string greeting("\xff\0\0\0\0\0\0\0\0\x7f\3\0NULL", 16);
    greeting.resize(64, '\0');
    write_all(fd, greeting);
    write_all(fd, std::string("\4\x1a\5READY\xbSocket-Type\0\0\0\4PUSH", 28));
    read_until(fd, "READY");
  }

  std::string name_;
};

// Counts deliveries in a stream that comes in pieces.
class DeliveryCounter {
 public:
  DeliveryCounter(const Protocol& protocol, std::size_t body_size)
      : size_(protocol.delivery_size(body_size)) {}

  std::uint64_t count() const { return count_; }
  // False while part of a frame is missing.
  bool at_frame_end() const { return size_ ? bytes_ % size_ == 0 : skip_ == 0 && part_.empty(); }

  void feed(std::string_view bytes) {
    bytes_ += bytes.size();
    if (size_ != 0) {
      count_ = bytes_ / size_;
      return;
    }
    while (!bytes.empty()) {
      const std::size_t skipped = std::min(skip_, bytes.size());
      skip_ -= skipped;
      bytes.remove_prefix(skipped);
      if (bytes.empty()) return;
      take_frame_start(&bytes);
    }
  }

 private:
  // A frame begins with its length and {"c":"p…; acks have another letter there.
  void take_frame_start(std::string_view* bytes) {
    constexpr std::size_t kStart = 11;
    const std::size_t taken = std::min(kStart - part_.size(), bytes->size());
    part_.append(bytes->substr(0, taken));
    bytes->remove_prefix(taken);
    if (part_.size() < kStart) return;
    std::uint32_t length;
    std::memcpy(&length, part_.data(), 4);
    skip_ = ntohl(length) - (kStart - 4);
    count_ += part_[10] == 'p';
    part_.clear();
  }

  std::size_t size_;
  std::uint64_t bytes_ = 0, count_ = 0;
  std::size_t skip_ = 0;
  std::string part_;
};

}  // namespace bench
