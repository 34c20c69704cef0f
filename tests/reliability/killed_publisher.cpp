// SPDX-License-Identifier: Apache-2.0
#include "killed_publisher.h"

#include <amps/ampsplusplus.hpp>
#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "broker/journal/publishers.h"
#include "forked_process.h"
#include "kill_cycles.h"
#include "killable_broker.h"
#include "numbered_body.h"
#include "shared_value.h"
#include "support/raw_client.h"
#include "support/temporary_directory.h"

namespace amps::test {

namespace {

const std::string kName = "publisher";
constexpr int kDrainMs = 30'000;

// Numbers from 1 on; `wanted` is the test's, the others the publisher's.
struct Promises {
  std::atomic<std::uint64_t> wanted{0};    // Not more than that.
  std::atomic<std::uint64_t> begun{0};     // publish() of it was called,
  std::atomic<std::uint64_t> promised{0};  // and has returned.
};

AMPS::HAClient client_with(const std::string& store, const std::string& uri) {
  AMPS::HAClient client(kName);
  client.setPublishStore(AMPS::Store(new AMPS::PublishStore(store)));
  auto* const servers = new AMPS::DefaultServerChooser();
  client.setServerChooser(AMPS::ServerChooser(servers));
  servers->add(uri);
  client.setLogonOptions("ack_conflation=1ms");
  client.setReconnectDelay(1);
  client.setTimeout(kDrainMs);
  return client;
}

// Whether everything promised is in the log once, in order, under numbers of the store without a gap.
class PublishedLog {
 public:
  // Numbers in `unsure` were being published when the process was killed: they may be there.
  std::string check(const KillableBroker& broker, std::uint64_t promised,
                    const std::set<std::uint64_t>& unsure) {
    const Status status = broker.visit_log([this](const broker::JournalRecord& record) { take(record); });
    if (!status.ok()) return status.text();
    for (std::uint64_t number = 1; number <= promised && complaint_.empty(); ++number) {
      if (numbers_.count(number) == 0 && unsure.count(number) == 0) complain(number, "is lost");
    }
    return complaint_;
  }

 private:
  void complain(std::uint64_t number, const std::string& what) {
    if (complaint_.empty()) complaint_ = "message " + std::to_string(number) + " " + what;
  }
  void take(const broker::JournalRecord& record) {
    const std::uint64_t number = number_of_body(kName, std::string(record.body));
    if (record.bookmark.publisher != broker::publisher_id(kName, "")) complain(number, "is somebody else's");
    if (record.bookmark.sequence != ++sequence_) {
      complain(number, "has sequence " + std::to_string(record.bookmark.sequence) + " and not " +
                           std::to_string(sequence_));
    }
    if (!numbers_.empty() && number <= *numbers_.rbegin()) complain(number, "is repeated or out of order");
    numbers_.insert(number);
  }

  std::uint64_t sequence_ = 0;
  std::set<std::uint64_t> numbers_;
  std::string complaint_;
};

class KilledPublisher {
 public:
  explicit KilledPublisher(std::uint64_t seed) : random_(seed) {}

  std::string run(unsigned long cycles) {
    for (unsigned long cycle = 0; cycle < cycles; ++cycle) {
      live_and_die();
      if (cycle % kCyclesPerCheck != 0 && cycle + 1 != cycles) continue;
      const std::string complaint = drain_and_check();
      if (!complaint.empty()) return "cycle " + std::to_string(cycle) + ": " + complaint;
    }
    return promises_->promised > 10 * cycles ? std::string() : "there was no load";
  }

 private:
  static constexpr unsigned long kCyclesPerCheck = 25;
  static constexpr std::uint64_t kAheadMax = 50;  // It goes on while it is killed.

  void live_and_die() {
    if (publisher_ == nullptr) start_publisher();
    const bool has_broker = broker_.is_running();  // Else it publishes while nobody is there.
    const std::uint64_t target = promises_->promised + 1 + random_() % (has_broker ? 300 : 30);
    promises_->wanted = target + kAheadMax;
    const auto deadline = std::chrono::steady_clock::now() + raw::kWait;
    while (promises_->promised < target) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the publisher stands still");
      std::this_thread::yield();
    }
    switch (random_() % 4) {
      case 0:
        broker_.kill();
        break;
      case 1:
        broker_.kill();
        kill_publisher();
        break;
      default:
        kill_publisher();
    }
    if (!has_broker) broker_.start();
  }
  void start_publisher() {
    // One that has not connected before its first message keeps what it publishes until then.
    const bool connects = broker_.is_running() && random_() % 4 != 0;
    publisher_ = std::make_unique<ForkedProcess>([=] { publish(connects); });
  }
  void kill_publisher() {
    publisher_.reset();
    if (promises_->begun == promises_->promised) return;
    unsure_.insert(promises_->begun);
    promises_->promised.store(promises_->begun);
  }
  [[noreturn]] void publish(bool connects) {
    AMPS::HAClient client = client_with(store_, broker_.uri());
    std::thread connecting;
    if (connects) {
      client.connectAndLogon();
    } else {
      connecting = std::thread([&] { client.connectAndLogon(); });
    }
    for (std::uint64_t number = promises_->begun + 1;; ++number) {
      while (number > promises_->wanted) std::this_thread::yield();
      promises_->begun = number;
      client.publish("orders", numbered_body(kName, number));
      promises_->promised = number;
    }
  }
  // The last process has the time to send what is left.
  std::string drain_and_check() {
    if (publisher_ != nullptr) kill_publisher();
    if (!broker_.is_running()) broker_.start();
    ForkedProcess last([this] {
      AMPS::HAClient client = client_with(store_, broker_.uri());
      client.connectAndLogon();
      client.publishFlush(kDrainMs);
    });
    if (last.wait() != 0) return "what the store has cannot be sent";
    broker_.kill();
    return PublishedLog().check(broker_, promises_->promised, unsure_);
  }

  std::mt19937_64 random_;
  const TemporaryDirectory directory_;
  const std::string store_ = directory_.file("store");
  KillableBroker broker_{directory_.path()};
  const Shared<Promises> promises_;
  std::unique_ptr<ForkedProcess> publisher_;
  std::set<std::uint64_t> unsure_;
};

}  // namespace

std::string kill_publisher(unsigned long cycles, std::uint64_t seed) {
  return with_fresh_logs(cycles, seed, [](unsigned long some, std::uint64_t their_seed) {
    return KilledPublisher(their_seed).run(some);
  });
}

}  // namespace amps::test
