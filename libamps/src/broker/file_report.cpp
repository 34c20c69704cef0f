// SPDX-License-Identifier: Apache-2.0
#include "broker/file_report.h"

#include <variant>

#include "broker/journal/publishers.h"
#include "broker/log_line.h"
#include "broker/sow/sow_topic.h"

namespace amps::broker {

namespace {

std::uint64_t count_records(TopicSpace* space, const std::string& topic) {
  const MutexLock lock(space->mutex());
  return space->find(topic)->store->records()->count();
}

}  // namespace

void report_files(const Configuration& configuration, const TopicSpaces& spaces, Journal* journal,
                  std::uint64_t record_count, LogSink* log) {
  for (const StateConfiguration& declared : configuration.sow) {
    const auto* const topic = std::get_if<SowTopicConfiguration>(&declared);
    if (topic == nullptr || !topic->is_persistent) continue;
    const std::uint64_t count = count_records(spaces.find(topic->message_type), topic->name);
    LogLine(*log, AMPS_LOG_INFO, LogId::kFileChecked)
        << topic->file_name << ": " << count << " records, good";
  }
  if (journal == nullptr || configuration.transaction_log->directory.empty()) return;
  LogLine(*log, AMPS_LOG_INFO, LogId::kFileChecked)
      << "journal " << configuration.transaction_log->directory << ": " << record_count << " records of "
      << std::uint64_t{journal->publishers().count()} << " publishers, good";
}

}  // namespace amps::broker
