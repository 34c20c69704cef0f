// SPDX-License-Identifier: Apache-2.0
#include "broker/owed_acks.h"

#include <doctest/doctest.h>

#include <string>

#include "broker/ack.h"
#include "journal/journal_fixture.h"
#include "support/gated_file_io.h"
#include "wire/header.h"

using namespace amps::broker;
using amps::Buffer;

namespace {

// Commands of a client whose log is durable up to where the test says.
struct Fixture {
  amps::test::CrashFileIo memory;
  amps::test::GatedFileIo disk{&memory};
  amps::test::JournalFixture log{&disk};
  SowWriter writer{&memory, &log.log};
  StableStorage storage{&writer};
  OwedAcks owed{storage};
  std::uint64_t now_ms = 10'000;

  explicit Fixture(std::uint64_t interval_ms = 1000) {
    log.open();
    storage.open(log.journal.get());
    owed.open(7, interval_ms);
    disk.close_gate();
  }
  ~Fixture() {
    disk.open_gate();
    storage.close();
  }
  // Lets the disk do what it has to.
  void commit() {
    disk.open_gate();
    log.wait_durable();
    disk.close_gate();
  }
  // Publishes, and owes an ack for it.
  std::uint64_t publish(std::uint64_t sequence) {
    const std::uint64_t txid = log.publish().txid;
    owed.add_counted(sequence, txid);
    return txid;
  }
  std::string settle() {
    Buffer out;
    owed.settle(now_ms, &out);
    std::string text;
    for (std::string_view rest = out.view(); !rest.empty();) {
      const auto size = static_cast<std::size_t>(static_cast<unsigned char>(rest[2]) * 256 +
                                                 static_cast<unsigned char>(rest[3]));
      const raw::Frame frame = raw::parse(rest.substr(4, size));
      text += frame.get("status").substr(0, 1) + frame.get("s") + frame.get("cid") + " ";
      rest.remove_prefix(4 + size);
    }
    return text;
  }
  void own(const SavedPoint& point, const std::string& id) {
    Ack ack;
    ack.type = AMPS_ACK_Persisted;
    ack.command_id = id;
    Buffer success;
    append_ack(&success, ack);
    ack.status = "failure";
    Buffer failure;
    append_ack(&failure, ack);
    owed.add(point, success.view(), failure.view());
  }
};

}  // namespace

TEST_CASE("ACK-07: what became durable is acknowledged by one ack, once an interval") {
  Fixture at;
  at.publish(1);
  at.publish(2);
  CHECK(at.settle() == "");
  CHECK(at.owed.awaits_storage(at.now_ms));
  at.commit();
  CHECK(at.settle() == "s2 ");
  CHECK(at.owed.empty());
  at.publish(3);
  at.commit();
  CHECK_FALSE(at.owed.awaits_storage(at.now_ms));
  CHECK(at.settle() == "");
  CHECK(at.owed.deadline_ms(at.now_ms) == 11'000);
  at.now_ms = 11'000;
  CHECK(at.settle() == "s3 ");
  CHECK(at.owed.deadline_ms(at.now_ms) == UINT64_MAX);
}

TEST_CASE("ACK-08: an interval of zero acknowledges every command") {
  Fixture at(0);
  at.publish(1);
  at.publish(2);
  at.commit();
  CHECK(at.settle() == "s1 s2 ");
}

TEST_CASE("ACK-10: a failure comes after the success of what was before it") {
  Fixture at;
  at.publish(1);
  at.commit();
  CHECK(at.settle() == "s1 ");
  at.publish(2);
  at.own({}, "refused");
  at.publish(4);
  at.commit();
  CHECK(at.settle() == "s2 srefused ");
  at.now_ms += 1000;
  CHECK(at.settle() == "s4 ");
}

TEST_CASE("an ack of its own does not overtake what is not durable") {
  Fixture at;
  at.publish(1);
  at.own({}, "other");
  const SavedPoint later{0, nullptr, at.publish(2) + 1};
  at.own(later, "flush");
  at.commit();
  CHECK(at.settle() == "s1 sother ");
  at.log.publish();
  at.commit();
  CHECK(at.settle() == "s2 sflush ");
}

TEST_CASE("numbers that come again are acknowledged without going back") {
  Fixture at(0);
  const std::uint64_t txid = at.publish(9);
  at.owed.add_counted(4, txid);
  at.commit();
  CHECK(at.settle() == "s9 s9 ");
}

TEST_CASE("acks of their own have a bound, after which the client has to wait") {
  Fixture at;
  const std::uint64_t far = at.publish(1) + 100;
  for (int i = 0; i < 10'000; ++i) at.own({0, nullptr, far}, "x");
  CHECK(at.owed.is_full());
}

TEST_CASE("any number of counted commands is owed in bounded memory, and none before its time") {
  Fixture at;
  const std::uint64_t txid = at.publish(1);
  for (std::uint64_t i = 2; i <= 100'000; ++i) at.owed.add_counted(i, txid + 1);
  CHECK_FALSE(at.owed.is_full());
  at.commit();
  CHECK(at.settle() == "s1 ");
  at.log.publish();
  at.commit();
  at.now_ms += 1000;
  CHECK(at.settle() == "s100000 ");
}
