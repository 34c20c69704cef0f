// SPDX-License-Identifier: Apache-2.0
#include "damaged_log.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <random>
#include <vector>

#include "broker/journal/segment.h"
#include "journal_fixture.h"

namespace amps::test {

namespace {

using broker::JournalRecord;
using broker::kSegmentHeaderBytes;
using Random = std::mt19937_64;

constexpr std::size_t kSizeAt = 4;  // Of the length in a record, as docs/internals/journal.md has it …
constexpr std::size_t kTextSizesAt = 48;  // … and of those of its texts.

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

// Where the records of a file begin.
std::vector<std::size_t> records_of(const std::string& file) {
  std::vector<std::size_t> places;
  for (std::size_t at = kSegmentHeaderBytes; at + broker::kRecordHeaderBytes <= file.size();) {
    const std::uint32_t size = number_at(file, at + kSizeAt);
    if (size < broker::kRecordHeaderBytes || size > file.size() - at) break;
    places.push_back(at);
    at += (size + 7) / 8 * 8;
  }
  return places;
}

class Damage {
 public:
  explicit Damage(Random* random) : random_(*random) {}

  // True when checksums were made to fit.
  bool apply(std::string* file) {
    const std::vector<std::size_t> records = records_of(*file);
    const std::size_t record = records.empty() ? 0 : records[pick(records.size())];
    switch (pick(6)) {
      case 0:
        for (std::size_t i = 1 + pick(8); i > 0; --i) (*file)[pick(file->size())] = byte();
        break;
      case 1:
        file->resize(pick(file->size()));
        return false;
      case 2:
        repeat(file);
        break;
      case 3:
        put(file, record + kSizeAt, length(file->size()));
        break;
      case 4:
        put(file, record + kTextSizesAt + 2 * pick(8), length(file->size()));
        break;
      default:
        (*file)[record + pick(broker::kRecordHeaderBytes)] = byte();
    }
    return records.empty() || pick(2) == 0 ? false : seal(file, record);
  }

 private:
  std::size_t pick(std::size_t count) { return count == 0 ? 0 : random_() % count; }
  char byte() { return static_cast<char>(random_()); }
  std::uint32_t length(std::size_t file_bytes) {
    const std::uint32_t lengths[] = {
        0,          1,          63,         64,     65,         0x7FFFFFFF,
        0x80000000, 0xFFFFFFFF, 0xFFFFFFC0, 0xFFFF, 256u << 20, static_cast<std::uint32_t>(file_bytes)};
    return lengths[pick(std::size(lengths))];
  }
  static void put(std::string* file, std::size_t at, std::uint32_t number) {
    if (at + sizeof number <= file->size()) std::memcpy(file->data() + at, &number, sizeof number);
  }
  void repeat(std::string* file) {
    const std::size_t from = pick(file->size()), to = pick(file->size());
    const std::size_t size = std::min({pick(2'000), file->size() - from, file->size() - to});
    std::memmove(file->data() + to, file->data() + from, size);
  }
  static bool seal(std::string* file, std::size_t record) {
    const std::uint32_t size = number_at(*file, record + kSizeAt);
    if (size < broker::kRecordHeaderBytes || size > file->size() - record) return false;
    broker::SegmentHeader header;
    CrashFileIo disk(DiskImage{{"file", *file}});
    std::unique_ptr<File> opened;
    if (!disk.open("file", OpenMode::kRead, &opened).ok()) return false;
    if (!broker::read_segment_header(*opened, "file", &header).ok()) return false;
    broker::seal_record(file->data() + record, header.salt);
    return true;
  }

  Random& random_;
};

// What is wrong with a record that was read from files of that size.
bool reaches_outside(const JournalRecord& record, std::size_t size_max) {
  for (const std::string_view text :
       {record.message_type, record.topic, record.user, record.key, record.correlation_id, record.body}) {
    if (text.size() > size_max) return true;
  }
  return false;
}

// A start, and what is there afterwards.
class Start {
 public:
  explicit Start(const DiskImage& image) : image_(image), disk_(image) {
    after_.parts.io = &disk_;
    for (const auto& [path, bytes] : image) size_max_ = std::max(size_max_, bytes.size());
  }

  std::string run(const std::vector<KeptRecord>& appended, bool checksums_fit, bool* has_started) {
    std::vector<KeptRecord> found;
    bool reached_outside = false;
    const auto visit = [&](const JournalRecord& record) {
      reached_outside = reached_outside || reaches_outside(record, size_max_);
      if (!reached_outside) found.emplace_back(record);
      return reached_outside ? Status(AMPS_E_STORE, "outside") : Status();
    };
    const Status status =
        broker::Journal::open(after_.configuration, "test", after_.parts, visit, &after_.journal);
    if (reached_outside) return "a record reaches outside of its file";
    *has_started = status.ok();
    if (!status.ok()) return check_refusal(status);
    const bool is_beginning =
        found.size() <= appended.size() && std::equal(found.begin(), found.end(), appended.begin());
    if (!checksums_fit && !is_beginning) return "a record is not the one that was written";
    return append_more(found.size());
  }

 private:
  std::string check_refusal(const Status& status) {
    if (status.text().find("journal") == std::string::npos) return "no file is named: " + status.text();
    return disk_.after_kill(disk_.moment()) == image_ ? std::string() : "a refused start has changed a file";
  }
  std::string append_more(std::size_t count) {
    for (int i = 0; i < 3; ++i) {
      JournalRecord record;
      record.message_type = "json";
      record.topic = "orders";
      record.body = "later";
      if (const Status status = after_.journal->append(&record, nullptr); !status.ok()) return status.text();
    }
    after_.journal.reset();
    const Status status = after_.try_open();
    if (!status.ok()) return "the next start: " + status.text();
    return after_.recovered.size() == count + 3 ? std::string() : "the next start does not have the same";
  }

  const DiskImage& image_;
  CrashFileIo disk_;
  std::size_t size_max_ = 0;
  JournalFixture after_;
};

}  // namespace

DamagedStarts start_on_damaged_logs(std::size_t count, std::uint64_t seed) {
  JournalFixture journal;
  journal.open();
  Random random(seed);
  for (int i = 0; i < 40; ++i) journal.publish(random() % 5 == 0 ? 2'000 : 100);
  journal.wait_durable();
  journal.close();
  const DiskImage good = journal.memory.after_kill(journal.memory.moment());
  DamagedStarts result;
  for (std::size_t i = 0; i < count && result.complaint.empty(); ++i) {
    DiskImage image = good;
    const auto file = std::next(image.begin(), static_cast<std::ptrdiff_t>(random() % image.size()));
    if (file->second.empty()) continue;
    const bool checksums_fit = Damage(&random).apply(&file->second);
    bool has_started = false;
    result.complaint = Start(image).run(journal.appended, checksums_fit, &has_started);
    if (!result.complaint.empty())
      result.complaint += " (run " + std::to_string(i) + ", " + file->first + ")";
    ++(has_started ? result.started : result.refused);
  }
  return result;
}

}  // namespace amps::test
