// SPDX-License-Identifier: Apache-2.0
#include "base/record_file.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "support/crash_file_io.h"

using amps::RecordFile;
using amps::RecordFileKind;
using amps::Status;
using amps::test::CrashFileIo;

namespace {

constexpr RecordFileKind kKind{"AMPSTEST", "a file of this test", "another test"};

struct Fixture {
  CrashFileIo io;
  std::unique_ptr<RecordFile> file;
  std::uint64_t cut_bytes = 0;
  std::string read;

  Status open(amps::FileIo& from, const std::string& about = "me") {
    read.clear();
    const auto visit = [this](std::string_view payload, std::uint64_t) {
      read += std::string(payload) + ";";
      return Status();
    };
    return RecordFile::open(&from, "f", kKind, about, visit, &file, &cut_bytes);
  }
  Status open() { return open(io); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "records are read in the order they were written, and more can follow") {
  REQUIRE(open().ok());
  CHECK(file->write("one").ok());
  CHECK(file->write("").ok());
  REQUIRE(open().ok());
  CHECK(read == "one;;");
  CHECK(file->write("three").ok());
  REQUIRE(open().ok());
  CHECK(read == "one;;three;");
  CHECK(cut_bytes == 0);
}

TEST_CASE_FIXTURE(Fixture, "the file of somebody else is refused, and told from no file of ours") {
  REQUIRE(open(io, "you").ok());
  CHECK(open().text() == "f is the file of another test: you instead of me");
}

TEST_CASE_FIXTURE(Fixture, "what a visitor refuses stops the reading") {
  REQUIRE(open().ok());
  CHECK(file->write("one").ok());
  const auto refuse = [](std::string_view, std::uint64_t offset) {
    return amps::damaged("f", offset, "bad");
  };
  CHECK(RecordFile::open(&io, "f", kKind, "me", refuse, &file, &cut_bytes)
            .text()
            .find("f: damaged at offset") == 0);
}

TEST_CASE_FIXTURE(Fixture, "a write that failed is undone, and the next one takes its place") {
  REQUIRE(open().ok());
  CHECK(file->write("one").ok());
  io.fail_after(0, true);
  CHECK_FALSE(file->write("two").ok());
  io.stop_failing();
  CHECK(file->undo().ok());
  CHECK(file->write("three").ok());
  REQUIRE(open().ok());
  CHECK(read == "one;three;");
}

TEST_CASE_FIXTURE(Fixture,
                  "a power cut at any moment leaves every record that was synced, and no part of another") {
  REQUIRE(open().ok());
  io.promise(0);
  std::string wanted;
  for (std::uint64_t i = 1; i <= 6; ++i) {
    CHECK(file->write(std::string(i * 300, static_cast<char>('a' + i))).ok());
    CHECK(file->sync().ok());
    io.promise(i);
  }
  std::mt19937_64 random(11);
  for (std::size_t moment = 0; moment <= io.moment(); ++moment) {
    for (int round = 0; round < 8; ++round) {
      CAPTURE(moment);
      CrashFileIo after(io.after_power_cut(moment, &random));
      const Status status = open(after);
      REQUIRE_MESSAGE(status.ok(), status.text());
      std::uint64_t count = 0;
      for (std::size_t at = 0; at < read.size(); at = read.find(';', at) + 1) {
        ++count;
        CHECK(read.find(';', at) - at == count * 300);
      }
      CHECK(count >= io.promised_at(moment));
      file.reset();
    }
  }
}
