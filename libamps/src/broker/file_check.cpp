// SPDX-License-Identifier: Apache-2.0
#include "broker/file_check.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "broker/journal/publishers.h"
#include "broker/journal/recovery.h"
#include "broker/log_line.h"
#include "broker/sow/sow_topic.h"
#include "broker/topic_spaces.h"

namespace amps::broker {

namespace {

// Looks like the file system, and keeps every change to itself.
class ReadOnlyFileIo final : public FileIo {
 public:
  explicit ReadOnlyFileIo(FileIo* io) noexcept : io_(*io) {}

  Status open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) override {
    std::unique_ptr<File> file;
    if (mode != OpenMode::kCreate || exists(path)) {
      AMPS_RETURN_IF_ERROR(io_.open(path, OpenMode::kRead, &file));
    }
    *out = std::make_unique<ReadOnlyFile>(std::move(file));
    return {};
  }
  Status rename(const std::string&, const std::string&) override { return {}; }
  Status remove(const std::string&) override { return {}; }
  Status sync_directory(const std::string&) override { return {}; }
  Status make_directory(const std::string&) override { return {}; }
  Status list(const std::string& directory, std::vector<std::string>* names) override {
    names->clear();
    static_cast<void>(io_.list(directory, names));  // What is not there has nothing in it.
    return {};
  }
  // Where there are no files no broker writes any. The lock itself is the one thing that is taken for real.
  Status lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) override {
    std::vector<std::string> names;
    if (!io_.list(directory, &names).ok() || names.empty()) return {};
    return io_.lock(directory, out);
  }

 private:
  class ReadOnlyFile final : public File {
   public:
    explicit ReadOnlyFile(std::unique_ptr<File> file) noexcept : file_(std::move(file)) {}
    Status read_at(std::uint64_t offset, char* to, std::size_t size, std::size_t* got) override {
      *got = 0;
      return file_ == nullptr ? Status() : file_->read_at(offset, to, size, got);
    }
    Status write_at(std::uint64_t, std::string_view) override { return {}; }
    Status sync_data() override { return {}; }
    Status truncate(std::uint64_t) override { return {}; }
    Status allocate(std::uint64_t) override { return {}; }
    Status size(std::uint64_t* out) const override {
      *out = 0;
      return file_ == nullptr ? Status() : file_->size(out);
    }

   private:
    const std::unique_ptr<File> file_;  // None: it would be made.
  };

  bool exists(const std::string& path) {
    std::vector<std::string> names;
    if (!io_.list(directory_of(path), &names).ok()) return false;
    return std::find(names.begin(), names.end(), path.substr(path.rfind('/') + 1)) != names.end();
  }

  FileIo& io_;
};

Status check_journal(const Configuration& configuration, FileIo* io, LogSink* log) {
  const TransactionLogConfiguration& configured = *configuration.transaction_log;
  if (configured.directory.empty()) return {};  // A temporary one.
  std::unique_ptr<DirectoryLock> lock;
  AMPS_RETURN_IF_ERROR(io->lock(configured.directory, &lock));
  std::uint64_t count = 0;
  RecoveryPlan plan;
  plan.io = io;
  plan.log = log;
  plan.directory = configured.directory;
  plan.archive_directory = configured.archive_directory;
  plan.instance = configuration.name;
  plan.segment_bytes = configured.segment_bytes;
  plan.visit = [&count](const JournalRecord&) {
    ++count;
    return Status();
  };
  SegmentCatalog catalog;
  Publishers publishers({configured.client_count_max, 0});
  RecoveredLog recovered;
  AMPS_RETURN_IF_ERROR(Recovery(plan, &catalog, &publishers).run(&recovered));
  LogLine(*log, AMPS_LOG_INFO, LogId::kFileChecked)
      << "journal " << configured.directory << ": " << count << " records of "
      << std::uint64_t{publishers.count()} << " publishers, good";
  return {};
}

}  // namespace

Status check_files(const Configuration& configuration, FileIo* io, LogSink* log) {
  ReadOnlyFileIo read_only(io);
  Statistics statistics;
  const SystemClock& clock = SystemClock::instance();
  SowWriter writer(&read_only, log);
  const TopicSpaces spaces(clock, &statistics);
  for (const StateConfiguration& state : configuration.sow) {
    const auto* const topic = std::get_if<SowTopicConfiguration>(&state);
    if (topic == nullptr || !topic->is_persistent) continue;
    TopicSpace* const space = spaces.find(topic->message_type);
    if (space == nullptr) continue;
    MutexLock lock(space->mutex());
    AMPS_RETURN_IF_ERROR(SowTopic::declare(space, *topic, &writer));
    LogLine(*log, AMPS_LOG_INFO, LogId::kFileChecked)
        << topic->file_name << ": " << std::uint64_t{space->find(topic->name)->store->records()->count()}
        << " records, good";
  }
  return configuration.transaction_log ? check_journal(configuration, &read_only, log) : Status();
}

}  // namespace amps::broker
