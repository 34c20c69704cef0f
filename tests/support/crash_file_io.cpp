// SPDX-License-Identifier: Apache-2.0
#include "support/crash_file_io.h"

#include <algorithm>
#include <utility>

namespace amps::test {
namespace {

constexpr std::size_t kSectorBytes = 512;

Status missing(const char* what, const std::string& path) {
  return {AMPS_E_STORE, std::string("cannot ") + what + " '" + path + "': no such file"};
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

void write_into(std::string* file, std::size_t offset, std::string_view bytes) {
  if (file->size() < offset + bytes.size()) file->resize(offset + bytes.size());
  file->replace(offset, bytes.size(), bytes);
}

}  // namespace

class CrashFileIo::OpenFile final : public File {
 public:
  OpenFile(CrashFileIo* io, FileId id, bool writable) : io_(*io), id_(id), writable_(writable) {}

  Status read_at(std::uint64_t offset, char* to, std::size_t size, std::size_t* got) override {
    const std::lock_guard<std::mutex> lock(io_.mutex_);
    const std::string& bytes = io_.now_.files[id_];
    *got = offset >= bytes.size() ? 0 : bytes.copy(to, size, static_cast<std::size_t>(offset));
    return {};
  }
  Status write_at(std::uint64_t offset, std::string_view bytes) override {
    return change({Action::kWrite, id_, offset, std::string(bytes), {}, {}});
  }
  Status sync_data() override {
    std::unique_lock<std::mutex> lock(io_.mutex_);
    io_.released_.wait(lock, [this] { return !io_.hold_syncs_; });
    return io_.lies_.sync_does_nothing ? Status() : io_.try_record({Action::kSync, id_, 0, {}, {}, {}});
  }
  Status truncate(std::uint64_t size) override {
    if (io_.lies_.truncate_does_nothing) return {};
    return change({Action::kResize, id_, size, {}, {}, {}});
  }
  Status allocate(std::uint64_t size) override {
    std::uint64_t present = 0;
    static_cast<void>(this->size(&present));
    return present >= size ? Status() : change({Action::kResize, id_, size, {}, {}, {}});
  }
  Status size(std::uint64_t* out) const override {
    const std::lock_guard<std::mutex> lock(io_.mutex_);
    *out = io_.now_.files[id_].size();
    return {};
  }

 private:
  Status change(Event event) {
    if (!writable_) return {AMPS_E_STORE, "the file is open for reading"};
    const std::lock_guard<std::mutex> lock(io_.mutex_);
    return io_.try_record(std::move(event));
  }

  CrashFileIo& io_;
  const FileId id_;
  const bool writable_;
};

class CrashFileIo::Lock final : public DirectoryLock {
 public:
  Lock(CrashFileIo* io, std::string directory) : io_(*io), directory_(std::move(directory)) {}
  ~Lock() override {
    const std::lock_guard<std::mutex> lock(io_.mutex_);
    io_.locked_.erase(directory_);
  }

 private:
  CrashFileIo& io_;
  const std::string directory_;
};

CrashFileIo::CrashFileIo(const DiskImage& image) {
  for (const auto& [path, bytes] : image) {
    initial_.names[path] = next_file_;
    initial_.files[next_file_++] = bytes;
  }
  now_ = initial_;
}

void CrashFileIo::apply(const Event& event, State* state) {
  switch (event.action) {
    case Action::kWrite:
      write_into(&state->files[event.file], static_cast<std::size_t>(event.offset), event.bytes);
      break;
    case Action::kResize:
      state->files[event.file].resize(static_cast<std::size_t>(event.offset));
      break;
    case Action::kLink:
      state->names[event.path] = event.file;
      break;
    case Action::kUnlink:
      state->names.erase(event.path);
      break;
    case Action::kRename:
      state->names.erase(event.old_path);
      state->names[event.path] = event.file;
      break;
    case Action::kSync:
    case Action::kSyncNames:
    case Action::kPromise:
      break;
  }
}

void CrashFileIo::record(Event event) {
  apply(event, &now_);
  events_.push_back(std::move(event));
}

// A full disk refuses only what needs room.
Status CrashFileIo::try_record(Event event) {
  if (failing_after_ != SIZE_MAX && failing_after_ != 0) --failing_after_;
  if (failing_after_ == 0) {
    const bool needs_room = event.action == Action::kWrite || event.action == Action::kResize;
    if (!failing_full_) return {AMPS_E_STORE, "cannot write: injected"};
    const std::size_t size = now_.files[event.file].size();
    if (needs_room && event.offset + event.bytes.size() > size) {
      return {AMPS_E_STORE, "cannot write: injected", "disk full"};
    }
  }
  record(std::move(event));
  return {};
}

void CrashFileIo::hold_syncs(bool hold) {
  const std::lock_guard<std::mutex> lock(mutex_);
  hold_syncs_ = hold;
  released_.notify_all();
}

void CrashFileIo::fail_after(std::size_t count, bool disk_full) {
  const std::lock_guard<std::mutex> lock(mutex_);
  failing_after_ = count;
  failing_full_ = disk_full;
}

void CrashFileIo::stop_failing() {
  const std::lock_guard<std::mutex> lock(mutex_);
  failing_after_ = SIZE_MAX;
}

void CrashFileIo::promise(std::uint64_t number) {
  const std::lock_guard<std::mutex> lock(mutex_);
  record({Action::kPromise, 0, number, {}, {}, {}});
}

std::size_t CrashFileIo::moment() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return events_.size();
}

std::uint64_t CrashFileIo::promised_at(std::size_t moment) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::uint64_t highest = 0;
  for (std::size_t i = 0; i < moment; ++i) {
    if (events_[i].action == Action::kPromise) highest = std::max(highest, events_[i].offset);
  }
  return highest;
}

