// SPDX-License-Identifier: Apache-2.0
// What is different when publisher and subscribers live on different threads.
#include "broker/io_thread.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "support/test_broker.h"

using raw::Client;
using raw::Frame;
using raw::TestBroker;

TEST_CASE(
    "PRF-03: publishers and subscribers on several threads: everything arrives, in each publisher's order") {
  TestBroker broker;
  broker.with(AMPS_BROKER_IO_THREADS, 3).start();
  constexpr int kPublishers = 4, kSubscribers = 5, kMessages = 2000;
  std::vector<std::unique_ptr<Client>> subscribers;
  for (int i = 0; i < kSubscribers; ++i) {
    subscribers.push_back(std::make_unique<Client>(broker.port()));
    subscribers.back()->logon();
    subscribers.back()->subscribe(i % 2 == 0 ? "t" : "^t$", std::to_string(i % 3));
  }
  std::vector<std::thread> threads;
  for (int p = 0; p < kPublishers; ++p) {
    threads.emplace_back([&, p] {
      Client publisher(broker.port());
      publisher.logon();
      for (int i = 0; i < kMessages; ++i) publisher.publish("t", std::to_string(p) + " " + std::to_string(i));
      publisher.expect_nothing();
    });
  }
  std::vector<std::string> first_order;
  for (auto& subscriber : subscribers) {
    std::vector<int> next(kPublishers, 0);
    std::vector<std::string> order;
    for (int i = 0; i < kPublishers * kMessages; ++i) {
      order.push_back(subscriber->next("p").body);
      const std::size_t space = order.back().find(' ');
      const int publisher = std::stoi(order.back().substr(0, space));
      REQUIRE(std::stoi(order.back().substr(space + 1)) == next[static_cast<std::size_t>(publisher)]++);
    }
    if (first_order.empty()) first_order = order;
    CHECK(order == first_order);  // One total order for all.
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("connections come and go while messages flow") {
  TestBroker broker;
  broker.with(AMPS_BROKER_IO_THREADS, 3).start();
  std::atomic<bool> stop{false};
  std::thread publishing([&] {
    Client publisher(broker.port());
    publisher.logon();
    while (!stop) {
      for (int i = 0; i < 100; ++i) publisher.publish("t", std::string(200, 'x'));
      publisher.expect_nothing();
    }
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 60; ++i) {
        Client client(broker.port());
        client.logon();
        client.subscribe(i % 2 == 0 ? "t" : "^t", "1");
        client.next("p");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  publishing.join();
  broker.wait_for_count("connections", 0);
  CHECK(broker.count("subscriptions") == 0);
}
