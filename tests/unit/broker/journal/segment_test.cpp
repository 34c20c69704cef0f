// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/segment.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/crash_file_io.h"

using namespace amps;
using namespace amps::broker;
using amps::test::CrashFileIo;

namespace {

// A segment file with whatever is written into it.
class SegmentFile {
 public:
  SegmentFile() {
    REQUIRE(make_segment(io, "d", "test", {3, kSalt}, 16'384).ok());
    REQUIRE(io.open(path, OpenMode::kReadWrite, &file).ok());
  }
  SegmentScanner scanner() {
    SegmentScanner made(file.get(), path, kSalt);
    REQUIRE(made.seek(kSegmentHeaderBytes).ok());
    return made;
  }
  void append(RecordKind kind, std::string_view body) {
    JournalRecord record;
    record.kind = kind;
    record.body = body;
    record.topic = kind == RecordKind::kPublish ? "t" : "";
    std::string bytes(record_bytes(record), '\0');
    encode_record(bytes.data(), record);
    seal_record(bytes.data(), kSalt);
    put(bytes);
  }
  void append_batch(std::uint64_t synced) {
    std::string bytes(kRecordHeaderBytes, '\0');
    encode_batch(bytes.data(), {});
    complete_batch(bytes.data(), synced, 0);
    seal_record(bytes.data(), kSalt);
    put(bytes);
  }
  void put(const std::string& bytes) {
    REQUIRE(file->write_at(end, bytes).ok());
    end += bytes.size();
  }

  static constexpr std::uint32_t kSalt = 99;
  const std::string path = "d/test.0000000003.journal";
  CrashFileIo io;
  std::unique_ptr<File> file;
  std::uint64_t end = kSegmentHeaderBytes;
};

}  // namespace

TEST_CASE("names of segments are those of the instance, with ten digits") {
  CHECK(segment_name("desk-1", 12) == "desk-1.0000000012.journal");
  CHECK(segment_number("desk-1", "desk-1.0000000012.journal") == 12);
  for (const char* name : {"desk-2.0000000012.journal", "desk-1.12.journal", "desk-1.0000000000.journal",
                           "desk-1.00000000x2.journal", "desk-1.0000000012.journal.gz", "desk-1", ""}) {
    CHECK_FALSE(segment_number("desk-1", name).has_value());
  }
}

TEST_CASE("a segment has its name only when its header is on the disk") {
  CrashFileIo io;
  REQUIRE(make_segment(io, "d", "test", {3, 99}, 16'384).ok());
  std::mt19937_64 random(1);
  for (std::size_t moment = 0; moment <= io.moment(); ++moment) {
    for (int i = 0; i < 8; ++i) {
      CrashFileIo disk(io.after_power_cut(moment, &random));
      std::unique_ptr<File> file;
      if (!disk.open("d/test.0000000003.journal", OpenMode::kRead, &file).ok()) continue;
      SegmentHeader header;
      REQUIRE(read_segment_header(*file, "f", &header).ok());
      CHECK(header.number == 3);
      CHECK(header.salt == 99);
      std::uint64_t size = 0;
      REQUIRE(file->size(&size).ok());
      CHECK(size == 16'384);
    }
  }
}

TEST_CASE("REL-19: a disk too small is a failure that names the file and the bytes, and leaves nothing") {
  CrashFileIo io;
  io.fail_after(1, true);
  const Status status = make_segment(io, "d", "test", {3, 99}, 16'384);
  CHECK(is_disk_full(status));
  CHECK(status.text().find("(16384 bytes)") != std::string::npos);
  CHECK(io.after_kill(io.moment()).empty());
}

TEST_CASE("a header that is not one is refused with the path") {
  SegmentFile segment;
  SegmentHeader header;
  REQUIRE(segment.file->write_at(20, "x").ok());
  CHECK(read_segment_header(*segment.file, segment.path, &header).text() ==
        "journal file '" + segment.path + "': damaged at offset 0: header checksum");
  REQUIRE(segment.file->write_at(0, "x").ok());
  CHECK_FALSE(read_segment_header(*segment.file, segment.path, &header).ok());
  REQUIRE(segment.file->truncate(10).ok());
  CHECK_FALSE(read_segment_header(*segment.file, segment.path, &header).ok());
}

TEST_CASE("records are read to the end of what was written, also at the end of a full file") {
  SegmentFile segment;
  segment.append_batch(64);
  segment.append(RecordKind::kPublish, "one");
  segment.append(RecordKind::kPublish, std::string(9'000, 'x'));
  for (const bool is_full : {false, true}) {
    if (is_full) REQUIRE(segment.file->truncate(segment.end).ok());
    SegmentScanner scanner = segment.scanner();
    std::vector<std::size_t> bodies;
    RecordState state = RecordState::kGood;
    for (;;) {
      JournalRecord record;
      REQUIRE(scanner.next(&state, &record).ok());
      if (state != RecordState::kGood) break;
      bodies.push_back(record.body.size());
    }
    CHECK(state == RecordState::kEnd);
    CHECK(scanner.offset() == segment.end);
    CHECK(bodies == std::vector<std::size_t>{0, 3, 9'000});
  }
}

TEST_CASE("a record that reaches beyond the file is damaged, whatever length it claims") {
  SegmentFile segment;
  segment.append(RecordKind::kPublish, std::string(500, 'x'));
  REQUIRE(segment.file->truncate(segment.end - 8).ok());
  SegmentScanner scanner = segment.scanner();
  RecordState state = RecordState::kGood;
  JournalRecord record;
  REQUIRE(scanner.next(&state, &record).ok());
  CHECK(state == RecordState::kDamaged);
  CHECK(scanner.offset() == kSegmentHeaderBytes);
}

TEST_CASE("a later batch is found behind a fault, and none in the bodies of messages") {
  SegmentFile segment;
  std::string fake(kRecordHeaderBytes, '\0');
  encode_batch(fake.data(), {});
  complete_batch(fake.data(), 1'000, 0);
  seal_record(fake.data(), 12'345);  // Whoever makes a message does not know the salt.
  segment.append_batch(64);
  segment.append(RecordKind::kPublish, fake + fake);
  bool found = false;
  std::uint64_t at = 0;
  BatchMark mark;
  SegmentScanner scanner = segment.scanner();
  REQUIRE(scanner.find_batch_after(kSegmentHeaderBytes, &found, &at, &mark).ok());
  CHECK_FALSE(found);
  const std::uint64_t second = segment.end;
  segment.append_batch(500);
  REQUIRE(scanner.seek(kSegmentHeaderBytes).ok());
  REQUIRE(scanner.find_batch_after(kSegmentHeaderBytes, &found, &at, &mark).ok());
  REQUIRE(found);
  CHECK(at == second);
  CHECK(mark.synced_offset == 500);
}

TEST_CASE("sectors without a byte are seen, also where the range covers them in part") {
  SegmentFile segment;
  segment.put(std::string(3'000, 'x'));
  SegmentScanner scanner = segment.scanner();
  bool empty = true;
  REQUIRE(scanner.has_empty_sector(64, 3'064, &empty).ok());
  CHECK_FALSE(empty);
  REQUIRE(scanner.has_empty_sector(64, 3'073, &empty).ok());
  CHECK(empty);  // The last byte lies in the next sector, and is zero.
  REQUIRE(segment.file->write_at(1'024, std::string(512, '\0')).ok());
  REQUIRE(scanner.seek(64).ok());
  REQUIRE(scanner.has_empty_sector(64, 3'064, &empty).ok());
  CHECK(empty);
  REQUIRE(scanner.has_empty_sector(64, 1'024, &empty).ok());
  CHECK_FALSE(empty);
}

TEST_CASE("the end of the bytes is that of the last one that is not zero") {
  SegmentFile segment;
  SegmentScanner scanner = segment.scanner();
  std::uint64_t end = 0;
  REQUIRE(scanner.end_of_bytes_after(64, &end).ok());
  CHECK(end == 64);
  REQUIRE(segment.file->write_at(5'000, "ab").ok());
  REQUIRE(scanner.seek(64).ok());
  REQUIRE(scanner.end_of_bytes_after(64, &end).ok());
  CHECK(end == 5'002);
}
