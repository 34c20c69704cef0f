// SPDX-License-Identifier: Apache-2.0
// REL-02: what a power cut at any moment leaves of the journal is always a beginning of what was appended,
// and never less than what was promised: 20,000 states a run, AMPS_CRASH_STATES times as many (nightly: 15,
// for a release: 150). Each kind of fault that this is to find is put into the disk once and found.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "broker/journal/segment.h"
#include "journal_fixture.h"

using namespace amps;
using namespace amps::broker;
using amps::test::CrashFileIo;
using amps::test::DiskImage;
using amps::test::DiskLies;
using amps::test::JournalFixture;
using amps::test::KeptRecord;

namespace {

// AMPS_CRASH_STATES multiplies the small number that every test run does.
std::size_t scaled(std::size_t count) {
  const char* const factor = std::getenv("AMPS_CRASH_STATES");
  return count * (factor == nullptr ? 1 : std::max<std::size_t>(1, std::strtoul(factor, nullptr, 10)));
}

// Publishers that write in bursts of all sizes, over several files. Files that move: moved_files.
void run_load(JournalFixture* journal, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (int burst = 0; burst < 12; ++burst) {
    const std::size_t count = 1 + random() % 6;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t size = random() % 5 == 0 ? 1 + random() % 3'000 : 8 + random() % 200;
      journal->publish(size);
    }
    if (random() % 3 != 0) journal->wait_durable();
  }
}

// What is wrong with the log that was found on a disk; empty: nothing.
std::string judge(const std::vector<KeptRecord>& found, const std::vector<KeptRecord>& appended,
                  std::uint64_t promised) {
  if (found.size() > appended.size()) return "more than was appended";
  const auto mismatch = std::mismatch(found.begin(), found.end(), appended.begin());
  if (mismatch.first != found.end()) {
    return "record " + std::to_string(mismatch.first - found.begin()) + " is not the one that was appended";
  }
  if (found.size() < promised) {
    return std::to_string(promised) + " were promised, " + std::to_string(found.size()) + " are there";
  }
  return {};
}

struct Exploration {
  std::size_t states = 0;
  std::string first_fault;
};

using Tamper = std::function<void(DiskImage*)>;

// Opens the journal on the image; appends a little and cuts the power once more, for some of them.
std::string examine(const DiskImage& image, const std::vector<KeptRecord>& appended, std::uint64_t promised,
                    const DiskLies& lies, bool crash_again, std::mt19937_64* random) {
  CrashFileIo disk(image);
  disk.lie(lies);
  JournalFixture after(&disk);
  if (const Status status = after.try_open(); !status.ok()) return "did not start: " + status.text();
  if (std::string fault = judge(after.recovered, appended, promised); !fault.empty()) return fault;
  after.close();
  if (!crash_again) return {};
  // A crash while the recovery runs, or right after, loses nothing of what it has found.
  const std::size_t moment = (*random)() % (disk.moment() + 1);
  CrashFileIo cut_in_recovery(disk.after_power_cut(moment, random));
  cut_in_recovery.lie(lies);
  JournalFixture once_more(&cut_in_recovery);
  if (const Status status = once_more.try_open(); !status.ok()) return "second start: " + status.text();
  if (std::string fault = judge(once_more.recovered, appended, promised); !fault.empty()) {
    return "second crash: " + fault;
  }
  // What is appended after a recovery comes after what was found, also when that was cut short.
  once_more.journal->add_listener(&once_more);
  std::vector<KeptRecord> all = once_more.recovered;
  REQUIRE(once_more.journal->publishers()
              .open(publisher_id("tester", ""), "tester", 1, &once_more.publisher)
              .ok());
  once_more.next_sequence = once_more.publisher->highest() + 1;
  for (int i = 0; i < 3; ++i) once_more.publish(8 + (*random)() % 600);
  all.insert(all.end(), once_more.appended.begin(), once_more.appended.end());
  if ((*random)() % 2 == 0) once_more.wait_durable();
  const std::uint64_t promised_before = once_more.journal->durable_txid();
  once_more.crash();
  CrashFileIo last(cut_in_recovery.after_power_cut(cut_in_recovery.moment(), random));
  JournalFixture third(&last);
  if (const Status status = third.try_open(); !status.ok()) return "third start: " + status.text();
  std::string fault = judge(third.recovered, all, promised_before);
  return fault.empty() ? fault : "third crash: " + fault;
}

