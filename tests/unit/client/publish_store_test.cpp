// SPDX-License-Identifier: Apache-2.0
#include "client/publish_store.h"

#include <doctest/doctest.h>

#include <random>
#include <thread>
#include <vector>

#include "session_fixture.h"
#include "support/crash_file_io.h"

using namespace test;
using amps::Status;
using amps::client::Message;
using amps::client::PublishStore;
using amps::test::CrashFileIo;

namespace {

constexpr std::uint64_t kNoLimit = 1u << 30;

std::uint64_t store(PublishStore& store, const std::string& data) {
  Command message(AMPS_COMMAND_Publish, "t");
  message.data(data);
  std::uint64_t sequence = 0;
  REQUIRE(store.store(*Message::from(message.get()), &sequence).ok());
  return sequence;
}

amps_result note(amps_message_ref_t* message, void* userdata) {
  const Message& kept = *Message::from(message->body);
  *static_cast<std::string*>(userdata) += std::string(kept.get(AMPS_Sequence)) + "=" +
                                          std::string(kept.get(AMPS_Topic)) + ":" + std::string(kept.body()) +
                                          ";";
  return AMPS_E_OK;
}

std::string replayed(PublishStore& store) {
  std::string all;
  REQUIRE(store.replay(note, &all) == AMPS_E_OK);
  return all;
}

struct FileFixture {
  CrashFileIo io;
  std::unique_ptr<PublishStore> kept;

  Status open() {
    kept.reset();
    return PublishStore::open(&io, "dir/f", false, kNoLimit, &kept);
  }
  std::uint64_t put(const std::string& data) { return store(*kept, data); }
};

}  // namespace

TEST_CASE(
    "CPP-284 CPP-285 CPP-286 CPP-288: messages are numbered, replayed in order, and go when persisted") {
  PublishStore kept(kNoLimit);
  CHECK(store(kept, "a") == 1);
  CHECK(store(kept, "") == 2);
  CHECK(store(kept, "c") == 3);
  CHECK(kept.unpersisted_count() == 3);
  CHECK(replayed(kept) == "1=t:a;2=t:;3=t:c;");
  CHECK(kept.discard_up_to(2).ok());
  CHECK(kept.unpersisted_count() == 1);
  CHECK(kept.lowest_unpersisted() == 3);
  CHECK(kept.last_persisted() == 2);
  CHECK(replayed(kept) == "3=t:c;");
  CHECK(kept.discard_up_to(1).ok());  // Late.
  CHECK(kept.discard_up_to(3).ok());
  CHECK(replayed(kept).empty());
  CHECK(kept.lowest_unpersisted() == 0);
  CHECK(store(kept, "d") == 4);
}

TEST_CASE("CPP-287: one message is replayed, unless it is gone") {
  PublishStore kept(kNoLimit);
  for (int i = 1; i <= 5; ++i) store(kept, std::to_string(i * 10));
  (void)kept.discard_up_to(2);
  std::string got;
  CHECK(kept.replay_single(note, &got, 4) == AMPS_E_OK);
  CHECK(got == "4=t:40;");
  for (const std::uint64_t gone : {0, 1, 2, 6}) {
    CHECK(kept.replay_single(note, &got, gone) == AMPS_E_NOT_FOUND);
  }
  CHECK(got == "4=t:40;");
}

