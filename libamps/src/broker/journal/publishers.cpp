// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/publishers.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "base/buffer.h"
#include "base/crc32c.h"
#include "base/sha256.h"

namespace amps::broker {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{512} << 20;

// The file: this header, then for each publisher a SavedPublisher and its name.
struct FileHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t checksum;  // Of what follows.
  std::uint64_t txid;
  std::uint64_t count;
};
constexpr char kMagic[8] = {'A', 'M', 'P', 'S', 'P', 'U', 'B', 'S'};
constexpr std::uint32_t kVersion = 1;

struct SavedPublisher {
  std::uint64_t id;
  std::uint64_t highest;
  std::uint64_t last_seen_us;
  std::uint64_t name_size;
};

std::uint32_t checksum_of(std::string_view file) noexcept {
  return crc32c(file.substr(offsetof(FileHeader, txid)));
}

std::string file_path(const std::string& directory, std::string_view instance) {
  return directory + "/" + std::string(instance) + ".clients.ack";
}

template <typename T>
void append_bytes(Buffer* out, const T& value) {
  out->append({reinterpret_cast<const char*>(&value), sizeof value});
}

template <typename T>
bool take_bytes(std::string_view* bytes, T* value) noexcept {
  if (bytes->size() < sizeof *value) return false;
  std::memcpy(value, bytes->data(), sizeof *value);
  bytes->remove_prefix(sizeof *value);
  return true;
}

}  // namespace

std::uint64_t publisher_id(std::string_view client_name, std::string_view user) noexcept {
  if (user.empty()) return sha256_id(client_name);
  return sha256_id(std::string(user).append(1, '\0').append(client_name));
}

std::uint64_t uncounted_publisher_id(std::string_view client_name, std::string_view user,
                                     std::string_view instance) noexcept {
  std::string text(user);
  text.append(1, '\0').append(client_name).append(1, '\0').append(instance);
  return sha256_id(text);
}

Status Publishers::find(std::uint64_t id, std::string_view name, PublisherState** out) {
  *out = nullptr;
  MutexLock lock(mutex_);
  const auto found = states_.find(id);
  if (found == states_.end()) return {};
  PublisherState& state = *found->second;
  if (!state.name_.empty() && state.name_ != name) {
    return {AMPS_E_NAME_IN_USE, "client name collision: '" + std::string(name) + "' and '" + state.name_ +
                                    "' have the same publisher id"};
  }
  ++state.sessions_;
  *out = &state;
  return {};
}

Status Publishers::open(std::uint64_t id, std::string_view name, std::uint64_t now_us, PublisherState** out) {
  AMPS_RETURN_IF_ERROR(find(id, name, out));
  if (*out != nullptr) return {};
  MutexLock lock(mutex_);
  if (states_.size() >= limits_.count_max && !forget_one_inactive(now_us)) {
    return {AMPS_E_COMMAND, "there are " + std::to_string(states_.size()) + " publishers already"};
  }
  *out = add(id);
  (*out)->name_ = name;
  (*out)->last_seen_us_ = now_us;
  ++(*out)->sessions_;
  return {};
}

void Publishers::close(PublisherState* state, std::uint64_t now_us) {
  if (state == nullptr) return;
  MutexLock lock(mutex_);
  --state->sessions_;
  state->last_seen_us_ = now_us;
}

std::size_t Publishers::count() const {
  MutexLock lock(mutex_);
  return states_.size();
}

PublisherState* Publishers::add(std::uint64_t id) {
  auto& entry = states_[id];
  if (entry == nullptr) entry.reset(new PublisherState(id));
  return entry.get();
}

std::uint64_t Publishers::settled(PublisherState* state, std::uint64_t durable_txid) noexcept {
  if (state->last_txid_ <= durable_txid) state->settled_ = state->highest_.load(std::memory_order_relaxed);
  return state->settled_;
}

void Publishers::append(PublisherState* state, std::uint64_t sequence, std::uint64_t txid,
                        std::uint64_t durable_txid) noexcept {
  static_cast<void>(settled(state, durable_txid));
  state->last_txid_ = txid;
  state->highest_.store(sequence, std::memory_order_release);
}

std::string Publishers::name_of(const PublisherState& state) const {
  MutexLock lock(mutex_);
  return state.name_;
}

