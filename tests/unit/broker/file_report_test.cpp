// SPDX-License-Identifier: Apache-2.0
#include "broker/file_report.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "support/fault_file_io.h"
#include "support/logged_broker.h"

using namespace amps::broker;
using raw::Client;
using raw::LoggedBroker;

namespace {

constexpr const char* kJournal = "journal/amps.0000000001.journal";

// The files a broker has left behind.
struct Fixture {
  amps::test::FaultFileIo disk;
  LoggedBroker broker;

  Fixture() {
    broker.with_records("orders").parts.file_io = &disk;
    auto& sow = std::get<SowTopicConfiguration>(broker.configuration.sow[0]);
    sow.is_persistent = true;
    sow.file_name = "sow/orders.sow";
    broker.start();
    {
      Client client(broker.port());
      client.logon("me");
      for (int i = 1; i <= 5; ++i) raw::publish_numbered(client, "orders", i, R"({"id":1})");
    }
    broker.broker.reset();
  }
  amps::Status check() { return Broker(broker.configuration, broker.parts).check(); }
  void flip(const std::string& path, std::uint64_t offset) {
    std::unique_ptr<amps::File> file;
    REQUIRE(disk.open(path, amps::OpenMode::kReadWrite, &file).ok());
    const char flipped = static_cast<char>(~disk.content(path)[offset]);
    REQUIRE(file->write_at(offset, {&flipped, 1}).ok());
  }
};

}  // namespace

TEST_CASE("good files are counted, and stay as they are") {
  Fixture at;
  const std::string journal = at.disk.content(kJournal);
  const std::string sow = at.disk.content("sow/orders.sow");
  CHECK(at.check().ok());
  CHECK(at.broker.log.contains("journal journal: 5 records of 1 publishers, good"));
  CHECK(at.broker.log.contains("sow/orders.sow: 1 records, good"));
  CHECK(at.disk.content(kJournal) == journal);
  CHECK(at.disk.content("sow/orders.sow") == sow);
}

TEST_CASE("what a start would refuse is named") {
  Fixture at;
  at.flip(kJournal, 200);
  const amps::Status status = at.check();
  CHECK(status.code() == AMPS_E_STORE);
  CHECK(status.text().find(kJournal) != std::string::npos);
}

TEST_CASE("a check does without files that are not there yet, and without those of a broker that runs") {
  Fixture at;
  at.broker.configuration.transaction_log->directory = "elsewhere";
  // A file of a topic that knows more than its log is refused, …
  CHECK(at.check().text().find("sow/orders.sow") != std::string::npos);
  auto& sow = std::get<SowTopicConfiguration>(at.broker.configuration.sow[0]);
  sow.file_name = "elsewhere/orders.sow";
  CHECK(at.check().ok());  // … and none at all is a beginning.
  sow.file_name = "sow/orders.sow";
  at.broker.configuration.transaction_log->directory = "journal";
  at.broker.start();
  CHECK_FALSE(at.check().ok());
}