TEST_CASE("what is stored beyond a block is kept whole, whatever its size") {
  PublishStore kept(kNoLimit);
  const std::string large(300'000, 'x');
  for (int i = 1; i <= 20; ++i) store(kept, i % 3 == 0 ? large : std::to_string(i));
  (void)kept.discard_up_to(7);
  std::string wanted;
  for (int i = 8; i <= 20; ++i) {
    wanted += std::to_string(i) + "=t:" + (i % 3 == 0 ? large : std::to_string(i)) + ";";
  }
  CHECK(replayed(kept) == wanted);
}

TEST_CASE("a replay ends with the caller's failure, and with what was stored when it began") {
  PublishStore kept(kNoLimit);
  for (int i = 1; i <= 3; ++i) store(kept, "x");
  const auto refuse = [](amps_message_ref_t*, void* count) {
    return ++*static_cast<int*>(count) == 2 ? AMPS_E_DISCONNECTED : AMPS_E_OK;
  };
  int count = 0;
  CHECK(kept.replay(refuse, &count) == AMPS_E_DISCONNECTED);
  CHECK(count == 2);
  const auto publish_more = [](amps_message_ref_t*, void* to) {
    store(*static_cast<PublishStore*>(to), "more");
    return AMPS_E_OK;
  };
  CHECK(kept.replay(publish_more, &kept) == AMPS_E_OK);
  CHECK(kept.unpersisted_count() == 6);
}

TEST_CASE("CPP-289: a flush ends when everything stored before is persisted, or the time is over") {
  PublishStore kept(kNoLimit);
  CHECK(kept.flush(0).ok());
  store(kept, "a");
  const Status status = kept.flush(1);
  CHECK(status.code() == AMPS_E_TIMED_OUT);
  CHECK(status.text().find("1 messages are left") != std::string::npos);
  auto flushed = async([&] { return kept.flush(0).ok(); });
  store(kept, "b");
  CHECK(kept.discard_up_to(2).ok());
  REQUIRE(ends(flushed));
  CHECK(flushed.get());
}

TEST_CASE("a full store says so, and takes messages again when some are persisted") {
  PublishStore kept(1'000);
  Command message(AMPS_COMMAND_Publish, "t");
  message.data(std::string(400, 'x'));
  std::uint64_t sequence = 0;
  for (int i = 0; i < 2; ++i) REQUIRE(kept.store(*Message::from(message.get()), &sequence).ok());
  CHECK(kept.store(*Message::from(message.get()), &sequence).code() == AMPS_E_WOULD_BLOCK);
  CHECK(kept.unpersisted_count() == 2);
  CHECK(kept.discard_up_to(2).ok());
  CHECK(kept.store(*Message::from(message.get()), &sequence).ok());
  CHECK(sequence == 3);
}

TEST_CASE("a new store goes on behind what the server has, an old one keeps its numbers") {
  PublishStore kept(kNoLimit);
  store(kept, "a");
  store(kept, "b");
  CHECK(kept.resume_after(100).ok());
  CHECK(kept.discard_up_to(100).ok());
  CHECK(replayed(kept) == "101=t:a;102=t:b;");
  CHECK(kept.resume_after(101).ok());  // Of the next logon.
  CHECK(kept.discard_up_to(101).ok());
  CHECK(replayed(kept) == "102=t:b;");
  CHECK(kept.discard_up_to(500).ok());  // Another client used the name.
  CHECK(store(kept, "c") == 501);
}

TEST_CASE("messages are numbered without gap or double from many threads, while some are persisted") {
  PublishStore kept(kNoLimit);
  constexpr int kEach = 2'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kEach; ++j) {
        const std::uint64_t sequence = store(kept, "x");
        if (sequence % 100 == 0) CHECK(kept.discard_up_to(sequence - 50).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(kept.last_persisted() + kept.unpersisted_count() == 3 * kEach);
}

TEST_CASE_FIXTURE(FileFixture, "CPP-295: what a killed process stored is there again, with its numbers") {
  REQUIRE(open().ok());
  REQUIRE(kept->resume_after(10).ok());
  for (const char* data : {"a", "b", "c"}) put(data);
  REQUIRE(kept->discard_up_to(11).ok());
  put("d");  // Its record says what was persisted.
  REQUIRE(open().ok());
  CHECK(replayed(*kept) == "12=t:b;13=t:c;14=t:d;");
  CHECK(put("e") == 15);
  REQUIRE(kept->resume_after(13).ok());  // An old store: the server's number changes nothing.
  REQUIRE(kept->discard_up_to(13).ok());
  CHECK(replayed(*kept) == "14=t:d;15=t:e;");
}

TEST_CASE_FIXTURE(FileFixture, "a file is one store's at a time, and of a publish store") {
  REQUIRE(open().ok());
  std::unique_ptr<PublishStore> second;
  CHECK(PublishStore::open(&io, "dir/f", false, kNoLimit, &second).code() == AMPS_E_STORE);
  kept.reset();
  std::unique_ptr<amps::File> raw;
  REQUIRE(io.open("dir/f", amps::OpenMode::kCreate, &raw).ok());
  REQUIRE(raw->write_at(0, "precious").ok());
  const Status status = open();
  CHECK(status.code() == AMPS_E_STORE);
  CHECK(status.text().find("dir/f: damaged at offset 0") == 0);
}

TEST_CASE_FIXTURE(FileFixture, "a message that cannot be written is refused, and not there later") {
  REQUIRE(open().ok());
  put("a");
  io.fail_after(0, true);
  Command message(AMPS_COMMAND_Publish, "t");
  message.data("lost");
  std::uint64_t sequence = 0;
  CHECK(kept->store(*Message::from(message.get()), &sequence).code() == AMPS_E_STORE);
  io.stop_failing();
  CHECK(put("b") == 2);
  REQUIRE(open().ok());
  CHECK(replayed(*kept) == "1=t:a;2=t:b;");
}

TEST_CASE_FIXTURE(FileFixture, "the file does not grow with what is persisted") {
  REQUIRE(open().ok());
  const std::string data(1 << 20, 'x');
  for (int i = 0; i < 60; ++i) {
    const std::uint64_t sequence = put(data);
    REQUIRE(kept->discard_up_to(sequence - (sequence > 3 ? 3 : sequence)).ok());
  }
  std::unique_ptr<amps::File> raw;
  std::uint64_t size = 0;
  REQUIRE(io.open("dir/f", amps::OpenMode::kRead, &raw).ok());
  REQUIRE(raw->size(&size).ok());
  CHECK(size < (40u << 20));
  REQUIRE(open().ok());
  CHECK(kept->unpersisted_count() == 4);  // The last word of what is persisted was not written.
  CHECK(put("next") == 61);
}

TEST_CASE("CPP-295: with sync, a power cut at any moment loses no message whose store() returned") {
  CrashFileIo io;
  std::mt19937_64 random(7);
  {
    std::unique_ptr<PublishStore> kept;
    REQUIRE(PublishStore::open(&io, "dir/f", true, kNoLimit, &kept).ok());
    for (std::uint64_t i = 1; i <= 4; ++i) {
      store(*kept, "early");
      io.promise(i);
    }
    REQUIRE(kept->resume_after(10).ok());
    io.promise(14);
    for (std::uint64_t i = 15; i <= 30; ++i) {
      store(*kept, std::string(i * 40, 'x'));
      io.promise(i);
    }
  }
  for (std::size_t moment = 0; moment <= io.moment(); ++moment) {
    for (int round = 0; round < 4; ++round) {
      CAPTURE(moment);
      const std::uint64_t promised = io.promised_at(moment);
      CrashFileIo after(io.after_power_cut(moment, &random));
      std::unique_ptr<PublishStore> kept;
      const Status status = PublishStore::open(&after, "dir/f", true, kNoLimit, &kept);
      REQUIRE_MESSAGE(status.ok(), status.text());
      const std::uint64_t last = kept->last_persisted() + kept->unpersisted_count();
      // The numbers change at the first logon; before it returned, either are right.
      CHECK((promised <= 4 ? last >= promised : last >= promised && last <= 30));
      CHECK(kept->unpersisted_count() >= (promised <= 4 ? promised : promised - 10));
    }
  }
}
