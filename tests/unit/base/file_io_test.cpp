// SPDX-License-Identifier: Apache-2.0
#include "base/file_io.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "fault_file_io.h"
#include "support/temporary_directory.h"

using amps::File;
using amps::FileIo;
using amps::OpenMode;
using amps::test::FaultFileIo;
using amps::test::TemporaryDirectory;

namespace {

std::unique_ptr<File> opened(FileIo& io, const std::string& path, OpenMode mode) {
  std::unique_ptr<File> file;
  const amps::Status status = io.open(path, mode, &file);
  REQUIRE_MESSAGE(status.ok(), status.text());
  return file;
}

std::string read_all(File& file) {
  std::string bytes(1'000, '?');
  std::size_t got = 0;
  REQUIRE(file.read_at(0, bytes.data(), bytes.size(), &got).ok());
  return bytes.substr(0, got);
}

}  // namespace

TEST_CASE("bytes are written anywhere, read, cut and kept") {
  const TemporaryDirectory directory;
  FileIo& io = amps::system_file_io();
  const std::string path = directory.file("data");
  {
    const auto file = opened(io, path, OpenMode::kCreate);
    REQUIRE(file->write_at(0, "hello world").ok());
    REQUIRE(file->write_at(6, "there").ok());
    REQUIRE(file->sync_data().ok());
    REQUIRE(file->truncate(8).ok());
    std::uint64_t size = 0;
    REQUIRE(file->size(&size).ok());
    CHECK(size == 8);
  }
  CHECK(read_all(*opened(io, path, OpenMode::kRead)) == "hello th");
  CHECK(read_all(*opened(io, path, OpenMode::kCreate)) == "hello th");
  REQUIRE(io.sync_directory(directory.path()).ok());
}

TEST_CASE("a new file is for its owner only") {
  const TemporaryDirectory directory;
  opened(amps::system_file_io(), directory.file("secret"), OpenMode::kCreate);
  struct stat info;
  REQUIRE(stat(directory.file("secret").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a link is not followed when a file is made") {
  const TemporaryDirectory directory;
  REQUIRE(symlink(directory.file("target").c_str(), directory.file("link").c_str()) == 0);
  std::unique_ptr<File> file;
  CHECK(amps::system_file_io().open(directory.file("link"), OpenMode::kCreate, &file).code() == AMPS_E_STORE);
  CHECK(access(directory.file("target").c_str(), F_OK) != 0);
}

TEST_CASE("failures name action, path and cause") {
  const TemporaryDirectory directory;
  FileIo& io = amps::system_file_io();
  std::unique_ptr<File> file;
  const std::string path = directory.file("missing");
  CHECK(io.open(path, OpenMode::kRead, &file).text() ==
        "cannot open '" + path + "': No such file or directory");
  CHECK(io.open(path, OpenMode::kReadWrite, &file).code() == AMPS_E_STORE);
  CHECK(io.remove(path).code() == AMPS_E_STORE);
  CHECK(io.rename(path, directory.file("other")).code() == AMPS_E_STORE);
  CHECK(io.sync_directory(path).code() == AMPS_E_STORE);
  opened(io, path, OpenMode::kCreate);
  CHECK(opened(io, path, OpenMode::kRead)->write_at(0, "x").code() == AMPS_E_STORE);
}

TEST_CASE("offsets beyond what a file can have are refused, not wrapped") {
  const TemporaryDirectory directory;
  const auto file = opened(amps::system_file_io(), directory.file("data"), OpenMode::kCreate);
  char byte = 0;
  std::size_t got = 0;
  const std::uint64_t beyond = std::uint64_t{1} << 63;
  CHECK_FALSE(file->write_at(beyond, "x").ok());
  CHECK_FALSE(file->write_at(beyond - 1, "x").ok());
  CHECK_FALSE(file->read_at(~std::uint64_t{0}, &byte, 1, &got).ok());
  CHECK_FALSE(file->truncate(beyond).ok());
}

TEST_CASE("files are renamed over others and removed") {
  const TemporaryDirectory directory;
  FileIo& io = amps::system_file_io();
  REQUIRE(opened(io, directory.file("a"), OpenMode::kCreate)->write_at(0, "new").ok());
  REQUIRE(opened(io, directory.file("b"), OpenMode::kCreate)->write_at(0, "old").ok());
  REQUIRE(io.rename(directory.file("a"), directory.file("b")).ok());
  CHECK(read_all(*opened(io, directory.file("b"), OpenMode::kRead)) == "new");
  REQUIRE(io.remove(directory.file("b")).ok());
  CHECK(access(directory.file("b").c_str(), F_OK) != 0);
}

TEST_CASE("a whole file is read up to its limit") {
  FaultFileIo io;
  const std::string text(150'000, 'x');
  REQUIRE(opened(io, "f", OpenMode::kCreate)->write_at(0, text).ok());
  std::string out;
  REQUIRE(amps::read_file(io, "f", text.size(), &out).ok());
  CHECK(out == text);
  CHECK(amps::read_file(io, "f", text.size() - 1, &out).text() == "file 'f' exceeds limit of 149999 bytes");
  CHECK_FALSE(amps::read_file(io, "missing", 10, &out).ok());
}

TEST_CASE("reading a whole file reports whichever step fails") {
  FaultFileIo io;
  REQUIRE(opened(io, "f", OpenMode::kCreate)->write_at(0, std::string(150'000, 'x')).ok());
  std::string out;
  const std::size_t before = io.operation_count();
  REQUIRE(amps::read_file(io, "f", 1 << 20, &out).ok());
  const std::size_t steps = io.operation_count() - before;
  CHECK(steps >= 4);
  for (std::size_t step = 1; step <= steps; ++step) {
    io.fail_at(io.operation_count() + step);
    CHECK(amps::read_file(io, "f", 1 << 20, &out).code() == AMPS_E_STORE);
  }
}

TEST_CASE("directories are made with those above them, and listed") {
  const TemporaryDirectory directory;
  FileIo& io = amps::system_file_io();
  const std::string deep = directory.file("a/b/c");
  REQUIRE(io.make_directory(deep).ok());
  REQUIRE(io.make_directory(deep).ok());
  opened(io, deep + "/one", OpenMode::kCreate);
  opened(io, deep + "/two", OpenMode::kCreate);
  std::vector<std::string> names;
  REQUIRE(io.list(deep, &names).ok());
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"one", "two"});
  CHECK_FALSE(io.list(directory.file("missing"), &names).ok());
  CHECK_FALSE(io.make_directory(deep + "/one").ok());
  CHECK_FALSE(io.make_directory(deep + "/one/below").ok());
}

TEST_CASE("allocated room is zero, and what was there stays") {
  const TemporaryDirectory directory;
  const auto file = opened(amps::system_file_io(), directory.file("data"), OpenMode::kCreate);
  REQUIRE(file->write_at(0, "abc").ok());
  REQUIRE(file->allocate(5).ok());
  REQUIRE(file->allocate(2).ok());  // Never shorter.
  CHECK(read_all(*file) == std::string("abc\0\0", 5));
}

TEST_CASE("a directory is held by one holder, also in one process") {
  const TemporaryDirectory directory;
  FileIo& io = amps::system_file_io();
  std::unique_ptr<amps::DirectoryLock> first;
  std::unique_ptr<amps::DirectoryLock> second;
  REQUIRE(io.lock(directory.path(), &first).ok());
  CHECK(io.lock(directory.path(), &second).text() ==
        "directory '" + directory.path() + "' is in use by another broker");
  first.reset();
  CHECK(io.lock(directory.path(), &second).ok());
}

TEST_CASE("a child made by fork does not keep a directory locked") {
  const TemporaryDirectory directory;
  FileIo& io = amps::system_file_io();
  std::unique_ptr<amps::DirectoryLock> lock;
  REQUIRE(io.lock(directory.path(), &lock).ok());
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    char byte;
    close(ends[1]);
    static_cast<void>(read(ends[0], &byte, 1));  // Until the parent is done.
    _exit(0);
  }
  lock.reset();
  CHECK(io.lock(directory.path(), &lock).ok());
  close(ends[0]);
  close(ends[1]);
  REQUIRE(waitpid(child, nullptr, 0) == child);
}

TEST_CASE("a full disk is told from a broken one") {
  std::unique_ptr<File> file;
  REQUIRE(amps::system_file_io().open("/dev/full", OpenMode::kReadWrite, &file).ok());
  CHECK(amps::is_disk_full(file->write_at(0, "x")));
  CHECK_FALSE(amps::is_disk_full(file->sync_data()));
  CHECK_FALSE(amps::is_disk_full({}));
}

TEST_CASE("a power loss takes what was not synced") {
  FaultFileIo io;
  const auto file = opened(io, "d/f", OpenMode::kCreate);
  REQUIRE(file->write_at(0, "kept").ok());
  REQUIRE(file->sync_data().ok());
  REQUIRE(io.sync_directory("d").ok());
  REQUIRE(file->write_at(4, " lost").ok());
  opened(io, "d/unsynced", OpenMode::kCreate);
  REQUIRE(io.rename("d/f", "d/renamed").ok());
  io.lose_power();
  CHECK(io.content("d/f") == "kept");
  CHECK_FALSE(io.exists("d/renamed"));
  CHECK_FALSE(io.exists("d/unsynced"));
}

TEST_CASE("a failing write leaves half of its bytes") {
  FaultFileIo io;
  const auto file = opened(io, "f", OpenMode::kCreate);
  io.fail_at(io.operation_count() + 1);
  CHECK_FALSE(file->write_at(0, "12345678").ok());
  CHECK(io.content("f") == "1234");
  CHECK(file->write_at(0, "12345678").ok());
  CHECK(io.durable_content("f").empty());
}
