// SPDX-License-Identifier: Apache-2.0
#include "client/store_file.h"

#include <doctest/doctest.h>

#include "support/fault_file_io.h"

using amps::RecordFile;
using amps::RecordFileKind;
using amps::Status;
using amps::client::StoreFile;
using amps::test::FaultFileIo;

namespace {

constexpr RecordFileKind kKind{"AMPSTST1", "the file of a test", "another kind of store"};

struct Fixture {
  FaultFileIo io;
  std::string read;

  Fixture() { REQUIRE(io.make_directory("dir").ok()); }
  Status open(StoreFile* file, bool syncs = true) {
    read.clear();
    return file->open(&io, "dir/f", kKind, "test", syncs, [this](std::string_view record, std::uint64_t) {
      read.append(record).push_back(';');
      return Status();
    });
  }
  std::string content() {
    StoreFile file;
    REQUIRE(open(&file).ok());
    return read;
  }
};

}  // namespace

TEST_CASE("a file that was never opened has nothing to sync and to close") {
  StoreFile file;
  CHECK_FALSE(file.is_open());
  CHECK(file.sync().ok());
  CHECK(file.close().ok());
  CHECK(file.failure().ok());
}

TEST_CASE_FIXTURE(Fixture, "one store at a time has a file, and closing gives it up") {
  StoreFile first;
  StoreFile second;
  REQUIRE(open(&first).ok());
  REQUIRE(first.write("a").ok());
  CHECK(open(&second).text().find("another store may have it") != std::string::npos);
  CHECK(first.close().ok());
  CHECK(first.write("b").text() == "dir/f is closed");
  CHECK(first.close().ok());
  CHECK(content() == "a;");
}

TEST_CASE_FIXTURE(Fixture, "a write that fails leaves nothing behind, and the next one goes on") {
  StoreFile file;
  REQUIRE(open(&file).ok());
  REQUIRE(file.write("a").ok());
  const std::string before = io.content("dir/f");
  io.fail_at(io.operation_count() + 1);  // The write itself: half of it is there.
  CHECK_FALSE(file.write("bbbbbbbb").ok());
  CHECK(io.content("dir/f") == before);
  CHECK(file.failure().ok());
  CHECK(file.write("c").ok());
  CHECK(file.close().ok());
  CHECK(content() == "a;c;");
}

TEST_CASE_FIXTURE(Fixture, "after a sync that fails nothing is written any more") {
  StoreFile file;
  REQUIRE(open(&file).ok());
  io.fail_at(io.operation_count() + 2);
  const Status status = file.write("a");
  CHECK_FALSE(status.ok());
  CHECK(file.failure().text() == status.text());
  CHECK(file.write("b").text() == status.text());
}

TEST_CASE_FIXTURE(Fixture, "another file takes its place, or none does") {
  StoreFile file;
  REQUIRE(open(&file).ok());
  for (const char* record : {"a", "b", "c"}) REQUIRE(file.write(record).ok());
  bool is_replaced = false;
  const auto only_c = [](RecordFile* fresh) { return fresh->write("c"); };
  SUBCASE("for good") {
    CHECK(file.replace(only_c, &is_replaced).ok());
    CHECK(is_replaced);
    CHECK(file.write("d").ok());
    CHECK(file.close().ok());
    io.lose_power();
    CHECK(content() == "c;d;");
  }
  SUBCASE("whatever fails on the way") {
    std::size_t steps = 0;
    for (bool failed = true; failed; ++steps) {
      is_replaced = false;
      io.fail_at(io.operation_count() + 1 + steps);
      failed = !file.replace(only_c, &is_replaced).ok();
      io.fail_at(0);
      if (is_replaced) break;
      REQUIRE(file.write("x").ok());
    }
    CHECK(steps > 3);
    CHECK(is_replaced);
    CHECK(file.close().ok());
    CHECK(content() == "c;");
  }
}
