// SPDX-License-Identifier: Apache-2.0
// Every allocation of a session fails once in turn: who asked gets an error, and what comes next works.
#include "failing_memory.h"

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <new>
#include <string>

#include "session.h"

using namespace integration;

namespace {

constexpr std::uint64_t kAllocationsMax = 100'000;
constexpr std::chrono::milliseconds kImpatient(100);

struct Fixture {
  Broker broker;
  std::string uri;
  std::deque<Inbox> inboxes;  // A subscription that nobody could end may still deliver.
  Fixture() {
    broker.listen_on_tcp();
    broker.start();
    uri = broker.uri();
  }

  // All a program does from the beginning to the end of a session. `patience`: how long it waits for
  // messages, which a subscription does not get while its client reconnects.
  void session(AMPS::Client& client, std::chrono::milliseconds patience = kWait) {
    client.setExceptionListener(AMPS::ExceptionListener());
    client.setHeartbeat(10, 20);
    open(client, uri);
    exchange(client, patience);
    client.disconnect();
  }
  void session(AMPS::HAClient& client, std::chrono::milliseconds patience = kWait) {
    prepare(client);
    client.setPublishStore(AMPS::Store(new AMPS::MemoryPublishStore(1'000'000)));
    client.setBookmarkStore(AMPS::BookmarkStore(new AMPS::MemoryBookmarkStore));
    client.connectAndLogon();
    exchange(client, patience);
    client.disconnect();
  }
  void prepare(AMPS::HAClient& client) const {
    auto* const chooser = new AMPS::DefaultServerChooser;
    client.setServerChooser(AMPS::ServerChooser(chooser));
    chooser->add(uri);
    client.setReconnectDelay(1);
    client.setLogonOptions("ack_conflation=1ms");
  }
  void exchange(AMPS::Client& client, std::chrono::milliseconds patience) {
    Inbox& inbox = inboxes.emplace_back();
    const std::string id = client.subscribe(inbox.handler(), "orders", kTimeoutMs);
    for (const char* body : {"{\"id\":1}", "{\"id\":2}"}) publish(client, "orders", body);
    publish(client, "orders", std::string(300'000, 'x'));
    client.publishFlush(kTimeoutMs);
    if (!inbox.wait_for(3, patience)) throw AMPS::TimedOutException("messages");
    AMPS::MessageStream stream = client.subscribe("others", kTimeoutMs);
    publish(client, "others", "one");
    for (const AMPS::Message& message : stream.timeout(unsigned(patience.count()))) {
      if (!message.isValid()) throw AMPS::TimedOutException("stream");
      break;
    }
    client.unsubscribe(id);
  }
};

// Runs `work` with one failing allocation after the other, until none is left to fail. Returns how many.
std::uint64_t each_allocation(const std::function<void()>& work, const std::function<void()>& then) {
  for (std::uint64_t n = 1;; ++n) {
    CAPTURE(n);
    REQUIRE(n < kAllocationsMax);
    std::string told;
    fail_allocation(n);
    try {
      work();
    } catch (const std::bad_alloc&) {
      told = "no memory";
    } catch (const AMPS::AMPSException& error) {
      told = error.what();
    }
    const bool failed = allocation_failed();
    if (!failed) {
      CHECK(told.empty());
      return n - 1;
    }
    CHECK_NOTHROW(then());
  }
}

}  // namespace

TEST_CASE_TEMPLATE("REL-20: whichever allocation of a caller fails, it is told, and its client goes on",
                   Client, AMPS::Client, AMPS::HAClient) {
  Fixture at;
  int number = 0;
  const auto name = [&number] { return "torture-" + std::to_string(++number); };
  SUBCASE("a client that had to give up is used again") {
    Client client(name());
    const auto again = [&] {
      client.disconnect();
      at.session(client);
    };
    CHECK(each_allocation([&] { at.session(client, kImpatient); }, again) > 30);
  }
  SUBCASE("one that is made and destroyed meanwhile leaves nothing that others would miss") {
    const auto whole = [&](std::chrono::milliseconds patience) {
      Client client(name());
      at.session(client, patience);
    };
    CHECK(each_allocation([&] { whole(kImpatient); }, [&] { whole(kWait); }) > 30);
  }
}

TEST_CASE("REL-20: a receive thread without memory loses its connection at most") {
  Fixture at;
  AMPS::Client publisher("publisher");
  open(publisher, at.uri);
  for (std::uint64_t n = 1, failed = 1; failed != 0; ++n) {
    CAPTURE(n);
    REQUIRE(n < kAllocationsMax);
    Inbox inbox;
    AMPS::HAClient client("subscriber");
    at.prepare(client);
    client.setThreadCreatedCallback(
        [](pthread_t, void*) {
          join_failing_threads();
          return AMPS_E_OK;
        },
        nullptr);
    fail_joined_allocation(n);
    // The subscriber's acks are read by that thread too.
    const bool subscribed = eventually([&] {
      try {
        if (client.getHandle() != nullptr) client.connectAndLogon();
      } catch (const AMPS::AlreadyConnectedException&) {
      } catch (const AMPS::AMPSException&) {
        return false;
      }
      try {
        client.subscribe(inbox.handler(), "orders", kTimeoutMs);
        return true;
      } catch (const AMPS::AMPSException&) {
        return false;
      }
    });
    CHECK(subscribed);
    // Whatever happens to its connection, it comes back and asks for the messages again.
    CHECK(eventually([&] {
      publish(publisher, "orders", std::string(100'000, 'x'));
      return inbox.wait_for(1, std::chrono::milliseconds(20));
    }));
    failed = joined_allocation_failed() ? 1 : 0;
    client.disconnect();
  }
}
