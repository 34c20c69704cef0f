// SPDX-License-Identifier: Apache-2.0
#include "killed_subscriber.h"

#include <amps/ampsplusplus.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "forked_process.h"
#include "kill_cycles.h"
#include "killable_broker.h"
#include "numbered_body.h"
#include "shared_value.h"
#include "support/raw_client.h"
#include "support/temporary_directory.h"

namespace amps::test {

namespace {

constexpr std::uint64_t kMessagesPerCycle = 50;  // At most.
constexpr std::size_t kMessagesMax = kCyclesPerLog * kMessagesPerCycle + 2;
const std::string kName = "publisher";

// Written by the subscriber's process, read by the test and by the next one. Messages are numbered from 1.
struct Processed {
  enum State : std::uint8_t { kNot, kBegun, kDiscarded };

  std::array<std::atomic<State>, kMessagesMax> states;
  std::atomic<std::uint64_t> received{0};  // By all processes.
  std::atomic<std::uint64_t> last{0};      // By the one that runs.
  std::atomic<bool> has_failed{false};
  char complaint[200] = {};
};

// One life of the subscriber.
class Life {
 public:
  Life(Processed* processed, std::uint64_t seed) : processed_(processed), random_(seed) {}

  [[noreturn]] void run(const std::string& uri, const AMPS::BookmarkStore& store) {
    client_.setBookmarkStore(store);
    auto* const servers = new AMPS::DefaultServerChooser();
    client_.setServerChooser(AMPS::ServerChooser(servers));
    servers->add(uri);
    client_.setReconnectDelay(1);
    client_.connectAndLogon();
    AMPS::Command command("subscribe");
    command.setTopic("orders").setSubId("mine").setBookmark(AMPS::Client::BOOKMARK_MOST_RECENT());
    client_.executeAsync(command, [this](const AMPS::Message& message) { take(message); });
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }

 private:
  void complain(std::uint64_t number, const char* what) {
    if (processed_->has_failed) return;
    std::snprintf(processed_->complaint, sizeof processed_->complaint, "message %llu %s",
                  static_cast<unsigned long long>(number), what);
    processed_->has_failed = true;
  }
  void take(const AMPS::Message& message) {
    const std::uint64_t number = number_of_body(kName, message.getData());
    if (number <= last_) complain(number, "is repeated or out of order");
    for (std::uint64_t skipped = last_ + 1; skipped < number; ++skipped) {
      if (processed_->states[skipped] == Processed::kNot) complain(skipped, "never came");
    }
    if (processed_->states[number] == Processed::kDiscarded) complain(number, "came again");
    last_ = number;
    waiting_.push_back({number, message.deepCopy()});
    while (waiting_.size() > random_() % kWaitingMax) discard_any();
    processed_->last = number;
    ++processed_->received;
  }
  void discard_any() {
    std::swap(waiting_[random_() % waiting_.size()], waiting_.back());
    const auto [number, message] = waiting_.back();
    waiting_.pop_back();
    if (random_() % 10 == 0) return;  // In this life it is not processed.
    processed_->states[number] = Processed::kBegun;
    client_.getBookmarkStore().discard(message);
    processed_->states[number] = Processed::kDiscarded;
  }

  static constexpr std::size_t kWaitingMax = 8;

  Processed* const processed_;
  std::mt19937_64 random_;
  std::uint64_t last_ = 0;
  std::vector<std::pair<std::uint64_t, AMPS::Message>> waiting_;
  AMPS::HAClient client_{"subscriber"};  // Goes first, as its thread uses the rest.
};

// Publishes numbered messages, and knows that the broker's log has them.
class Publisher {
 public:
  void publish(std::uint16_t port, std::uint64_t count) {
    raw::Client client(port);
    client.command(R"("c":"logon","mt":"json","opts":"ack_conflation=1ms","client_name":")" + kName + "\"");
    for (std::uint64_t i = 0; i < count; ++i) {
      ++published;
      client.send_frame(R"({"c":"p","t":"orders","a":"persisted","s":)" + std::to_string(published) + "}",
                        numbered_body(kName, published));
    }
    while (std::stoull(client.next("ack").get("s")) < published) {
    }
  }
  std::uint64_t published = 0;
};

class KilledSubscriber {
 public:
  explicit KilledSubscriber(std::uint64_t seed) : random_(seed) {}

