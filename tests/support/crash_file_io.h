// SPDX-License-Identifier: Apache-2.0
// A file system in memory that writes down everything that is done to it, and then shows what a power cut
// at any moment could have left: of what was not synced, any part may be there, whole or torn at sectors
// of 512 bytes; names are as little safe before their directory is synced.
// Threads: any. Files stay usable until the CrashFileIo goes.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/file_io.h"

namespace amps::test {

// Contents by path.
using DiskImage = std::map<std::string, std::string>;

// What a faulty program, disk or system would do; what is off is done right.
struct DiskLies {
  bool sync_does_nothing = false;
  bool directory_sync_does_nothing = false;
  bool truncate_does_nothing = false;
};

class CrashFileIo final : public FileIo {
 public:
  CrashFileIo() = default;
  // Everything in the image is safe on the disk.
  explicit CrashFileIo(const DiskImage& image);

  void lie(const DiskLies& lies) { lies_ = lies; }
  // While true, syncs wait: the disk is slow.
  void hold_syncs(bool hold);
  // Every operation that changes something after that many more fails; a full disk, or a broken one.
  void fail_after(std::size_t count, bool disk_full);
  void stop_failing();
  // Writes down that the user of the disk has promised something: the number goes into the log.
  void promise(std::uint64_t number);

  // How many things were done so far: moments 0 to this one are between them.
  std::size_t moment() const;
  // The highest promise made before the moment.
  std::uint64_t promised_at(std::size_t moment) const;
  // A state that a power cut at the moment could have left.
  DiskImage after_power_cut(std::size_t moment, std::mt19937_64* random) const;
  // What a killed process leaves: everything that was done.
  DiskImage after_kill(std::size_t moment) const;

  Status open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Status make_directory(const std::string& path) override;
  Status list(const std::string& directory, std::vector<std::string>* names) override;
  Status lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) override;

 private:
  class OpenFile;
  class Lock;
  using FileId = std::size_t;

  enum class Action {
    kWrite,      // `bytes` at `offset`.
    kResize,     // To `offset` bytes.
    kSync,       // Everything done to the file before is safe.
    kLink,       // `path` is the file.
    kUnlink,     // `path` is no file.
    kRename,     // `path` is the file, and `old_path` is none any more.
    kSyncNames,  // Everything done to names in the directory `path` is safe.
    kPromise,    // `offset` is the number.
  };
  struct Event {
    Action action;
    FileId file = 0;
    std::uint64_t offset = 0;
    std::string bytes;
    std::string path;
    std::string old_path;
  };
  struct State {
    std::map<FileId, std::string> files;
    std::map<std::string, FileId> names;
  };

  static void apply(const Event& event, State* state);
  static void apply_torn(const Event& event, State* state, std::mt19937_64* random);
  Status try_record(Event event);
  void record(Event event);
  std::vector<bool> safe_events(std::size_t moment) const;
  static DiskImage image_of(const State& state);

  mutable std::mutex mutex_;
  std::condition_variable released_;
  bool hold_syncs_ = false;
  std::size_t failing_after_ = SIZE_MAX;
  bool failing_full_ = false;
  DiskLies lies_;
  State initial_;
  State now_;
  std::vector<Event> events_;
  std::set<std::string> locked_;
  FileId next_file_ = 1;
};

}  // namespace amps::test
