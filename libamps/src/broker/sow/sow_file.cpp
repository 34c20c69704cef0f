// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_file.h"

namespace amps::broker {

namespace {

constexpr RecordFileKind kKind{"AMPSSOW1", "a file of a SOW topic", "another topic or of other keys"};
constexpr std::size_t kChangeBytes = 1 + 3 * 8 + 3 * 4;

// Calls visit() with the changes of a batch. NULL, or what is wrong with it.
const char* visit_changes(std::string_view payload, const SowFile::Visitor& visit, Status* status) {
  while (!payload.empty()) {
    if (payload.size() < kChangeBytes) return "a change is cut short inside its batch";
    SavedChange change;
    change.removes = payload[0] != 0;
    change.timestamp_us = number_at<std::uint64_t>(payload, 1);
    change.expires_us = number_at<std::uint64_t>(payload, 9);
    change.txid = number_at<std::uint64_t>(payload, 17);
    const std::uint64_t key_size = number_at<std::uint32_t>(payload, 25);
    const std::uint64_t correlation_size = number_at<std::uint32_t>(payload, 29);
    const std::uint64_t body_size = number_at<std::uint32_t>(payload, 33);
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
  append_number(out, static_cast<std::uint8_t>(change.removes ? 1 : 0));
  append_number(out, change.timestamp_us);
  append_number(out, change.expires_us);
  append_number(out, change.txid);
  append_number(out, static_cast<std::uint32_t>(change.key.size()));
  append_number(out, static_cast<std::uint32_t>(change.correlation_id.size()));
  append_number(out, static_cast<std::uint32_t>(change.body.size()));
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
