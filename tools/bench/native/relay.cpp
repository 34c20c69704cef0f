// SPDX-License-Identifier: Apache-2.0
// The least a broker can do, as the limit for any broker on this machine: one thread, epoll; each
// frame's header is parsed and a delivery with the subscriber's own id is built.
//   relay          prints its port; ends when its standard input closes
// A client's first byte says what it is: 'S' subscriber, 'P' publisher. The publisher is not read
// again until every subscriber has taken the block.
#include <poll.h>
#include <sys/epoll.h>

#include "measure.h"

using namespace bench;

namespace {

struct Peer {
  char kind = 0;
  std::string in, out, sub_id;
  std::size_t written = 0;
};

class Relay {
 public:
  Relay() : epoll_(epoll_create1(0)), peers_(1024), buffer_(256 * 1024) {}

  void run() {
    int port = 0;
    listener_ = listen_on(&port);
    std::printf("%d\n", port);
    std::fflush(stdout);
    watch(listener_);
    watch(0);
    epoll_event events[64];
    for (;;) {
      int count = epoll_wait(epoll_, events, 64, -1);
      for (int i = 0; i < count; ++i) {
        int fd = events[i].data.fd;
        if (fd == 0 && read(0, buffer_.data(), 64) <= 0) return;
        if (fd == listener_) accept_one();
        if (fd != 0 && fd != listener_) read_from(fd);
      }
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept_one() {
    int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0 || std::size_t(fd) >= peers_.size()) return;
    set_no_delay(fd);
    peers_[std::size_t(fd)] = Peer();
    watch(fd);
  }

  void read_from(int fd) {
    Peer& peer = peers_[std::size_t(fd)];
    ssize_t n = recv(fd, buffer_.data(), buffer_.size(), 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      subscribers_.erase(std::remove(subscribers_.begin(), subscribers_.end(), fd), subscribers_.end());
      close(fd);
      return;
    }
    std::string_view bytes(buffer_.data(), std::size_t(n));
    if (peer.kind == 0) {
      peer.kind = bytes[0];
      bytes.remove_prefix(1);
      if (peer.kind == 'S') {
        subscribers_.push_back(fd);
        peer.sub_id = std::to_string(subscribers_.size());
        write_all(fd, "+");
      }
    }
    if (peer.kind == 'P') deliver(peer, bytes);
  }

  void deliver(Peer& publisher, std::string_view bytes) {
    if (!publisher.in.empty()) bytes = publisher.in.append(bytes);
    std::size_t at = 0;
    std::string_view frame;
    for (; whole_frame(bytes, at, &frame); at += 4 + frame.size()) {
      std::size_t topic = frame.find(':', 6) + 2, topic_end = frame.find('"', topic);
      std::size_t body = frame.find('}', topic_end) + 1;
      for (int fd : subscribers_)
        encode(peers_[std::size_t(fd)], frame.substr(topic, topic_end - topic), frame.substr(body));
    }
    std::string rest(bytes.substr(at));
    publisher.in.swap(rest);
    for (int fd : subscribers_) flush(fd);
  }

  static void encode(Peer& to, std::string_view topic, std::string_view body) {
    std::uint32_t length = htonl(std::uint32_t(14 + topic.size() + 10 + to.sub_id.size() + 2 + body.size()));
    to.out.append(reinterpret_cast<const char*>(&length), 4).append(R"({"c":"p","t":")").append(topic);
    to.out.append(R"(","sids":")").append(to.sub_id).append("\"}").append(body);
  }

  void flush(int fd) {
    Peer& peer = peers_[std::size_t(fd)];
    while (peer.written < peer.out.size()) {
      ssize_t n = send(fd, peer.out.data() + peer.written, peer.out.size() - peer.written, MSG_NOSIGNAL);
      if (n > 0) peer.written += std::size_t(n);
      pollfd wanted{fd, POLLOUT, 0};
      if (n < 0 && (errno != EAGAIN || poll(&wanted, 1, 2000) <= 0)) break;
    }
    peer.out.clear();
    peer.written = 0;
  }

  int epoll_, listener_ = -1;
  std::vector<Peer> peers_;
  std::vector<int> subscribers_;
  std::vector<char> buffer_;
};

}  // namespace

int main() {
  Relay().run();
  return 0;
}
