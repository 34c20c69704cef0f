// SPDX-License-Identifier: Apache-2.0
#include "client/bookmark_store.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "session_fixture.h"
#include "support/crash_file_io.h"

using namespace test;
using amps::Status;
using amps::client::BookmarkStore;
using amps::client::Message;
using amps::test::CrashFileIo;

namespace {

// A store, and messages as they come from the server.
struct Fixture {
  CrashFileIo io;
  std::unique_ptr<BookmarkStore> store = std::make_unique<BookmarkStore>();

  Status open(bool syncs = false) {
    store.reset();
    return BookmarkStore::open(&io, "dir/f", syncs, &store);
  }
  struct Delivery : Command {
    Delivery(const std::string& bookmark, const std::string& sub_id) : Command(AMPS_COMMAND_Publish, "t") {
      set(AMPS_Bookmark, bookmark);
      set(AMPS_SubscriptionId, sub_id);
    }
    Message& message() { return *Message::from(get()); }
  };
  // True when the subscription gets it. Its index stays in the message.
  bool deliver(Delivery& delivery) {
    if (store->is_discarded(delivery.message())) return false;
    REQUIRE(store->log(delivery.message(), &delivery.message().delivery.bookmark_seq).ok());
    return true;
  }
  bool deliver(const std::string& bookmark, const std::string& sub_id = "s") {
    Delivery delivery(bookmark, sub_id);
    return deliver(delivery);
  }
  void process(const std::string& bookmark, const std::string& sub_id = "s") {
    Delivery delivery(bookmark, sub_id);
    REQUIRE(store->discard(delivery.message()).ok());
  }
  std::string recent(const std::string& sub_id = "s") { return store->most_recent(sub_id); }
};

}  // namespace

TEST_CASE_FIXTURE(
    Fixture, "CPP-261 CPP-262 CPP-263: the resume point is the last message before which all is processed") {
  CHECK(recent().empty());
  for (const char* bookmark : {"1|1|", "2|7|", "1|2|", "1|5|"}) CHECK(deliver(bookmark));
  CHECK(recent().empty());
  process("2|7|");
  process("1|5|");
  CHECK(recent().empty());  // The first one is not processed.
  process("1|1|");
  CHECK(recent() == "2|7|");
  process("1|2|");
  CHECK(recent() == "1|5|");
  process("1|2|");  // Twice does no harm.
  CHECK(recent() == "1|5|");
}

TEST_CASE_FIXTURE(
    Fixture, "CPP-264: what was delivered is a duplicate when the server sends it again after a reconnect") {
  for (const char* bookmark : {"1|1|", "2|7|", "1|2|"}) CHECK(deliver(bookmark));
  process("1|1|");
  store->begin("s", true);
  CHECK_FALSE(deliver("2|7|"));
  CHECK_FALSE(deliver("1|2|"));
  CHECK(deliver("2|8|"));
  CHECK(deliver("1|3|"));
}

TEST_CASE_FIXTURE(Fixture,
                  "a program that subscribes again gets again what it has not processed, and only that") {
  for (const char* bookmark : {"1|1|", "1|2|", "1|3|", "1|4|"}) CHECK(deliver(bookmark));
  process("1|1|");
  process("1|3|");
  store->begin("s", false);
  CHECK(recent() == "1|1|");
  CHECK(deliver("1|2|"));
  CHECK_FALSE(deliver("1|3|"));
  CHECK(deliver("1|4|"));
  process("1|2|");
  CHECK(recent() == "1|3|");
}

TEST_CASE_FIXTURE(Fixture, "CPP-262 CPP-266: a message is discarded by its index, too") {
  Delivery first("1|1|", "s"), second("1|2|", "s");
  REQUIRE(deliver(first));
  REQUIRE(deliver(second));
  CHECK(first.message().delivery.bookmark_seq == 1);
  CHECK(second.message().delivery.bookmark_seq == 2);
  CHECK(store->oldest_index("s") == 1);
  CHECK(store->discard("s", 2).ok());
  CHECK(recent().empty());
  CHECK(store->discard("s", 1).ok());
  CHECK(recent() == "1|2|");
  CHECK(store->oldest_index("s") == 0);
  for (const std::uint64_t unknown : {0, 1, 3}) CHECK(store->discard("s", unknown).ok());
  CHECK(store->discard("other", 1).ok());
}

TEST_CASE_FIXTURE(Fixture, "CPP-265: purging forgets one subscription or all") {
  for (const char* sub_id : {"s", "r"}) {
    CHECK(deliver("1|1|", sub_id));
    process("1|1|", sub_id);
  }
  CHECK(store->purge("s").ok());
  CHECK(recent().empty());
  CHECK(deliver("1|1|"));
  CHECK(recent("r") == "1|1|");
  CHECK(store->purge("").ok());
  CHECK(recent("r").empty());
}

TEST_CASE_FIXTURE(Fixture, "CPP-267: an idle subscription resumes where the server's log is safe") {
  CHECK(store->persisted("s", "9|4|").ok());
  CHECK(recent() == "9|4|");
  CHECK(deliver("1|1|"));
  CHECK(store->persisted("s", "9|9|").ok());  // The message before it is not processed.
  CHECK(recent() == "9|4|");
  process("1|1|");
  CHECK(store->persisted("s", "9|9|").ok());
  CHECK(recent() == "9|9|");
}

