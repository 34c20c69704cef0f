// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_file.h"

#include <doctest/doctest.h>

#include <string>

#include "support/fault_file_io.h"

using namespace amps::broker;
using amps::Status;

namespace {

struct Fixture {
  amps::test::FaultFileIo io;
  std::unique_ptr<SowFile> file;
  std::uint64_t cut_bytes = 0;
  std::string text;  // Of the changes that were read.

  Status open(const std::string& about = "t") {
    text.clear();
    return SowFile::open(
        &io, "f", about,
        [this](const SavedChange& change) -> Status {
          text += change.removes ? "-" : "+";
          text += std::string(change.key) + "=" + std::string(change.body) + ";";
          return {};
        },
        &file, &cut_bytes);
  }
  static std::string put(std::string_view key, std::string_view body) {
    amps::Buffer out;
    SavedChange change;
    change.key = key;
    change.body = body;
    append_change(&out, change);
    return std::string(out.view());
  }
  // Writes a file of its own bytes.
  void replace(const std::string& bytes) {
    std::unique_ptr<amps::File> raw;
    REQUIRE(io.open("f", amps::OpenMode::kCreate, &raw).ok());
    REQUIRE(raw->truncate(0).ok());
    REQUIRE(raw->write_at(0, bytes).ok());
  }
};

}  // namespace

TEST_CASE("SOW-26: changes are read in the order they were written, with everything they say") {
  Fixture at;
  REQUIRE(at.open().ok());
  SavedChange change;
  change.removes = true;
  change.timestamp_us = 1;
  change.expires_us = 2;
  change.txid = 3;
  change.key = "k";
  change.correlation_id = "x";
  change.body = "b";
  amps::Buffer out;
  append_change(&out, change);
  REQUIRE(at.file->write(at.put("a", "1") + at.put("b", "")).ok());
  REQUIRE(at.file->write(out.view()).ok());
  SavedChange last;
  std::unique_ptr<SowFile> again;
  REQUIRE(SowFile::open(
              &at.io, "f", "t",
              [&](const SavedChange& read) -> Status {
                CHECK(read.body.size() <= 1);
                last.timestamp_us = read.timestamp_us, last.expires_us = read.expires_us,
                last.txid = read.txid;
                at.text += std::string(read.key) + std::string(read.correlation_id);
                return {};
              },
              &again, &at.cut_bytes)
              .ok());
  CHECK(at.text == "abkx");
  CHECK((last.timestamp_us == 1 && last.expires_us == 2 && last.txid == 3));
}

TEST_CASE("a write that was cut short at any byte is cut off, and the file goes on from there") {
  Fixture at;
  REQUIRE(at.open().ok());
  REQUIRE(at.file->write(at.put("a", "1")).ok());
  const std::uint64_t good = at.file->size();
  REQUIRE(at.file->write(at.put("b", "2")).ok());
  const std::string whole = at.io.content("f");
  for (std::size_t size = good; size < whole.size(); ++size) {
    CAPTURE(size);
    at.replace(whole.substr(0, size));
    REQUIRE(at.open().ok());
    CHECK(at.text == "+a=1;");
    CHECK(at.cut_bytes == size - good);
    REQUIRE(at.file->write(at.put("c", "3")).ok());
    REQUIRE(at.open().ok());
    CHECK(at.text == "+a=1;+c=3;");
  }
}

TEST_CASE("damage with good batches behind it stops the start, naming file and offset") {
  Fixture at;
  REQUIRE(at.open().ok());
  const std::size_t begin = at.file->size();
  REQUIRE(at.file->write(at.put("a", "1")).ok());
  const std::size_t end = at.file->size();
  REQUIRE(at.file->write(at.put("b", "2")).ok());
  const std::string whole = at.io.content("f");
  for (std::size_t offset = begin; offset < end; ++offset) {
    CAPTURE(offset);
    std::string bytes = whole;
    bytes[offset] = static_cast<char>(bytes[offset] ^ 0x40);
    at.replace(bytes);
    const Status status = at.open();
    REQUIRE(status.code() == AMPS_E_STORE);
    CHECK(status.text().find("f: damaged at offset " + std::to_string(begin)) == 0);
    CHECK(at.io.content("f") == bytes);  // Left as it is.
  }
}

TEST_CASE("a publisher cannot make bytes that pass for a batch") {
  Fixture at;
  REQUIRE(at.open().ok());
  REQUIRE(at.file->write(at.put("a", "1")).ok());
  const std::string batch = at.io.content("f").substr(20);
  Fixture other;
  REQUIRE(other.open().ok());
  REQUIRE(other.file->write(other.put("a", batch)).ok());  // As it stands in another file.
  const std::string whole = other.io.content("f");
  other.replace(whole.substr(0, whole.size() - 1));
  REQUIRE(other.open().ok());
  CHECK(other.cut_bytes != 0);
}

TEST_CASE("a file that is not one, or another topic's, is refused and kept") {
  Fixture at;
  at.replace("precious");
  CHECK(at.open().code() == AMPS_E_STORE);
  CHECK(at.io.content("f") == "precious");
  at.replace(std::string(1000, 'x'));
  CHECK(at.open().code() == AMPS_E_STORE);
  at.replace("");
  REQUIRE(at.open("json t keys /a").ok());
  const Status status = at.open("json t keys /b");
  CHECK(status.code() == AMPS_E_STORE);
  CHECK(status.text().find("json t keys /a") != std::string::npos);
}

TEST_CASE("with power lost at every step of the first start, the next start works") {
  for (std::size_t step = 1; step < 12; ++step) {
    CAPTURE(step);
    Fixture at;
    at.io.fail_at(step);
    const bool opened = at.open().ok();
    at.file.reset();
    at.io.lose_power();
    at.io.fail_at(0);
    REQUIRE(at.open().ok());
    REQUIRE(at.file->write(at.put("a", "1")).ok());
    if (opened) break;
  }
}

TEST_CASE("SOW-47: what another file says from an offset on is taken over") {
  Fixture at;
  REQUIRE(at.open().ok());
  REQUIRE(at.file->write(at.put("a", "1")).ok());
  const std::uint64_t offset = at.file->size();
  REQUIRE(at.file->write(at.put("b", "2")).ok());
  REQUIRE(at.file->write(at.put("c", "3")).ok());
  std::unique_ptr<SowFile> copy;
  REQUIRE(SowFile::make(&at.io, "g", "t", &copy).ok());
  REQUIRE(copy->copy_from(at.file.get(), offset).ok());
  REQUIRE(at.io.rename("g", "f").ok());
  REQUIRE(at.open().ok());
  CHECK(at.text == "+b=2;+c=3;");
}
