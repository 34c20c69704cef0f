// SPDX-License-Identifier: Apache-2.0
#include "client/store_file.h"

#include <utility>

namespace amps::client {

Status StoreFile::open(FileIo* io, const std::string& path, const RecordFileKind& kind, const char* about,
                       bool syncs, const RecordFile::Visitor& visit) {
  io_ = io;
  kind_ = kind;
  about_ = about;
  syncs_ = syncs;
  // A directory of its own for the lock, because other stores may have their files beside this one.
  AMPS_RETURN_IF_ERROR(io_->make_directory(path + ".lock"));
  if (Status locked = io_->lock(path + ".lock", &lock_); !locked.ok()) {
    return Status(AMPS_E_STORE, path + " cannot be locked, another store may have it: " + locked.text());
  }
  std::uint64_t cut_bytes = 0;  // Of a call that never returned.
  return RecordFile::open(io_, path, kind_, about_, visit, &file_, &cut_bytes);
}

Status StoreFile::write(std::string_view record) {
  AMPS_RETURN_IF_ERROR(failure_);
  const std::uint64_t before = file_->size();
  Status status = file_->write(record);
  if (status.ok() && syncs_) status = file_->sync();
  if (status.ok()) return status;
  // Nothing may follow a torn record, nor one whose sync failed.
  if (file_->size() != before || !file_->undo().ok()) failure_ = status;
  return status;
}

Status StoreFile::replace(const std::function<Status(RecordFile*)>& fill, bool* is_replaced) {
  const std::string path = file_->path();
  std::unique_ptr<RecordFile> fresh;
  AMPS_RETURN_IF_ERROR(RecordFile::make(io_, path + ".new", kind_, about_, &fresh));
  AMPS_RETURN_IF_ERROR(fill(fresh.get()));
  AMPS_RETURN_IF_ERROR(fresh->sync());
  AMPS_RETURN_IF_ERROR(io_->rename(path + ".new", path));
  if (is_replaced != nullptr) *is_replaced = true;
  fresh->set_path(path);
  file_ = std::move(fresh);
  return io_->sync_directory(directory_of(path));
}

Status StoreFile::close() {
  if (file_ == nullptr) return {};
  Status status = failure_.ok() ? file_->sync() : Status();
  failure_ = Status(AMPS_E_STORE, file_->path() + " is closed");
  file_.reset();
  lock_.reset();
  return status;
}

}  // namespace amps::client