TEST_CASE_FIXTURE(Fixture,
                  "subscriptions do not know of each other, and other bookmarks are not remembered") {
  CHECK(deliver("1|1|", "s"));
  CHECK(deliver("1|1|", "r"));
  process("1|1|", "r");
  CHECK(recent("s").empty());
  CHECK(recent("r") == "1|1|");
  for (const char* bookmark : {"", "x", "20250301T000000", "1|2|3|"}) {
    CAPTURE(bookmark);
    Delivery delivery(bookmark, "s");
    CHECK(deliver(delivery));
    CHECK(delivery.message().delivery.bookmark_seq == 0);
    CHECK(store->discard(delivery.message()).ok());
  }
}

TEST_CASE_FIXTURE(
    Fixture, "CPP-273 CPP-274: a file tells the next process where to resume and what it has processed") {
  REQUIRE(open().ok());
  for (const char* bookmark : {"1|1|", "2|1|", "1|2|", "2|2|", "1|3|"}) CHECK(deliver(bookmark));
  process("1|1|");
  process("2|1|");
  process("2|2|");
  store->begin("s", false);
  REQUIRE(open().ok());
  CHECK(recent() == "2|1|");
  CHECK_FALSE(deliver("1|1|"));
  CHECK(deliver("1|2|"));
  CHECK_FALSE(deliver("2|2|"));
  CHECK(deliver("1|3|"));
  process("1|2|");
  CHECK(recent() == "2|2|");
  REQUIRE(store->persisted("other sub", "5|5|").ok());
  REQUIRE(open().ok());
  CHECK(recent() == "2|2|");
  CHECK(recent("other sub") == "5|5|");
}

TEST_CASE_FIXTURE(Fixture, "CPP-273: pruning keeps what is of use, and the file does not grow without end") {
  REQUIRE(open().ok());
  for (int i = 1; i <= 60'000; ++i) {
    const std::string bookmark = "1|" + std::to_string(i) + "|";
    CHECK(deliver(bookmark));
    process(bookmark);
  }
  CHECK(deliver("1|70000|"));
  CHECK(deliver("2|1|"));
  process("2|1|");
  const auto size = [&] {
    std::unique_ptr<amps::File> raw;
    std::uint64_t bytes = 0;
    REQUIRE(io.open("dir/f", amps::OpenMode::kRead, &raw).ok());
    REQUIRE(raw->size(&bytes).ok());
    return bytes;
  };
  CHECK(size() < (2u << 20));
  REQUIRE(store->prune().ok());
  CHECK(size() < 300);
  REQUIRE(open().ok());
  CHECK(recent() == "1|60000|");
  CHECK_FALSE(deliver("2|1|"));
  CHECK(deliver("1|70000|"));
}

TEST_CASE_FIXTURE(Fixture, "a file that is another's, damaged or of another store is refused and kept") {
  REQUIRE(open().ok());
  std::unique_ptr<BookmarkStore> second;
  CHECK(BookmarkStore::open(&io, "dir/f", false, &second).code() == AMPS_E_STORE);
  store.reset();
  std::unique_ptr<amps::File> raw;
  REQUIRE(io.open("dir/f", amps::OpenMode::kCreate, &raw).ok());
  REQUIRE(raw->write_at(0, "AMPSPUB1").ok());
  const Status status = open();
  CHECK(status.code() == AMPS_E_STORE);
  CHECK(status.text().find("dir/f: damaged at offset 0") == 0);
}

TEST_CASE("with sync, a power cut at any moment forgets nothing whose discard() returned") {
  Fixture at;
  REQUIRE(at.open(true).ok());
  for (int i = 1; i <= 20; ++i) CHECK(at.deliver("1|" + std::to_string(i) + "|"));
  for (const int i : {1, 3, 2, 4, 7, 6, 5, 8}) {
    at.process("1|" + std::to_string(i) + "|");
    if (i == 4) REQUIRE(at.store->prune().ok());
    at.io.promise(i == 3             ? 1
                  : i == 2           ? 3
                  : i == 7 || i == 6 ? 4
                  : i == 5           ? 7
                                     : static_cast<std::uint64_t>(i));
  }
  std::mt19937_64 random(3);
  for (std::size_t moment = 0; moment <= at.io.moment(); ++moment) {
    CAPTURE(moment);
    CrashFileIo after(at.io.after_power_cut(moment, &random));
    std::unique_ptr<BookmarkStore> store;
    const Status status = BookmarkStore::open(&after, "dir/f", true, &store);
    REQUIRE_MESSAGE(status.ok(), status.text());
    const std::uint64_t promised = at.io.promised_at(moment);
    const std::string recent = store->most_recent("s");
    const std::uint64_t found = recent.empty() ? 0 : std::stoull(recent.substr(2));
    CHECK(found >= promised);
    CHECK(found <= 8);
  }
}
