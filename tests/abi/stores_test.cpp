// SPDX-License-Identifier: Apache-2.0
// The stores of the library as C++ programs use them.
#include <doctest/doctest.h>
#include <unistd.h>
#include <amps/ampsplusplus.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "broker.h"

using facade::RunningBroker;

namespace {

// A name for a file that is not there, and goes with the test.
struct TemporaryFile {
  std::string path;

  TemporaryFile() {
    char name[] = "/tmp/amps-store-XXXXXX";
    const int fd = mkstemp(name);
    REQUIRE(fd != -1);
    close(fd);
    path = name;
    std::remove(name);
  }
  ~TemporaryFile() {
    std::remove(path.c_str());
    std::remove((path + ".lock/lock").c_str());
    std::remove((path + ".lock").c_str());
  }
};

AMPS::ServerChooser chooser_of(const std::string& uri) {
  AMPS::ServerChooser chooser(new AMPS::DefaultServerChooser());
  chooser.add(uri);
  return chooser;
}

struct Collecting : AMPS::StoreReplayer {
  std::string all;
  void execute(AMPS::Message& message) override {
    all += std::string(message.getSequence()) + "=" + std::string(message.getData()) + ";";
  }
};

// Counts what a client stores, and lets the library do the rest.
struct Counting : AMPS::MemoryPublishStore {
  int* const count;
  explicit Counting(int* stored) : count(stored) {}
  amps_uint64_t store(const AMPS::Message& message) override {
    ++*count;
    return AMPS::MemoryPublishStore::store(message);
  }
};

}  // namespace

TEST_CASE("CPP-216 CPP-271 CPP-294: a memory-backed client keeps what it publishes until the server has it") {
  RunningBroker broker;
  AMPS::HAClient client = AMPS::HAClient::createMemoryBacked("memory");
  CHECK(client.getBookmarkStore().isValid());
  CHECK(client.publish("t", "before the first logon") == 1);
  CHECK(client.getPublishStore().unpersistedCount() == 1);
  client.setServerChooser(chooser_of(broker.uri()));
  client.connectAndLogon();
  client.publishFlush(10'000);
  CHECK(client.getPublishStore().unpersistedCount() == 0);
  CHECK(client.getPublishStore().getLastPersisted() == 1);
}

TEST_CASE("CPP-217 CPP-273 CPP-295: a file-backed client goes on with what the one before it left") {
  TemporaryFile publishes, bookmarks;
  {
    AMPS::HAClient client = AMPS::HAClient::createFileBacked("files", publishes.path, bookmarks.path);
    client.publish("t", "1");
    client.publish("t", "2");
    AMPS::Message delivered;
    delivered.setSubscriptionId("s").setBookmark("7|1|");
    AMPS::BookmarkStore store = client.getBookmarkStore();
    store.log(delivered);
    store.discard(delivered);
    CHECK_THROWS_AS(AMPS::PublishStore(publishes.path), AMPS::StoreException);
  }
  AMPS::HAClient client = AMPS::HAClient::createFileBacked("files", publishes.path, bookmarks.path);
  Collecting collected;
  client.getPublishStore().replay(collected);
  CHECK(collected.all == "1=1;2=2;");
  CHECK(client.getBookmarkStore().getMostRecent("s") == "7|1|");
  RunningBroker broker;
  client.setServerChooser(chooser_of(broker.uri()));
  client.connectAndLogon();
  client.publishFlush(10'000);
  CHECK(client.getPublishStore().unpersistedCount() == 0);
}

TEST_CASE("CPP-275: the methods of a class derived from a store are called, and reach the store") {
  int count = 0;
  AMPS::Client client("derived");
  client.setPublishStore(AMPS::Store(new Counting(&count)));
  RunningBroker broker;
  client.connect(broker.uri());
  client.logon();
  CHECK(client.publish("t", "x") == 1);
  CHECK(client.publish("t", "y") == 2);
  client.publishFlush(10'000);
  CHECK(count == 2);
  CHECK(client.getPublishStore().unpersistedCount() == 0);
}

TEST_CASE("CPP-274: stores of files write them anew, wait for the disk and give them up") {
  TemporaryFile file;
  AMPS::MMapBookmarkStore* const store = new AMPS::MMapBookmarkStore(file.path);
  const AMPS::BookmarkStore handle(store);
  store->prune();
  store->sync();
  store->close();
  AMPS::LoggedBookmarkStore again(file.path);  // The file is free.
  AMPS::Message message;
  message.setSubscriptionId("s").setBookmark("7|1|");
  CHECK_THROWS_AS(store->discard(message), AMPS::StoreException);
}
