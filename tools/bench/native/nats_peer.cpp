// SPDX-License-Identifier: Apache-2.0
// The peer for the C++ client: nats.c (libnats) as its documentation shows it.
//   nats_peer publish PORT COUNT   publish calls
//   nats_peer through PORT COUNT   publisher process → server → message handler
//   nats_peer rtt     PORT COUNT   publish → server → own subscription
#include <nats/nats.h>
#include <sys/wait.h>

#include <atomic>

#include "measure.h"

using namespace bench;

namespace {

void check(natsStatus status, const char* what) {
  if (status == NATS_OK) return;
  std::fprintf(stderr, "%s: %s\n", what, natsStatus_GetText(status));
  std::exit(1);
}

natsConnection* connection(int port) {
  natsConnection* result = nullptr;
  check(natsConnection_ConnectTo(&result, ("nats://127.0.0.1:" + std::to_string(port)).c_str()), "connect");
  return result;
}

void publish_all(natsConnection* nats, std::uint64_t count) {
  const std::string body = body_of(100);
  for (std::uint64_t i = 0; i < count; ++i)
    check(natsConnection_Publish(nats, kTopic, body.data(), int(body.size())), "publish");
}

int publish(int port, std::uint64_t count) {
  natsConnection* nats = connection(port);
  const std::uint64_t began = now_ns();
  publish_all(nats, count);
  const std::uint64_t called = now_ns();
  check(natsConnection_FlushTimeout(nats, 30000), "flush");
  print_result("calls_per_s", double(count) * 1e9 / double(called - began));
  print_result("flushed_per_s", double(count) * 1e9 / double(now_ns() - began));
  return 0;
}

struct Seen {
  std::uint64_t wanted = 0, count = 0, bytes = 0, first = 0;
  std::atomic<std::uint64_t> last{0};
};

void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
  auto* seen = static_cast<Seen*>(closure);
  if (seen->count == 0) seen->first = now_ns();
  seen->bytes += std::uint64_t(natsMsg_GetDataLength(message));
  if (++seen->count == seen->wanted) seen->last = now_ns();
  natsMsg_Destroy(message);
}

int through(int port, std::uint64_t count) {
  int go[2];
  if (pipe(go) != 0) fail("pipe");
  pid_t child = fork();
  if (child == 0) {
    char byte;
    if (read(go[0], &byte, 1) != 1) _exit(1);
    natsConnection* nats = connection(port);
    publish_all(nats, count);
    natsConnection_FlushTimeout(nats, 30000);
    _exit(0);
  }
  natsConnection* nats = connection(port);
  natsSubscription* subscription = nullptr;
  Seen seen;
  seen.wanted = count;
  check(natsConnection_Subscribe(&subscription, nats, kTopic, on_message, &seen), "subscribe");
  natsSubscription_SetPendingLimits(subscription, -1, -1);
  check(natsConnection_Flush(nats), "flush");
  if (write(go[1], "x", 1) != 1) fail("write");
  for (const std::uint64_t end = now_ns() + 30'000'000'000u; seen.last == 0 && now_ns() < end;) usleep(500);
  waitpid(child, nullptr, 0);
  if (seen.last == 0) return 1;
  print_result("delivered_per_s", double(count) * 1e9 / double(seen.last - seen.first));
  std::fflush(stdout);
  _exit(0);
}

int round_trips(int port, int count) {
  natsConnection* nats = connection(port);
  natsSubscription* subscription = nullptr;
  check(natsConnection_SubscribeSync(&subscription, nats, kTopic), "subscribe");
  check(natsConnection_Flush(nats), "flush");
  std::vector<std::uint32_t> ns;
  for (int i = 0; i < count; ++i) {
    natsMsg* message = nullptr;
    const std::uint64_t began = now_ns();
    publish_all(nats, 1);
    check(natsSubscription_NextMsg(&message, subscription, 5000), "next message");
    ns.push_back(std::uint32_t(now_ns() - began));
    natsMsg_Destroy(message);
  }
  print_latency(ns);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  alarm(120);
  if (argc < 4) return 2;
  const std::string mode = argv[1];
  const int port = std::atoi(argv[2]), count = std::atoi(argv[3]);
  if (mode == "publish") return publish(port, std::uint64_t(count));
  if (mode == "through") return through(port, std::uint64_t(count));
  return mode == "rtt" ? round_trips(port, count) : 2;
}
