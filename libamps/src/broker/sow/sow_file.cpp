// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_file.h"

#include <cstring>

namespace amps::broker {

namespace {

constexpr RecordFileKind kKind{"AMPSSOW1", "a file of a SOW topic", "another topic or of other keys"};
constexpr std::size_t kChangeBytes = 1 + 3 * 8 + 3 * 4;

template <typename T>
void put(Buffer* out, T value) {
  std::memcpy(out->extend(sizeof value), &value, sizeof value);
}

template <typename T>
T get(std::string_view bytes, std::size_t at) noexcept {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// Calls visit() with the changes of a batch. NULL, or what is wrong with it.
const char* visit_changes(std::string_view payload, const SowFile::Visitor& visit, Status* status) {
  while (!payload.empty()) {
    if (payload.size() < kChangeBytes) return "a change is cut short inside its batch";
    SavedChange change;
    change.removes = payload[0] != 0;
    change.timestamp_us = get<std::uint64_t>(payload, 1);
    change.expires_us = get<std::uint64_t>(payload, 9);
    change.txid = get<std::uint64_t>(payload, 17);
    const std::uint64_t key_size = get<std::uint32_t>(payload, 25);
    const std::uint64_t correlation_size = get<std::uint32_t>(payload, 29);
    const std::uint64_t body_size = get<std::uint32_t>(payload, 33);
    payload.remove_prefix(kChangeBytes);
    if (key_size + correlation_size + body_size > payload.size()) {
      return "a change is longer than its batch";
    }
    change.key = payload.substr(0, key_size);
    change.correlation_id = payload.substr(key_size, correlation_size);
    change.body = payload.substr(key_size + correlation_size, body_size);
    payload.remove_prefix(key_size + correlation_size + body_size);
    *status = visit(change);
    if (!status->ok()) break;
  }
  return nullptr;
}

}  // namespace

void append_change(Buffer* out, const SavedChange& change) {
  put<std::uint8_t>(out, change.removes ? 1 : 0);
  put(out, change.timestamp_us);
  put(out, change.expires_us);
  put(out, change.txid);
  put(out, static_cast<std::uint32_t>(change.key.size()));
  put(out, static_cast<std::uint32_t>(change.correlation_id.size()));
  put(out, static_cast<std::uint32_t>(change.body.size()));
  out->append(change.key);
  out->append(change.correlation_id);
  out->append(change.body);
}

Status SowFile::make(FileIo* io, const std::string& path, const std::string& about,
                     std::unique_ptr<SowFile>* out) {
  *out = std::make_unique<SowFile>();
  return RecordFile::make(io, path, kKind, about, &(*out)->file_);
}

Status SowFile::open(FileIo* io, const std::string& path, const std::string& about, const Visitor& visit,
                     std::unique_ptr<SowFile>* out, std::uint64_t* cut_bytes) {
  *out = std::make_unique<SowFile>();
  const auto visit_batch = [&](std::string_view payload, std::uint64_t offset) {
    Status status;
    const char* const wrong = visit_changes(payload, visit, &status);
    return wrong == nullptr ? status : damaged(path, offset, wrong);
  };
  return RecordFile::open(io, path, kKind, about, visit_batch, &(*out)->file_, cut_bytes);
}

}  // namespace amps::broker
