// SPDX-License-Identifier: Apache-2.0
// One load generator for every broker: bytes are made beforehand, so that the broker is measured.
//   load through PROTOCOL PORT SUBSCRIBERS SECONDS PID   one publisher → subscribers; PID: whose CPU to count
//   load filtered amps PORT COUNT SECONDS PID KIND       one publisher → one subscriber with COUNT filters,
//   of
//                                                        which one accepts; KIND: equality, range, list
//   load rtt     PROTOCOL PORT COUNT                     publish on one socket, wait on another
//   load publish PROTOCOL PORT COUNT                     publish in 64 KiB writes, then end
// PROTOCOL: raw (relay), amps, nats, redis; for publish also zmq (to a PULL socket).
#include <fcntl.h>
#include <sys/epoll.h>

#include <atomic>
#include <thread>

#include "protocols.h"

using namespace bench;

namespace {

constexpr std::size_t kBodySize = 100;

double cpu_seconds(int pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  char text[1024] = {};
  int fd = open(path.c_str(), O_RDONLY);
  ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0) return 0;
  unsigned long user = 0, system = 0;
  std::sscanf(std::strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
              &system);
  return double(user + system) / double(sysconf(_SC_CLK_TCK));
}

struct Progress {
  std::atomic<std::uint64_t> slowest{0};  // Deliveries of the subscriber that has fewest.
  std::atomic<std::uint64_t> published{0};
  std::atomic<bool> stopped{false};
};

// Publishes while no subscriber is more than a window behind.
void publish_until(const Protocol& protocol, int fd, std::uint64_t end, std::size_t subscribers,
                   Progress* progress) {
  std::size_t per_batch = 0;
  const std::string batch = batch_of(protocol.publish(body_of(kBodySize)), &per_batch);
  const std::uint64_t fair = (8u << 20) / (batch.size() / per_batch * subscribers);
  const std::uint64_t window = std::max<std::uint64_t>(per_batch * 2, std::min<std::uint64_t>(16384, fair));
  std::vector<char> replies(kBatchBytes);
  while (now_ns() < end && !progress->stopped) {
    if (progress->published - progress->slowest + per_batch > window) {
      usleep(20);
      continue;
    }
    write_all(fd, batch);
    progress->published += per_batch;
    while (recv(fd, replies.data(), replies.size(), MSG_DONTWAIT) == ssize_t(replies.size())) {
    }
  }
  progress->stopped = true;
}

struct Subscribers {
  int epoll = epoll_create1(0);
  std::vector<int> fds;
  std::vector<DeliveryCounter> counters;

  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const DeliveryCounter& counter : counters) sum += counter.count();
    return sum;
  }
  std::uint64_t slowest() const {
    std::uint64_t least = ~std::uint64_t{0};
    for (const DeliveryCounter& counter : counters) least = std::min(least, counter.count());
    return least;
  }
};

// Returns when all that was published has come, or five seconds after `end`; the value is the time of the
// last progress.
std::uint64_t receive_until(Subscribers* subscribers, std::uint64_t end, Progress* progress) {
  std::vector<char> buffer(256 * 1024);
  epoll_event events[256];
  std::uint64_t last = now_ns();
  while (now_ns() < end + 5'000'000'000u) {
    int count = epoll_wait(subscribers->epoll, events, 256, 200);
    for (int i = 0; i < count; ++i) {
      const std::size_t k = events[i].data.u32;
      ssize_t n = recv(subscribers->fds[k], buffer.data(), buffer.size(), 0);
      if (n <= 0) {
        std::fprintf(stderr, "subscriber %zu was disconnected\n", k);
        std::exit(1);
      }
      subscribers->counters[k].feed({buffer.data(), std::size_t(n)});
    }
    const std::uint64_t slowest = subscribers->slowest();
    if (slowest != progress->slowest) last = now_ns();
    progress->slowest = slowest;
    if (progress->stopped && slowest >= progress->published) break;
  }
  return last;
}

// Of the filters the first accepts what body_of() makes.
int open_filtered(const Protocol& protocol, int port, int count, const std::string& kind) {
  constexpr int kId = 1234567;
  const int fd = protocol.open(port, false);
  // The route of the topic is there before the clock runs.
  std::string frames = protocol.publish(body_of(kBodySize));
  for (int i = 0; i < count; ++i) {
    const auto id = [&](int step, int more) { return std::to_string(kId + step * i + more); };
    std::string filter = "/id = " + id(1, 0);
    if (kind == "range") filter = "/id BETWEEN " + id(10, 0) + " AND " + id(10, 9);
    if (kind == "list") filter = "/id IN (" + id(3, 0) + "," + id(3, 1) + "," + id(3, 2) + ")";
    const char* const ack = i + 1 == count ? R"(,"a":"processed")" : "";
    frames += frame_of(R"({"c":"subscribe","t":"orders.new","cid":"f","sub_id":")" + std::to_string(i) +
                       R"(","filter":")" + filter + '"' + ack + '}');
  }
  write_all(fd, frames);
  read_until(fd, "success");
  return fd;
}

