// SPDX-License-Identifier: Apache-2.0
// REL-01: kill -9 of a broker under publishers that keep what was not acknowledged, and send it again.
// AMPS_TEST_CYCLES makes the run longer, AMPS_TEST_SEED repeats one.
#include <doctest/doctest.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "broker/journal/journal.h"
#include "broker/journal/publishers.h"
#include "support/test_broker.h"

using namespace amps::broker;
using raw::Client;
using raw::Frame;

namespace {

constexpr int kPublishers = 3;
constexpr std::uint64_t kOutstandingMax = 50;

unsigned long number_from(const char* name, unsigned long otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

struct TemporaryDirectory {
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "amps-rel-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
  std::string path;
};

TransactionLogConfiguration log_in(const std::string& directory) {
  TransactionLogConfiguration log;
  log.directory = directory + "/journal";
  log.segment_bytes = 1u << 20;
  log.preallocated_files = 1;
  log.topics = {{".*", "json"}};
  return log;
}

// A broker in a process of its own, which ends with ours.
class BrokerProcess {
 public:
  explicit BrokerProcess(const std::string& directory) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    pid_ = ::fork();
    if (pid_ == 0) run(directory, ends[1]);
    REQUIRE(::read(ends[0], &port, sizeof port) == sizeof port);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  ~BrokerProcess() { kill(); }
  void kill() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  std::uint16_t port = 0;

 private:
  [[noreturn]] static void run(const std::string& directory, int report) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    raw::TestBroker broker;
    broker.configuration.transaction_log = log_in(directory);
    broker.start();
    const std::uint16_t bound = broker.port();
    if (::write(report, &bound, sizeof bound) != sizeof bound) ::_exit(1);
    for (;;) ::pause();
  }
  pid_t pid_ = 0;
};

// What a number of a publisher says, so that a body is known to be whole.
std::string body_of(const std::string& name, std::uint64_t sequence) {
  const std::size_t size = 20 + (sequence * 7919) % 1500;
  std::string body = name + ":" + std::to_string(sequence) + ":";
  while (body.size() < size) body += std::to_string(body.size() * sequence);
  return body;
}

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
                          body_of(name, next));
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
void check_log(const std::string& directory, const std::vector<std::unique_ptr<Publisher>>& publishers,
               const Subscriber& subscriber, const Resuming& resuming) {
  std::map<std::uint64_t, const Publisher*> by_id;
  for (const auto& publisher : publishers) by_id[publisher_id(publisher->name, "")] = publisher.get();
  std::map<std::uint64_t, std::uint64_t> last;
  std::map<std::string, std::uint64_t> places;
  std::string complaint;
  const auto visit = [&](const JournalRecord& record) -> amps::Status {
    const std::uint64_t id = record.bookmark.publisher;
    const std::uint64_t sequence = record.bookmark.sequence;
    places[std::string(BookmarkText(record.bookmark).view())] = record.txid;
    if (by_id.count(id) == 0) complaint = "a publisher nobody knows";
    // They send everything in order, so that anything but the next is lost, repeated or out of order.
    if (sequence != last[id] + 1)
      complaint =
          by_id[id]->name + ": after " + std::to_string(last[id]) + " comes " + std::to_string(sequence);
    if (record.body != body_of(by_id[id]->name, sequence)) complaint = "a body is not what was sent";
    last[id] = sequence;
    return {};
  };
  std::unique_ptr<Journal> journal;
  const amps::Status status = Journal::open(log_in(directory), "amps", {}, visit, &journal);
  REQUIRE_MESSAGE(status.ok(), status.text());
  CHECK(complaint == "");
  for (const auto& publisher : publishers) {
    CHECK(publisher->complaint == "");
    CHECK(last[publisher_id(publisher->name, "")] >= publisher->persisted);
    CHECK(last[publisher_id(publisher->name, "")] <= publisher->sent);
  }
  // It is given what is safe only, so it has the log from the beginning, message by message.
  std::uint64_t place = 0;
  for (const std::string& bookmark : resuming.bookmarks) REQUIRE(places[bookmark] == ++place);
  std::uint64_t before = 0;
  for (const std::string& bookmark : subscriber.bookmarks) {
    if (places.count(bookmark) == 0) continue;  // Delivered before it was safe, and then lost.
    CHECK(places[bookmark] > before);
    before = places[bookmark];
  }
}

}  // namespace

TEST_CASE(
    "REL-01 REL-10 TXL-29 TXL-37 TXL-39: after kill -9 nothing acknowledged is lost, repeated or out of "
    "order") {
  const unsigned long cycles = number_from("AMPS_TEST_CYCLES", 100);
  const unsigned long seed = number_from("AMPS_TEST_SEED", std::random_device{}());
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const TemporaryDirectory directory;
  std::vector<std::unique_ptr<Publisher>> publishers;
  for (int i = 0; i < kPublishers; ++i) {
    publishers.push_back(std::make_unique<Publisher>());
    publishers.back()->name = "publisher-" + std::to_string(i);
  }
  Subscriber subscriber;
  Resuming resuming;
  const auto acknowledged = [&] {
    std::uint64_t sum = 0;
    for (const auto& publisher : publishers) sum += publisher->persisted;
    return sum;
  };
  for (unsigned long cycle = 0; cycle < cycles; ++cycle) {
    CAPTURE(cycle);
    BrokerProcess process(directory.path);
    std::vector<std::thread> threads;
    for (const auto& publisher : publishers) threads.emplace_back([&] { publisher->run(process.port); });
    threads.emplace_back([&] { subscriber.run(process.port); });
    threads.emplace_back([&] { resuming.run(process.port); });
    const std::uint64_t target = acknowledged() + random() % 300;
    const auto deadline = std::chrono::steady_clock::now() + raw::kWait;
    while (acknowledged() < target && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    process.kill();
    for (std::thread& thread : threads) thread.join();
    if (cycle % 10 == 9 || cycle + 1 == cycles) check_log(directory.path, publishers, subscriber, resuming);
  }
  REQUIRE(acknowledged() > cycles);  // It was under load.
  CHECK(resuming.bookmarks.size() > cycles);
}
