// SPDX-License-Identifier: Apache-2.0
// Our C++ client in the same roles as its peers.
//   amps_client publish PORT COUNT   publish calls, then a flush
//   amps_client through PORT COUNT   publisher process → broker → message handler
//   amps_client handle  PORT SECONDS message handler alone, fed by `limits source`
//   amps_client rtt     PORT COUNT   the handler publishes the next message itself
#include <sys/wait.h>

#include <amps/ampsplusplus.hpp>
#include <atomic>

#include "measure.h"

using namespace bench;

namespace {

std::string uri_of(int port) {
  return "tcp://127.0.0.1:" + std::to_string(port) + "/amps/json?tcp_nodelay=true";
}

void open(AMPS::Client* client, int port) {
  client->connect(uri_of(port));
  client->logon();
}

void publish_all(AMPS::Client* client, std::uint64_t count) {
  const std::string body = body_of(100);
  const std::size_t topic_size = std::strlen(kTopic);
  for (std::uint64_t i = 0; i < count; ++i) client->publish(kTopic, topic_size, body.data(), body.size());
}

int publish(int port, std::uint64_t count) {
  AMPS::Client client("bench-publisher");
  open(&client, port);
  const std::uint64_t began = now_ns();
  publish_all(&client, count);
  const std::uint64_t called = now_ns();
  client.publishFlush(30000);
  print_result("calls_per_s", double(count) * 1e9 / double(called - began));
  print_result("flushed_per_s", double(count) * 1e9 / double(now_ns() - began));
  return 0;
}

struct Seen {
  std::uint64_t wanted = 0, bytes = 0, first = 0;
  std::atomic<std::uint64_t> count{0}, last{0};  // Written by the receive thread alone.
};

void on_message(const AMPS::Message& message, void* userdata) {
  auto* seen = static_cast<Seen*>(userdata);
  const std::uint64_t count = seen->count.load(std::memory_order_relaxed) + 1;
  if (count == 1) seen->first = now_ns();
  seen->bytes += message.getData().len() + message.getTopic().len();
  seen->count.store(count, std::memory_order_relaxed);
  if (count == seen->wanted) seen->last = now_ns();
}

int through(int port, std::uint64_t count) {
  int go[2];
  if (pipe(go) != 0) fail("pipe");
  pid_t child = fork();
  if (child == 0) {
    char byte;
    if (read(go[0], &byte, 1) != 1) _exit(1);
    AMPS::Client client("bench-publisher");
    open(&client, port);
    publish_all(&client, count);
    client.publishFlush(30000);
    client.disconnect();
    _exit(0);
  }
  AMPS::Client client("bench-subscriber");
  open(&client, port);
  Seen seen;
  seen.wanted = count;
  client.subscribe(AMPS::MessageHandler(on_message, &seen), kTopic, 5000);
  if (write(go[1], "x", 1) != 1) fail("write");
  for (const std::uint64_t end = now_ns() + 30'000'000'000u; seen.last == 0 && now_ns() < end;) usleep(500);
  waitpid(child, nullptr, 0);
  client.disconnect();
  if (seen.last == 0) {
    std::fprintf(stderr, "%llu of %llu messages came\n", (unsigned long long)seen.count,
                 (unsigned long long)count);
    return 1;
  }
  print_result("delivered_per_s", double(count) * 1e9 / double(seen.last - seen.first));
  return 0;
}

int handle(int port, double seconds) {
  AMPS::Client client("bench-subscriber");
  open(&client, port);
  Seen seen;
  client.subscribe(AMPS::MessageHandler(on_message, &seen), kTopic, 5000);
  const std::uint64_t began = now_ns(), before = seen.count;
  usleep(useconds_t(seconds * 1e6));
  print_result("delivered_per_s", double(seen.count - before) * 1e9 / double(now_ns() - began));
  std::fflush(stdout);
  _exit(0);
}

struct PingPong {
  PingPong(AMPS::Client* its_client, std::size_t count) : client(its_client), wanted(count) {
    ns.reserve(count);
  }

  AMPS::Client* client;
  std::size_t wanted;
  std::string body = body_of(100);
  std::uint64_t sent = 0;
  std::vector<std::uint32_t> ns;
  std::atomic<bool> done{false};

  void publish() {
    sent = now_ns();
    client->publish(kTopic, std::strlen(kTopic), body.data(), body.size());
  }
};

void on_pong(const AMPS::Message&, void* userdata) {
  auto* game = static_cast<PingPong*>(userdata);
  game->ns.push_back(std::uint32_t(now_ns() - game->sent));
  if (game->ns.size() < game->wanted) {
    game->publish();
  } else {
    game->done = true;
  }
}

int round_trips(int port, int count) {
  AMPS::Client client("bench-round-trip");
  open(&client, port);
  PingPong game(&client, std::size_t(count));
  client.subscribe(AMPS::MessageHandler(on_pong, &game), kTopic, 5000);
  game.publish();
  for (const std::uint64_t end = now_ns() + 30'000'000'000u; !game.done && now_ns() < end;) usleep(2000);
  client.disconnect();
  if (!game.done) return 1;
  print_latency(game.ns);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  alarm(120);
  if (argc < 4) return 2;
  const std::string mode = argv[1];
  const int port = std::atoi(argv[2]);
  const std::uint64_t count = std::strtoull(argv[3], nullptr, 10);
  try {
    if (mode == "publish") return publish(port, count);
    if (mode == "through") return through(port, count);
    if (mode == "handle") return handle(port, std::atof(argv[3]));
    if (mode == "rtt") return round_trips(port, int(count));
  } catch (const AMPS::AMPSException& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 2;
}