// Cuts the power at every moment of several loads, until a fault is found. How many moments a load has
// depends on how its changes fell into batches, so more loads follow until there were `states_min` states.
Exploration explore(std::size_t states_per_moment, std::size_t loads, std::size_t crash_again_every,
                    const DiskLies& lies = {}, const Tamper& tamper = {}, std::size_t states_min = 0) {
  Exploration result;
  for (std::uint64_t load = 1; load <= loads || result.states < states_min; ++load) {
    std::mt19937_64 random(load * 7'919);
    JournalFixture journal;
    journal.memory.lie(lies);
    journal.open();
    run_load(&journal, load);
    journal.close();
    for (std::size_t moment = 0; moment <= journal.memory.moment(); ++moment) {
      for (std::size_t i = 0; i < states_per_moment; ++i) {
        DiskImage image = journal.memory.after_power_cut(moment, &random);
        if (tamper) tamper(&image);
        ++result.states;
        result.first_fault = examine(image, journal.appended, journal.memory.promised_at(moment), lies,
                                     random() % crash_again_every == 0, &random);
        if (!result.first_fault.empty()) {
          result.first_fault += " (load " + std::to_string(load) + ", moment " + std::to_string(moment) + ")";
          return result;
        }
      }
    }
  }
  return result;
}

// Makes every record pass its check, as if checksums were not looked at.
void make_all_checksums_good(DiskImage* image) {
  for (auto& [path, bytes] : *image) {
    SegmentHeader header;
    CrashFileIo disk(DiskImage{{path, bytes}});
    std::unique_ptr<File> file;
    REQUIRE(disk.open(path, OpenMode::kRead, &file).ok());
    if (!read_segment_header(*file, path, &header).ok()) continue;
    std::size_t at = kSegmentHeaderBytes;
    for (;;) {
      JournalRecord record;
      std::size_t size = 0;
      const RecordState state =
          decode_record(std::string_view(bytes).substr(at), header.salt, &record, &size);
      // A header that says nonsense has no end to which it could be sealed.
      const bool has_place = state == RecordState::kDamaged && size > kRecordHeaderBytes;
      if (state != RecordState::kGood && !has_place) break;
      seal_record(bytes.data() + at, header.salt);
      at += size;
    }
  }
}

}  // namespace

TEST_CASE("REL-02: no power cut loses, changes, invents or reorders what was promised") {
  const Exploration result = explore(scaled(6), 40, 20, {}, {}, scaled(20'000));
  CHECK_MESSAGE(result.first_fault.empty(), result.first_fault);
  MESSAGE("crash states examined: ", result.states);
}

TEST_CASE("REL-02: a killed process leaves everything it was told is safe") {
  JournalFixture journal;
  journal.open();
  run_load(&journal, 5);
  journal.crash();
  std::mt19937_64 random(5);
  for (std::size_t moment = 0; moment <= journal.memory.moment(); ++moment) {
    const std::string fault = examine(journal.memory.after_kill(moment), journal.appended,
                                      journal.memory.promised_at(moment), {}, true, &random);
    CHECK_MESSAGE(fault.empty(), fault);
  }
}

TEST_CASE("REL-02, REL-09: one flipped bit gives the right records or an error that says where") {
  JournalFixture journal;
  journal.open();
  run_load(&journal, 3);
  journal.wait_durable();
  journal.close();
  const DiskImage good = journal.memory.after_kill(journal.memory.moment());
  std::mt19937_64 random(11);
  std::size_t refused = 0;
  const std::size_t count = scaled(4'000);
  for (std::size_t i = 0; i < count; ++i) {
    DiskImage image = good;
    auto file = std::next(image.begin(), static_cast<std::ptrdiff_t>(random() % image.size()));
    if (file->second.empty()) continue;
    const std::size_t at = random() % file->second.size();
    file->second[at] = static_cast<char>(file->second[at] ^ (1 << (random() % 8)));
    CrashFileIo disk(image);
    JournalFixture after(&disk);
    const Status status = after.try_open();
    if (status.ok()) {
      CHECK_MESSAGE(after.recovered == journal.appended, file->first, " at ", at);
    } else {
      ++refused;
      CHECK(status.text().find(file->first) != std::string::npos);
      CHECK(status.text().find("offset") != std::string::npos);
    }
  }
  CHECK(refused > count / 20);
}

TEST_CASE("REL-02: the explorer finds a journal that does not sync before it promises") {
  DiskLies lies;
  lies.sync_does_nothing = true;
  CHECK_FALSE(explore(4, 3, 1, lies).first_fault.empty());
}

TEST_CASE("REL-02: the explorer finds names that are not synced") {
  DiskLies lies;
  lies.directory_sync_does_nothing = true;
  CHECK_FALSE(explore(8, 10, 1, lies).first_fault.empty());
}

TEST_CASE("REL-02: the explorer finds a torn tail that is not cut off") {
  DiskLies lies;
  lies.truncate_does_nothing = true;
  CHECK_FALSE(explore(10, 40, 1, lies).first_fault.empty());
}

TEST_CASE("REL-02: the explorer finds checksums that are not looked at") {
  CHECK_FALSE(explore(10, 10, 1, {}, make_all_checksums_good).first_fault.empty());
}

TEST_CASE("REL-02: the explorer finds a promise that is given too early") {
  JournalFixture journal;
  journal.open();
  std::mt19937_64 random(3);
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t txid = journal.publish(1'000).txid;
    if (i < 4) journal.memory.promise(txid + 1);  // The next one, which nobody has seen yet.
  }
  journal.wait_durable();
  journal.close();
  bool found = false;
  for (std::size_t moment = 0; moment <= journal.memory.moment() && !found; ++moment) {
    for (int i = 0; i < 8 && !found; ++i) {
      const DiskImage image = journal.memory.after_power_cut(moment, &random);
      found =
          !examine(image, journal.appended, journal.memory.promised_at(moment), {}, false, &random).empty();
    }
  }
  CHECK(found);
}
