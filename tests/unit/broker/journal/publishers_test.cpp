// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/publishers.h"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>

#include "support/crash_file_io.h"

using namespace amps;
using namespace amps::broker;
using amps::test::CrashFileIo;

namespace {

constexpr std::uint64_t kSecond = 1'000'000;

PublisherState* opened(Publishers* publishers, std::uint64_t id, const std::string& name,
                       std::uint64_t now_us = 0) {
  PublisherState* state = nullptr;
  const Status status = publishers->open(id, name, now_us, &state);
  REQUIRE_MESSAGE(status.ok(), status.text());
  return state;
}

}  // namespace

TEST_CASE("REL-16: ids tell names, users and uncounted messages apart") {
  std::set<std::uint64_t> ids = {publisher_id("a", ""),
                                 publisher_id("a", "u"),
                                 publisher_id("b", "u"),
                                 uncounted_publisher_id("a", "", "i"),
                                 uncounted_publisher_id("a", "", "j"),
                                 uncounted_publisher_id("a", "u", "i")};
  CHECK(ids.size() == 6);
  // Two names that have one FNV-1a hash, which is why that is not what ids are made of.
  CHECK(publisher_id("orders-publisher-1", "") != publisher_id("tiprd6\"%/Z-1O?m,;24/", ""));
}

TEST_CASE("REL-16: two names with one id: the second is refused, and says so") {
  Publishers publishers({});
  opened(&publishers, 5, "first");
  PublisherState* state = nullptr;
  const Status status = publishers.find(5, "second", &state);
  CHECK(status.code() == AMPS_E_NAME_IN_USE);
  CHECK(status.text() == "client name collision: 'second' and 'first' have the same publisher id");
  CHECK(publishers.open(5, "second", 0, &state).code() == AMPS_E_NAME_IN_USE);
  CHECK(state == nullptr);
}

TEST_CASE("REL-31: there is a bound on names, and those that are known stay") {
  Publishers publishers({2, 0});
  opened(&publishers, 1, "a");
  opened(&publishers, 2, "b");
  PublisherState* state = nullptr;
  CHECK(publishers.open(3, "c", 0, &state).text() == "there are 2 publishers already");
  CHECK(publishers.open(1, "a", 0, &state).ok());
}

TEST_CASE("TXL-32: who was away for too long is forgotten, who is here or was here lately is not") {
  Publishers publishers({2, 10 * kSecond});
  PublisherState* const gone = opened(&publishers, 1, "gone");
  PublisherState* const here = opened(&publishers, 2, "here");
  Publishers::append(gone, 8, 1, 0);
  Publishers::append(here, 9, 2, 0);
  publishers.close(gone, 5 * kSecond);
  PublisherState* state = nullptr;
  CHECK_FALSE(publishers.open(3, "new", 14 * kSecond, &state).ok());
  CHECK(publishers.open(3, "new", 15 * kSecond, &state).ok());
  CHECK(publishers.count() == 2);
  publishers.forget_inactive(1'000 * kSecond);
  CHECK(publishers.count() == 2);
  publishers.close(here, 20 * kSecond);
  publishers.forget_inactive(30 * kSecond);
  CHECK(publishers.count() == 1);
  REQUIRE(publishers.find(2, "here", &state).ok());
  CHECK(state == nullptr);
}

TEST_CASE("a sequence is settled when its record is durable") {
  Publishers publishers({});
  PublisherState* const state = opened(&publishers, 1, "a");
  Publishers::append(state, 10, 1, 0);
  CHECK(state->highest() == 10);
  CHECK(Publishers::settled(state, 0) == 0);
  CHECK(Publishers::settled(state, 1) == 10);
  Publishers::append(state, 20, 2, 1);
  Publishers::append(state, 30, 3, 1);
  CHECK(Publishers::settled(state, 1) == 10);
  CHECK(Publishers::settled(state, 3) == 30);
}

TEST_CASE("a name is asked for once") {
  Publishers publishers({});
  PublisherState* const state = opened(&publishers, 1, "a");
  CHECK(Publishers::needs_name(state));
  CHECK_FALSE(Publishers::needs_name(state));
  publishers.remember_name(2, "b");
  PublisherState* known = nullptr;
  REQUIRE(publishers.find(2, "b", &known).ok());
  CHECK_FALSE(Publishers::needs_name(known));
  CHECK(publishers.name_of(*known) == "b");
}

TEST_CASE("TXL-33: the file brings back what is durable and nothing else") {
  CrashFileIo io;
  Publishers publishers({});
  PublisherState* const a = opened(&publishers, 1, "a");
  PublisherState* const b = opened(&publishers, 2, "b");
  Publishers::append(a, 10, 1, 0);
  Publishers::append(b, 20, 2, 1);
  Buffer contents;
  publishers.encode(1, &contents);
  REQUIRE(Publishers::save(io, "d", "test", contents.view()).ok());
  Publishers loaded({});
  std::uint64_t txid = 0;
  REQUIRE(loaded.load(io, "d", "test", &txid).ok());
  CHECK(txid == 1);
  CHECK(opened(&loaded, 1, "a")->highest() == 10);
  CHECK(opened(&loaded, 2, "b")->highest() == 0);  // Its record may be lost, and will then be sent again.
}

TEST_CASE("REL-09: a damaged file is refused, and a missing one is no file") {
  CrashFileIo io;
  Publishers publishers({});
  Publishers::append(opened(&publishers, 1, "a name"), 10, 1, 0);
  std::uint64_t txid = 7;
  REQUIRE(publishers.load(io, "d", "test", &txid).ok());
  CHECK(txid == 0);
  Buffer contents;
  publishers.encode(1, &contents);
  for (std::size_t at = 0; at < contents.size(); ++at) {
    std::string bad(contents.view());
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    REQUIRE(Publishers::save(io, "d", "test", bad).ok());
    Publishers loaded({});
    CHECK(loaded.load(io, "d", "test", &txid).text() == "file 'd/test.clients.ack' is damaged");
    REQUIRE(Publishers::save(io, "d", "test", contents.view().substr(0, at)).ok());
    CHECK_FALSE(loaded.load(io, "d", "test", &txid).ok());
  }
}
