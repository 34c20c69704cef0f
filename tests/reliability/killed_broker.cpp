// SPDX-License-Identifier: Apache-2.0
#include "killed_broker.h"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "broker/journal/publishers.h"
#include "kill_cycles.h"
#include "killable_broker.h"
#include "numbered_body.h"
#include "support/raw_client.h"
#include "support/temporary_directory.h"

namespace amps::test {

namespace {

using namespace amps::broker;
using raw::Client;
using raw::Frame;

constexpr int kPublishers = 3;
constexpr std::uint64_t kOutstandingMax = 50;

struct Publisher {
  std::string name;
  std::uint64_t sent = 0;
  std::atomic<std::uint64_t> persisted{0};
  std::string complaint;

  // Until the connection breaks.
  void run(std::uint16_t port) {
    try {
      Client client(port);
      publish(client);
    } catch (const std::runtime_error&) {
    }
  }

 private:
  void publish(Client& client) {
    const Frame logon = client.command(
        R"("c":"logon","mt":"json","opts":"ack_conflation=1ms","client_name":")" + name + "\"");
    const std::uint64_t known = std::stoull(logon.get("s"));
    if (known < persisted)
      complaint = name + ": logon says " + logon.get("s") + ", which is less than was acknowledged";
    if (known > sent) complaint = name + ": logon says " + logon.get("s") + ", which was never sent";
    std::uint64_t next = known + 1;
    for (;;) {
      for (; next <= persisted + kOutstandingMax || next <= known + kOutstandingMax; ++next) {
        if (next > sent) sent = next;
        client.send_frame(R"({"c":"p","t":"orders","a":"persisted","s":)" + std::to_string(next) + "}",
                          numbered_body(name, next));
      }
      take_ack(client.next("ack"), next - 1);
    }
  }
  void take_ack(const Frame& ack, std::uint64_t highest) {
    const std::uint64_t sequence = std::stoull(ack.get("s"));
    if (ack.get("status") != "success" || sequence < persisted || sequence > highest) {
      complaint = name + ": " + ack.header;
    }
    persisted = sequence;
  }
};

// Receives as an ordinary subscriber, with bookmarks.
struct Subscriber {
  std::vector<std::string> bookmarks;

  void run(std::uint16_t port) {
    bookmarks.clear();
    try {
      Client client(port);
      client.logon("subscriber");
      client.subscribe("orders", "1", "bookmark");
      for (;;) bookmarks.push_back(client.next("p").get("bm"));
    } catch (const std::runtime_error&) {
    }
  }
};

// Receives by bookmark, each time from where it was.
struct Resuming {
  std::vector<std::string> bookmarks;

  void run(std::uint16_t port) {
    try {
      Client client(port);
      client.logon("resuming");
      const std::string from = bookmarks.empty() ? "0" : bookmarks.back();
      client.send_frame(R"({"c":"subscribe","cid":"s","sub_id":"s","t":"orders","bm":")" + from + "\"}");
      for (;;) bookmarks.push_back(client.next("p").get("bm"));
    } catch (const std::runtime_error&) {
    }
  }
};

// Reads the log as a start does, and holds it against what was promised.
class LogCheck {
 public:
  explicit LogCheck(const std::vector<std::unique_ptr<Publisher>>& publishers) : publishers_(publishers) {
    for (const auto& publisher : publishers) by_id_[publisher_id(publisher->name, "")] = publisher.get();
  }
  std::string run(const KillableBroker& broker, const Subscriber& subscriber, const Resuming& resuming) {
    const Status status = broker.visit_log([this](const JournalRecord& record) { take(record); });
    if (!status.ok()) return status.text();
    check_publishers();
    check_bookmarks(subscriber, resuming);
    return complaint_;
  }