  std::string run(unsigned long cycles) {
    for (unsigned long cycle = 0; cycle < cycles; ++cycle) {
      live_and_die();
      if (processed_->has_failed) return "cycle " + std::to_string(cycle) + ": " + processed_->complaint;
    }
    return catch_up(cycles);
  }

 private:
  void live_and_die() {
    // The last of them comes, whatever was discarded before.
    publisher_.publish(broker_.port(), 1 + random_() % kMessagesPerCycle);
    start_subscriber();
    const std::uint64_t target = processed_->received + random_() % kMessagesPerCycle;
    wait_for([&] { return processed_->received >= target || processed_->last == publisher_.published; });
    if (random_() % 5 != 0) return subscriber_.reset();
    broker_.kill();
    subscriber_.reset();
    broker_.start();
  }
  void start_subscriber() {
    processed_->last = 0;
    subscriber_ = std::make_unique<ForkedProcess>([this, seed = random_()] {
      // Both kinds read one another's files.
      AMPS::BookmarkStore store(seed % 2 == 0 ? new AMPS::LoggedBookmarkStore(store_)
                                              : new AMPS::MMapBookmarkStore(store_));
      Life(&*processed_, seed).run(broker_.uri(), store);
    });
  }
  // Another message comes after all that was not processed, which is then complete.
  std::string catch_up(unsigned long cycles) {
    publisher_.publish(broker_.port(), 1);
    start_subscriber();
    wait_for([&] { return processed_->last == publisher_.published; });
    subscriber_.reset();
    if (processed_->has_failed) return processed_->complaint;
    return processed_->received > 5 * cycles ? std::string() : "there was no load";
  }
  template <typename Condition>
  void wait_for(Condition holds) const {
    const auto deadline = std::chrono::steady_clock::now() + raw::kWait;
    while (!holds() && !processed_->has_failed) {
      if (std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error("message " + std::to_string(processed_->last) + " of " +
                                 std::to_string(publisher_.published) + " was the last for a long time");
      }
      std::this_thread::yield();
    }
  }

  std::mt19937_64 random_;
  const TemporaryDirectory directory_;
  const std::string store_ = directory_.file("bookmarks");
  KillableBroker broker_{directory_.path()};
  Publisher publisher_;
  const Shared<Processed> processed_;
  std::unique_ptr<ForkedProcess> subscriber_;
};

std::vector<std::string> bookmarks_from(std::uint16_t port, const std::string& bookmark, std::size_t count) {
  raw::Client client(port);
  client.logon("resuming");
  client.send_frame(R"({"c":"subscribe","cid":"s","sub_id":"s","t":"orders","bm":")" + bookmark + "\"}");
  std::vector<std::string> found;
  while (found.size() < count) found.push_back(client.next("p").get("bm"));
  return found;
}

}  // namespace

std::string kill_subscriber(unsigned long cycles, std::uint64_t seed) {
  return with_fresh_logs(cycles, seed, [](unsigned long some, std::uint64_t their_seed) {
    return KilledSubscriber(their_seed).run(some);
  });
}

std::string resume_at_each(std::uint64_t messages) {
  const TemporaryDirectory directory;
  KillableBroker broker(directory.path());
  Publisher().publish(broker.port(), messages);
  const std::vector<std::string> all = bookmarks_from(broker.port(), "0", messages);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (i % 25 == 0) {
      broker.kill();
      broker.start();
    }
    const std::string next = bookmarks_from(broker.port(), all[i], 1).front();
    if (next != all[i + 1]) return "after " + all[i] + " comes " + next;
  }
  return {};
}

}  // namespace amps::test
