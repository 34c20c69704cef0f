// SPDX-License-Identifier: Apache-2.0
#include "moved_files.h"

#include <algorithm>
#include <random>
#include <vector>

#include "journal_fixture.h"

namespace amps::test {

namespace {

// Several files, the oldest of which have the only messages of a publisher.
void fill(JournalFixture* log) {
  log->configuration.archive_directory = "archive";
  log->open();
  broker::PublisherState* early = nullptr;
  if (!log->journal->publishers().open(broker::publisher_id("early", ""), "early", 0, &early).ok()) return;
  broker::JournalRecord record;
  record.message_type = "json";
  record.topic = "orders";
  record.bookmark = {early->id(), 41};
  if (!log->journal->append(&record, early).ok()) return;
  log->appended.emplace_back(record);
  while (log->journal->appended_end().position.segment < 5) {
    log->clock.advance_ms(100);
    log->publish(2'000);
  }
  log->wait_durable();
}

// A start with what a power cut has left.
std::string start_again(const DiskImage& image, const std::vector<KeptRecord>& appended, std::size_t rest) {
  CrashFileIo disk(image);
  JournalFixture after(&disk);
  after.configuration.archive_directory = "archive";
  if (const Status status = after.try_open(); !status.ok()) return "did not start: " + status.text();
  const std::vector<KeptRecord>& found = after.recovered;
  if (found.size() < rest) return "records are lost that were not to be removed";
  if (!std::equal(found.rbegin(), found.rend(), appended.rbegin())) return "the records are not those";
  broker::PublisherState* early = nullptr;
  const Status status =
      after.journal->publishers().open(broker::publisher_id("early", ""), "early", 0, &early);
  if (!status.ok()) return status.text();
  return early->highest() == 41 ? std::string() : "the numbers of a publisher are forgotten";
}

std::string cut_power(bool archives) {
  JournalFixture log;
  fill(&log);
  const std::size_t begin = log.memory.moment();
  std::uint64_t count = 0;
  const std::uint64_t later = log.clock.utc_us() + 1;
  const Status status =
      archives ? log.journal->archive_before(later, &count) : log.journal->remove_before(later, &count);
  if (!status.ok() || count == 0) return "no file was moved: " + status.text();
  const std::size_t rest = log.read_all().size();
  std::mt19937_64 random(1);
  for (std::size_t moment = begin; moment <= log.memory.moment(); ++moment) {
    for (int i = 0; i < 16; ++i) {
      const std::string complaint =
          start_again(log.memory.after_power_cut(moment, &random), log.appended, rest);
      if (!complaint.empty()) return complaint + " (moment " + std::to_string(moment) + ")";
    }
  }
  return {};
}

}  // namespace

std::string cut_power_while_files_move() {
  const std::string complaint = cut_power(true);
  return complaint.empty() ? cut_power(false) : complaint;
}

}  // namespace amps::test