 private:
  void complain(const std::string& text) {
    if (complaint_.empty()) complaint_ = text;
  }
  void take(const JournalRecord& record) {
    const std::uint64_t id = record.bookmark.publisher;
    const std::uint64_t sequence = record.bookmark.sequence;
    places_[std::string(BookmarkText(record.bookmark).view())] = record.txid;
    if (by_id_.count(id) == 0) return complain("a publisher nobody knows");
    const std::string& name = by_id_[id]->name;
    // They send everything in order, so that anything but the next is lost, repeated or out of order.
    std::uint64_t& last = last_[id];
    if (sequence != last + 1) {
      complain(name + ": after " + std::to_string(last) + " comes " + std::to_string(sequence));
    }
    if (record.body != numbered_body(name, sequence)) complain("a body is not what was sent");
    last = sequence;
  }
  void check_publishers() {
    for (const auto& publisher : publishers_) {
      if (!publisher->complaint.empty()) complain(publisher->complaint);
      const std::uint64_t last = last_[publisher_id(publisher->name, "")];
      if (last < publisher->persisted) complain(publisher->name + ": what was acknowledged is lost");
      if (last > publisher->sent) complain(publisher->name + ": what was never sent is there");
    }
  }
  void check_bookmarks(const Subscriber& subscriber, const Resuming& resuming) {
    // It is given what is safe only, so it has the log from the beginning, message by message.
    std::uint64_t place = 0;
    for (const std::string& bookmark : resuming.bookmarks) {
      if (places_[bookmark] != ++place) return complain("resumed: " + bookmark + " is out of its place");
    }
    std::uint64_t before = 0;
    for (const std::string& bookmark : subscriber.bookmarks) {
      if (places_.count(bookmark) == 0) continue;  // Delivered before it was safe, and then lost.
      if (places_[bookmark] <= before) return complain("subscribed: " + bookmark + " is out of its place");
      before = places_[bookmark];
    }
  }

  const std::vector<std::unique_ptr<Publisher>>& publishers_;
  std::map<std::uint64_t, const Publisher*> by_id_;
  std::map<std::uint64_t, std::uint64_t> last_;
  std::map<std::string, std::uint64_t> places_;
  std::string complaint_;
};

class KilledBroker {
 public:
  explicit KilledBroker(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < kPublishers; ++i) {
      publishers_.push_back(std::make_unique<Publisher>());
      publishers_.back()->name = "publisher-" + std::to_string(i);
    }
  }
  std::string run(unsigned long cycles) {
    for (unsigned long cycle = 0; cycle < cycles; ++cycle) {
      live_and_die();
      if (cycle % kCyclesPerCheck != 0 && cycle + 1 != cycles) continue;
      const std::string complaint = LogCheck(publishers_).run(broker_, subscriber_, resuming_);
      if (!complaint.empty()) return "cycle " + std::to_string(cycle) + ": " + complaint;
    }
    const bool was_under_load = acknowledged() > cycles && resuming_.bookmarks.size() > cycles;
    return was_under_load ? std::string() : "there was no load";
  }

 private:
  static constexpr unsigned long kCyclesPerCheck = 10;

  std::uint64_t acknowledged() const {
    std::uint64_t sum = 0;
    for (const auto& publisher : publishers_) sum += publisher->persisted;
    return sum;
  }
  void live_and_die() {
    if (!broker_.is_running()) broker_.start();
    std::vector<std::thread> threads;
    for (const auto& publisher : publishers_) threads.emplace_back([&] { publisher->run(broker_.port()); });
    threads.emplace_back([&] { subscriber_.run(broker_.port()); });
    threads.emplace_back([&] { resuming_.run(broker_.port()); });
    const std::uint64_t target = acknowledged() + random_() % 300;
    const auto deadline = std::chrono::steady_clock::now() + raw::kWait;
    while (acknowledged() < target && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    broker_.kill();
    for (std::thread& thread : threads) thread.join();
  }

  std::mt19937_64 random_;
  const TemporaryDirectory directory_;
  KillableBroker broker_{directory_.path()};
  std::vector<std::unique_ptr<Publisher>> publishers_;
  Subscriber subscriber_;
  Resuming resuming_;
};

}  // namespace

std::string kill_broker(unsigned long cycles, std::uint64_t seed) {
  return with_fresh_logs(cycles, seed, [](unsigned long some, std::uint64_t their_seed) {
    return KilledBroker(their_seed).run(some);
  });
}

}  // namespace amps::test
