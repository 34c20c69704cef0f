// SPDX-License-Identifier: Apache-2.0
// REL-10: subscribers that come, catch up with a publisher who goes on, and leave again miss nothing and
// see nothing twice. AMPS_TEST_CUTOVERS makes the run longer, AMPS_TEST_SEED repeats one.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "support/logged_broker.h"

using raw::Client;
using raw::Frame;

namespace {

unsigned long number_from(const char* name, unsigned long otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

// Publishes 1, 2, 3, … never far ahead of who receives.
class Publisher {
 public:
  explicit Publisher(std::uint16_t port) : client_(port) {
    client_.command(R"("c":"logon","mt":"json","client_name":"publisher","opts":"ack_conflation=1ms")");
    thread_ = std::thread([this] { run(); });
  }
  ~Publisher() {
    stopping_ = true;
    thread_.join();
  }
  std::atomic<std::uint64_t> received{0};

 private:
  void run() {
    for (std::uint64_t next = 1; !stopping_; ++next) {
      client_.send_frame(R"({"c":"p","t":"orders","a":"persisted","s":)" + std::to_string(next) + "}",
                         std::to_string(next));
      while (client_.has_frame()) client_.next("ack");
      while (!stopping_ && next > received + 500) std::this_thread::yield();
    }
  }
  Client client_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("REL-10 TXL-10: replay becomes live without a gap and without a duplicate, also across files") {
  const unsigned long cutovers = number_from("AMPS_TEST_CUTOVERS", 200);
  const unsigned long seed = number_from("AMPS_TEST_SEED", std::random_device{}());
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  raw::LoggedBroker broker;
  broker.start();
  Publisher publisher(broker.port());
  std::string bookmark = "0";
  std::uint64_t expected = 1;
  for (unsigned long i = 0; i < cutovers; ++i) {
    CAPTURE(i);
    Client client(broker.port());
    client.logon("subscriber");
    client.send_frame(R"({"c":"subscribe","cid":"s","sub_id":"s","t":"orders","a":"completed","bm":")" +
                      bookmark + "\"}");
    // The end of the replay, then some more: what was replayed and what came live.
    bool is_live = false;
    for (std::uint64_t live = random() % 20 + 1; live > 0;) {
      const Frame frame = client.next();
      if (frame.is("ack")) {
        CHECK(frame.get("a") == "completed");
        CHECK_FALSE(is_live);
        is_live = true;
        continue;
      }
      REQUIRE(frame.body == std::to_string(expected));
      bookmark = frame.get("bm");
      publisher.received = expected++;
      if (is_live) --live;
    }
  }
  CHECK(expected > 2 * cutovers);
}
