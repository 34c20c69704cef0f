// SPDX-License-Identifier: Apache-2.0
#include "broker/outbox.h"

#include <doctest/doctest.h>

#include <string>

#include "support/outbox_peer.h"

using amps::net::IoResult;
using amps::net::IoState;
using amps::test::Home;
using amps::test::Sink;
using namespace amps::broker;

namespace {

struct Fixture {
  Home home;
  OutboxLimits limits;
  Sink sink;
  Outbox outbox{&home, &limits, nullptr};
  Fixture() { limits.client_bytes_max = 100'000; }

  SharedBlockRef block(std::size_t size, char byte) {
    SharedBlockRef made = SharedBlockRef::make();
    made->bytes.append(std::string(size, byte));
    return made;
  }
};

}  // namespace

TEST_CASE("bytes leave in the order they came, copied or shared, in whatever pieces") {
  Fixture at;
  std::string expected;
  for (int i = 0; i < 30; ++i) {
    const char letter = static_cast<char>('a' + i % 26);
    at.outbox.append(std::string(3, letter), 0);
    at.outbox.append(at.block(i % 3 == 0 ? 20'000 : 10, letter), 0);
    expected += std::string(i % 3 == 0 ? 20'003 : 13, letter);
    if (i % 4 == 3) {
      at.sink.step = static_cast<std::size_t>(7000 + i);
      CHECK(at.outbox.write_to(&at.sink, 0).state == IoState::kOk);
    }
  }
  at.outbox.write_to(&at.sink, 0);
  CHECK(at.sink.bytes == expected);
  CHECK(at.outbox.waiting_bytes() == 0);
  CHECK(at.limits.total_bytes == 0);
}

TEST_CASE("the home is told once, and again when all was written") {
  Fixture at;
  at.outbox.append("a", 0);
  at.outbox.append("b", 0);
  CHECK(at.home.scheduled == 1);
  at.outbox.write_to(&at.sink, 0);
  at.outbox.append("c", 0);
  CHECK(at.home.scheduled == 2);
  SUBCASE("a full socket is waited for, not scheduled") {
    at.sink.room = 0;
    CHECK(at.outbox.write_to(&at.sink, 0).state == IoState::kWantWrite);
    at.outbox.append("d", 0);
    CHECK(at.home.scheduled == 2);
    CHECK(at.outbox.waiting_bytes() == 2);
  }
}

TEST_CASE("too many waiting bytes cut the client off") {
  Fixture at;
  at.sink.room = 0;
  at.outbox.append(std::string(60'000, 'x'), 0);
  at.outbox.write_to(&at.sink, 0);
  at.outbox.append(std::string(40'000, 'x'), 0);
  CHECK(at.outbox.cut_off() == CutOff::kNone);
  at.outbox.append("y", 0);
  CHECK(at.outbox.cut_off() == CutOff::kSlow);
  CHECK(at.home.scheduled == 2);  // Its thread hears of it although it waits for the socket.
  at.outbox.append("z", 0);
  CHECK(at.home.scheduled == 2);
  at.outbox.discard();
  CHECK(at.limits.total_bytes == 0);
}

TEST_CASE("one message is let in whatever its size") {
  Fixture at;
  at.outbox.append(at.block(500'000, 'x'), 0);
  CHECK(at.outbox.cut_off() == CutOff::kNone);
  at.outbox.write_to(&at.sink, 0);
  CHECK(at.sink.bytes.size() == 500'000);
}

TEST_CASE("the age is that of the oldest waiting byte") {
  Fixture at;
  CHECK(at.outbox.oldest_ms() == UINT64_MAX);
  at.outbox.append("aaaa", 1000);
  at.outbox.append("bbbb", 1010);  // Too close to the first to be told apart.
  at.outbox.append("cccc", 2000);
  CHECK(at.outbox.oldest_ms() == 1000);
  at.sink.room = 8;
  at.outbox.write_to(&at.sink, 0);
  CHECK(at.outbox.oldest_ms() == 2000);
  at.sink.room = 4;
  at.outbox.write_to(&at.sink, 0);
  CHECK(at.outbox.oldest_ms() == UINT64_MAX);
}

TEST_CASE("a long backlog is written in turns") {
  Fixture at;
  at.limits.client_bytes_max = 100u << 20;
  for (int i = 0; i < 40; ++i) at.outbox.append(at.block(100'000, 'x'), 0);
  const IoResult first = at.outbox.write_to(&at.sink, 0);
  CHECK(first.state == IoState::kOk);
  CHECK(first.size < 1'200'000);
  CHECK(at.home.scheduled == 2);
  while (at.outbox.waiting_bytes() != 0) at.outbox.write_to(&at.sink, 0);
  CHECK(at.sink.bytes.size() == 4'000'000);
}

namespace {

// Makes "0;1;2;…" in pieces, one a call.
class Numbers final : public OutboxSource {
 public:
  Numbers(int count, std::size_t size, bool* is_gone) : count_(count), size_(size), is_gone_(is_gone) {}
  ~Numbers() override { *is_gone_ = true; }
  bool encode_some(amps::Buffer* out) override {
    out->append(std::string(size_, static_cast<char>('0' + at_)));
    return ++at_ < count_;
  }
  void cancel(std::string_view query_id) override {
    if (query_id == "q") count_ = at_ + 1;
  }

 private:
  int at_ = 0;
  int count_;
  const std::size_t size_;
  bool* const is_gone_;
};

}  // namespace

TEST_CASE("SOW-53: what a source makes stands in its place, and only as much is made as is written") {
  Fixture at;
  bool is_gone = false;
  at.outbox.append("before;", 0);
  REQUIRE(at.outbox.append(std::make_unique<Numbers>(3, 2, &is_gone), 0));
  at.outbox.append("after;", 0);
  CHECK(at.home.scheduled == 1);
  at.sink.room = 8;
  CHECK(at.outbox.write_to(&at.sink, 0).state == IoState::kWantWrite);
  CHECK(at.sink.bytes == "before;0");
  CHECK(at.outbox.has_sources());
  CHECK(at.outbox.waiting_bytes() == 7);  // One of the piece that was begun, six behind it.
  at.sink.room = 1000;
  CHECK(at.outbox.write_to(&at.sink, 0).state == IoState::kOk);
  CHECK(at.sink.bytes == "before;001122after;");
  CHECK(is_gone);
  CHECK_FALSE(at.outbox.has_sources());
  CHECK(at.outbox.waiting_bytes() == 0);
  CHECK(at.limits.total_bytes == 0);
  CHECK(at.outbox.oldest_ms() == UINT64_MAX);
}

TEST_CASE("a client whose query costs too much is cut off") {
  struct Costly final : OutboxSource {
    bool encode_some(amps::Buffer*) override { return false; }
    void cancel(std::string_view) override {}
    bool is_too_costly() const noexcept override { return true; }
  };
  Fixture at;
  REQUIRE(at.outbox.append(std::make_unique<Costly>(), 0));
  at.outbox.write_to(&at.sink, 0);
  CHECK(at.outbox.cut_off() == CutOff::kCostly);
  at.outbox.append("more", 0);
  CHECK(at.outbox.waiting_bytes() == 0);
}

TEST_CASE("who is cut off is told once, and the first reason stays") {
  Fixture at;
  at.outbox.append("waits", 0);
  at.outbox.cut_off(CutOff::kCostly);
  at.outbox.cut_off(CutOff::kSlow);
  at.outbox.append("more", 0);
  CHECK(at.home.scheduled == 2);
  CHECK(at.outbox.cut_off() == CutOff::kCostly);
}

TEST_CASE("a source that makes much is written in turns") {
  Fixture at;
  bool is_gone = false;
  REQUIRE(at.outbox.append(std::make_unique<Numbers>(60, 1000, &is_gone), 0));
  at.sink.room = 1u << 30;
  int turns = 0;
  while (!is_gone) {
    const int scheduled = at.home.scheduled;
    at.outbox.write_to(&at.sink, 0);
    ++turns;
    if (!is_gone) CHECK(at.home.scheduled == scheduled + 1);
  }
  CHECK(turns > 3);
  CHECK(at.sink.bytes.size() == 60'000);
}

TEST_CASE("sources are cancelled by id, dropped with the rest, and bounded in number") {
  Fixture at;
  bool is_gone = false;
  REQUIRE(at.outbox.append(std::make_unique<Numbers>(9, 1, &is_gone), 0));
  at.outbox.cancel_sources("other");
  at.outbox.cancel_sources("q");
  at.sink.room = 100;
  at.outbox.write_to(&at.sink, 0);
  CHECK(at.sink.bytes == "0");
  bool ignored = false;
  int count = 0;
  while (at.outbox.append(std::make_unique<Numbers>(9, 1, &ignored), 0)) ++count;
  CHECK(count == 1'024);
  is_gone = false;
  at.outbox.discard();
  CHECK(ignored);
  CHECK(at.limits.total_bytes == 0);
  CHECK(at.outbox.append(std::make_unique<Numbers>(9, 1, &is_gone), 0));
  CHECK(is_gone);
}

TEST_CASE("a client that takes its result in steadily is not slow, however long it is") {
  Fixture at;
  bool is_gone = false;
  REQUIRE(at.outbox.append(std::make_unique<Numbers>(5, 4, &is_gone), 1000));
  at.outbox.append("live", 1100);
  CHECK(at.outbox.oldest_ms() == 1000);
  at.sink.room = 3;
  at.outbox.write_to(&at.sink, 5000);
  CHECK(at.outbox.oldest_ms() == 5000);
  at.outbox.write_to(&at.sink, 9000);  // Takes nothing.
  CHECK(at.outbox.oldest_ms() == 5000);
}

TEST_CASE("SLO-06: paced bytes cut nobody off and grow no older, the others still do") {
  Fixture at;
  at.sink.room = 0;
  at.outbox.append_paced(at.block(250'000, 'r'));
  CHECK(at.outbox.oldest_ms() == UINT64_MAX);
  CHECK_FALSE(at.outbox.has_room());
  at.outbox.append(std::string(90'000, 'm'), 1'000);
  CHECK(at.outbox.oldest_ms() == 1'000);
  at.outbox.append_paced(at.block(10, 'r'));
  at.sink.room = 100'000;
  at.outbox.write_to(&at.sink, 0);
  at.outbox.append(std::string(9'000, 'm'), 1'010);
  CHECK(at.outbox.cut_off() == CutOff::kNone);
  at.outbox.append(std::string(2'000, 'm'), 1'020);
  CHECK(at.outbox.cut_off() == CutOff::kSlow);
}

TEST_CASE("a wake has the home look once, though nothing waits") {
  Fixture at;
  at.outbox.wake();
  at.outbox.wake();
  CHECK(at.home.scheduled == 1);
  CHECK(at.outbox.write_to(&at.sink, 0).state == IoState::kOk);
  at.outbox.append("x", 0);
  CHECK(at.home.scheduled == 2);
}
