// SPDX-License-Identifier: Apache-2.0
#include "broker/read_only_file_io.h"

#include <doctest/doctest.h>

#include <memory>

#include "support/fault_file_io.h"

using namespace amps::broker;

TEST_CASE("every change stays inside, and what would be made is empty") {
  amps::test::FaultFileIo disk;
  std::unique_ptr<amps::File> file;
  REQUIRE(disk.open("there/file", amps::OpenMode::kCreate, &file).ok());
  REQUIRE(file->write_at(0, "abc").ok());
  ReadOnlyFileIo files(&disk);
  REQUIRE(files.open("there/file", amps::OpenMode::kCreate, &file).ok());
  CHECK(file->write_at(0, "xyz").ok());
  CHECK(file->truncate(0).ok());
  CHECK(files.remove("there/file").ok());
  CHECK(disk.content("there/file") == "abc");
  REQUIRE(files.make_directory("new").ok());
  REQUIRE(files.open("new/file", amps::OpenMode::kCreate, &file).ok());
  char byte = 0;
  std::size_t got = 1;
  CHECK(file->read_at(0, &byte, 1, &got).ok());
  CHECK(got == 0);
  CHECK_FALSE(disk.exists("new/file"));
  CHECK_FALSE(files.open("there/other", amps::OpenMode::kReadWrite, &file).ok());
}

TEST_CASE("a file that would be made needs its directory") {
  ReadOnlyFileIo files(&amps::system_file_io());
  std::unique_ptr<amps::File> file;
  CHECK_FALSE(files.open("/nonexistent/directory/file", amps::OpenMode::kCreate, &file).ok());
}