// Which of the events before the moment a power cut cannot undo.
std::vector<bool> CrashFileIo::safe_events(std::size_t moment) const {
  std::vector<bool> safe(moment, false);
  std::set<FileId> synced_files;
  std::set<std::string> synced_directories;
  for (std::size_t i = moment; i-- > 0;) {
    const Event& event = events_[i];
    if (event.action == Action::kSync) synced_files.insert(event.file);
    if (event.action == Action::kSyncNames) synced_directories.insert(event.path);
    const bool is_content = event.action == Action::kWrite || event.action == Action::kResize;
    safe[i] = is_content ? synced_files.count(event.file) != 0
                         : synced_directories.count(directory_of(event.path)) != 0;
  }
  return safe;
}

void CrashFileIo::apply_torn(const Event& event, State* state, std::mt19937_64* random) {
  if (event.action != Action::kWrite) return;
  const std::uint64_t begin = event.offset;
  const std::uint64_t end = begin + event.bytes.size();
  const bool cut_short = (*random)() % 4 == 0;
  for (std::uint64_t at = begin; at < end;) {
    const std::uint64_t next = std::min(end, at - at % kSectorBytes + kSectorBytes);
    const bool lost = (*random)() % 2 == 0;
    if (cut_short && lost) return;
    if (!lost) {
      const auto from = static_cast<std::size_t>(at - begin);
      write_into(&state->files[event.file], static_cast<std::size_t>(at),
                 std::string_view(event.bytes).substr(from, static_cast<std::size_t>(next - at)));
    }
    at = next;
  }
}

DiskImage CrashFileIo::after_power_cut(std::size_t moment, std::mt19937_64* random) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::vector<bool> safe = safe_events(moment);
  // Moods, so that the extremes are seen as well as the mixtures.
  const std::uint64_t mood = (*random)() % 4;
  State state = initial_;
  for (std::size_t i = 0; i < moment; ++i) {
    const std::uint64_t fate = mood == 0 ? 0 : mood == 1 ? 1 : (*random)() % 3;
    if (safe[i] || fate == 1) {
      apply(events_[i], &state);
    } else if (fate == 2) {
      apply_torn(events_[i], &state, random);
    }
  }
  return image_of(state);
}

DiskImage CrashFileIo::after_kill(std::size_t moment) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  State state = initial_;
  for (std::size_t i = 0; i < moment; ++i) apply(events_[i], &state);
  return image_of(state);
}

DiskImage CrashFileIo::image_of(const State& state) {
  DiskImage image;
  for (const auto& [path, file] : state.names) {
    const auto found = state.files.find(file);
    image[path] = found == state.files.end() ? std::string() : found->second;
  }
  return image;
}

Status CrashFileIo::open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) {
  const std::lock_guard<std::mutex> lock(mutex_);
  auto found = now_.names.find(path);
  if (found == now_.names.end()) {
    if (mode != OpenMode::kCreate) return missing("open", path);
    AMPS_RETURN_IF_ERROR(try_record({Action::kLink, next_file_++, 0, {}, path, {}}));
    found = now_.names.find(path);
  }
  *out = std::make_unique<OpenFile>(this, found->second, mode != OpenMode::kRead);
  return {};
}

Status CrashFileIo::rename(const std::string& from, const std::string& to) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = now_.names.find(from);
  if (found == now_.names.end()) return missing("rename", from);
  return try_record({Action::kRename, found->second, 0, {}, to, from});
}

Status CrashFileIo::remove(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (now_.names.count(path) == 0) return missing("remove", path);
  return try_record({Action::kUnlink, 0, 0, {}, path, {}});
}

Status CrashFileIo::sync_directory(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (lies_.directory_sync_does_nothing) return {};
  return try_record({Action::kSyncNames, 0, 0, {}, path, {}});
}

// Directories are there, and safe.
Status CrashFileIo::make_directory(const std::string&) {
  return {};
}

Status CrashFileIo::list(const std::string& directory, std::vector<std::string>* names) {
  const std::lock_guard<std::mutex> lock(mutex_);
  names->clear();
  for (const auto& [path, file] : now_.names) {
    if (directory_of(path) == directory) names->push_back(path.substr(directory.size() + 1));
  }
  return {};
}

Status CrashFileIo::lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!locked_.insert(directory).second) return {AMPS_E_STORE, "directory '" + directory + "' is in use"};
  *out = std::make_unique<Lock>(this, directory);
  return {};
}

}  // namespace amps::test