int through(const Protocol& protocol, int port, const std::vector<int>& fds, double seconds, int pid) {
  const std::size_t count = fds.size();
  Subscribers subscribers;
  for (std::size_t i = 0; i < count; ++i) {
    subscribers.fds.push_back(fds[i]);
    subscribers.counters.emplace_back(protocol, kBodySize);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = std::uint32_t(i);
    epoll_ctl(subscribers.epoll, EPOLL_CTL_ADD, subscribers.fds.back(), &event);
  }
  int publisher = protocol.open(port, false);
  Progress progress;
  const double cpu_before = cpu_seconds(pid);
  const std::uint64_t began = now_ns(), end = began + std::uint64_t(seconds * 1e9);
  std::thread thread([&] { publish_until(protocol, publisher, end, count, &progress); });
  const std::uint64_t last = receive_until(&subscribers, end, &progress);
  progress.stopped = true;
  thread.join();
  const double total = double(subscribers.total());
  if (total == 0) return 1;
  print_result("delivered_per_s", total * 1e9 / double(last - began));
  print_result("cpu_ns_per_delivery", (cpu_seconds(pid) - cpu_before) * 1e9 / total);
  print_result("lost", double(progress.published) * double(count) - total);
  return 0;
}

int round_trips(const Protocol& protocol, int port, int count) {
  const std::string message = protocol.publish(body_of(kBodySize));
  int subscriber = protocol.open(port, true), publisher = protocol.open(port, false);
  DeliveryCounter counter(protocol, kBodySize);
  std::vector<std::uint32_t> ns;
  std::vector<char> buffer(kBatchBytes);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t began = now_ns();
    write_all(publisher, message);
    while (counter.count() <= std::uint64_t(i) || !counter.at_frame_end()) {
      ssize_t n = recv(subscriber, buffer.data(), buffer.size(), 0);
      if (n <= 0) fail("round trip");
      counter.feed({buffer.data(), std::size_t(n)});
    }
    ns.push_back(std::uint32_t(now_ns() - began));
    recv(publisher, buffer.data(), buffer.size(), MSG_DONTWAIT);
  }
  print_latency(ns);
  return 0;
}

int publish(const Protocol& protocol, int port, std::uint64_t count) {
  std::size_t per_batch = 0;
  const std::string message = protocol.publish(body_of(kBodySize)), batch = batch_of(message, &per_batch);
  std::vector<char> replies(kBatchBytes);
  int fd = protocol.open(port, false);
  for (std::uint64_t sent = 0; sent < count; sent += per_batch) {
    const std::size_t now = std::min<std::uint64_t>(per_batch, count - sent);
    if (!write_all(fd, std::string_view(batch).substr(0, now * message.size()))) return 1;
    while (recv(fd, replies.data(), replies.size(), MSG_DONTWAIT) == ssize_t(replies.size())) {
    }
  }
  // A half close lets the broker read everything; its own close says that it has.
  shutdown(fd, SHUT_WR);
  while (recv(fd, replies.data(), replies.size(), 0) > 0) {
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  alarm(120);
  if (argc < 5) {
    std::fprintf(stderr, "usage: see the head of load.cpp\n");
    return 2;
  }
  const std::string mode = argv[1];
  const Protocol protocol(argv[2]);
  const int port = std::atoi(argv[3]);
  std::vector<int> fds;
  if (mode == "through" && argc > 6) {
    for (int i = 0; i < std::atoi(argv[4]); ++i) fds.push_back(protocol.open(port, true));
    return through(protocol, port, fds, std::atof(argv[5]), std::atoi(argv[6]));
  }
  if (mode == "filtered" && argc > 7) {
    fds.push_back(open_filtered(protocol, port, std::atoi(argv[4]), argv[7]));
    return through(protocol, port, fds, std::atof(argv[5]), std::atoi(argv[6]));
  }
  if (mode == "rtt") return round_trips(protocol, port, std::atoi(argv[4]));
  if (mode == "publish") return publish(protocol, port, std::strtoull(argv[4], nullptr, 10));
  return 2;
}