void Publishers::remember_name(std::uint64_t id, std::string_view name) {
  MutexLock lock(mutex_);
  PublisherState* const state = add(id);
  state->name_ = name;
  state->is_named_ = true;
}

void Publishers::remember(std::uint64_t id, std::uint64_t sequence, std::uint64_t txid,
                          std::uint64_t time_us) {
  MutexLock lock(mutex_);
  PublisherState* const state = add(id);
  if (sequence > state->highest()) {
    state->highest_.store(sequence, std::memory_order_release);
    state->last_txid_ = txid;
    state->settled_ = sequence;
  }
  state->last_seen_us_ = std::max(state->last_seen_us_, time_us);
}

void Publishers::forget_inactive(std::uint64_t now_us) {
  if (limits_.inactive_us_max == 0) return;
  MutexLock lock(mutex_);
  for (auto at = states_.begin(); at != states_.end();) {
    const PublisherState& state = *at->second;
    const bool is_over = state.sessions_ == 0 && state.last_seen_us_ + limits_.inactive_us_max <= now_us;
    at = is_over ? states_.erase(at) : std::next(at);
  }
}

bool Publishers::forget_one_inactive(std::uint64_t now_us) {
  if (limits_.inactive_us_max == 0) return false;
  const auto found = std::find_if(states_.begin(), states_.end(), [&](const auto& entry) {
    const PublisherState& state = *entry.second;
    return state.sessions_ == 0 && state.last_seen_us_ + limits_.inactive_us_max <= now_us;
  });
  if (found == states_.end()) return false;
  states_.erase(found);
  return true;
}

void Publishers::encode(std::uint64_t durable_txid, Buffer* out) const {
  out->clear();
  FileHeader header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.txid = durable_txid;
  append_bytes(out, header);
  {
    MutexLock lock(mutex_);
    header.count = states_.size();
    for (const auto& [id, state] : states_) {
      // A sequence that is not on the disk must not be taken for one that is: it will be sent again.
      append_bytes(out, SavedPublisher{id, settled(state.get(), durable_txid), state->last_seen_us_,
                                       state->name_.size()});
      out->append(state->name_);
    }
  }
  std::memcpy(out->data(), &header, sizeof header);
  header.checksum = checksum_of(out->view());
  std::memcpy(out->data(), &header, sizeof header);
}

Status Publishers::save(FileIo& io, const std::string& directory, std::string_view instance,
                        std::string_view contents) {
  const std::string path = file_path(directory, instance);
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(io.open(path + ".tmp", OpenMode::kCreate, &file));
  AMPS_RETURN_IF_ERROR(file->truncate(0));
  AMPS_RETURN_IF_ERROR(file->write_at(0, contents));
  AMPS_RETURN_IF_ERROR(file->sync_data());
  AMPS_RETURN_IF_ERROR(io.rename(path + ".tmp", path));
  return io.sync_directory(directory);
}

Status Publishers::load(FileIo& io, const std::string& directory, std::string_view instance,
                        std::uint64_t* txid) {
  *txid = 0;
  std::vector<std::string> names;
  AMPS_RETURN_IF_ERROR(io.list(directory, &names));
  const std::string path = file_path(directory, instance);
  if (std::find(names.begin(), names.end(), path.substr(directory.size() + 1)) == names.end()) return {};
  std::string file;
  AMPS_RETURN_IF_ERROR(read_file(io, path, kFileBytesMax, &file));
  std::string_view rest = file;
  FileHeader header{};
  const bool is_good = take_bytes(&rest, &header) && std::memcmp(header.magic, kMagic, sizeof kMagic) == 0 &&
                       header.version == kVersion && header.checksum == checksum_of(file);
  SavedPublisher saved{};
  for (std::uint64_t i = 0; is_good && i < header.count; ++i) {
    if (!take_bytes(&rest, &saved) || saved.name_size > rest.size()) break;
    remember(saved.id, saved.highest, 0, saved.last_seen_us);
    remember_name(saved.id, rest.substr(0, saved.name_size));
    rest.remove_prefix(saved.name_size);
  }
  if (!is_good || !rest.empty()) return {AMPS_E_STORE, "file '" + path + "' is damaged"};
  *txid = header.txid;
  return {};
}

}  // namespace amps::broker
