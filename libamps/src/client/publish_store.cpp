// SPDX-License-Identifier: Apache-2.0
#include "client/publish_store.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/interrupt.h"
#include "base/limits.h"
#include "client/failure.h"
#include "client/thread_context.h"
#include "client/wait_limit.h"
#include "wire/header_decoder.h"
#include "wire/header_encoder.h"

namespace amps::client {
namespace {

constexpr RecordFileKind kKind{"AMPSPUB1", "the file of a publish store", "another kind of store"};
constexpr char kAbout[] = "publish store";
constexpr std::size_t kBlockBytes = 256u << 10;
constexpr std::size_t kPrefixBytes = 4;             // Length of a frame.
constexpr std::uint64_t kUselessBytes = 16u << 20;  // That a file may hold beyond twice what is of use.

// A record: what is persisted, the number of its message, whether a server has ever been asked; the frame.
// Without a frame it says only how far things are.
constexpr std::size_t kRecordHeadBytes = 2 * 8 + 1;

// Calls visit(number, frame) for the messages of a block above `after`, until it gives an error.
template <typename Visit>
amps_result for_each_frame(std::string_view frames, std::uint64_t number, std::uint64_t after, Visit visit) {
  for (; !frames.empty(); ++number) {
    const std::size_t size = kPrefixBytes + wire::load_length(frames.data());
    if (number > after) {
      const amps_result result = visit(number, frames.substr(kPrefixBytes, size - kPrefixBytes));
      if (result != AMPS_E_OK) return result;
    }
    frames.remove_prefix(size);
  }
  return AMPS_E_OK;
}

// Gives one stored message to the caller of replay(), who may keep it.
amps_result show(std::uint64_t sequence, std::string_view frame, amps_store_replay_fn replay,
                 void* userdata) {
  wire::HeaderDecoder decoder;
  const OwnedMessage view(Message::make(nullptr));
  const Status status = decoder.decode(frame, &view->header());
  if (!status.ok()) {
    set_callback_failure(AMPS_E_STORE, "a stored message cannot be read: " + status.text());
    return AMPS_E_STORE;
  }
  view->sync(frame.substr(view->header().size_bytes));
  OwnedMessage message(view->copy());
  message->set(AMPS_Sequence, std::to_string(sequence));
  amps_message_ref_t ref{message.release()};
  const amps_result result = replay(&ref, userdata);
  if (ref.body != nullptr) Message::from(ref.body)->release();
  return result;
}

// Entries of the table.

amps_result store_entry(void* self, amps_message_ref_t* message, std::uint64_t* sequence) {
  return entry_result(PublishStore::of(self)->store(*Message::from(message->body), sequence));
}

amps_result discard_up_to_entry(void* self, std::uint64_t sequence) {
  return entry_result(PublishStore::of(self)->discard_up_to(sequence));
}

amps_result replay_entry(void* self, amps_store_replay_fn replay, void* userdata) {
  return PublishStore::of(self)->replay(replay, userdata);
}

amps_result replay_single_entry(void* self, amps_store_replay_fn replay, void* userdata,
                                std::uint64_t sequence) {
  return PublishStore::of(self)->replay_single(replay, userdata, sequence);
}

amps_result unpersisted_count_entry(void* self, std::uint64_t* count) {
  *count = PublishStore::of(self)->unpersisted_count();
  return AMPS_E_OK;
}

amps_result flush_entry(void* self, std::uint32_t timeout_ms) {
  return entry_result(PublishStore::of(self)->flush(timeout_ms));
}

amps_result lowest_unpersisted_entry(void* self, std::uint64_t* sequence) {
  *sequence = PublishStore::of(self)->lowest_unpersisted();
  return AMPS_E_OK;
}

amps_result last_persisted_entry(void* self, std::uint64_t* sequence) {
  *sequence = PublishStore::of(self)->last_persisted();
  return AMPS_E_OK;
}

amps_result resume_after_entry(void* self, std::uint64_t sequence) {
  return entry_result(PublishStore::of(self)->resume_after(sequence));
}

}  // namespace

const amps_publish_store_vt_t* PublishStore::table() noexcept {
  static const amps_publish_store_vt_t table = {sizeof(amps_publish_store_vt_t),
                                                "libamps/default",
                                                &Part::retain,
                                                &Part::release,
                                                store_entry,
                                                discard_up_to_entry,
                                                replay_entry,
                                                replay_single_entry,
                                                unpersisted_count_entry,
                                                flush_entry,
                                                lowest_unpersisted_entry,
                                                last_persisted_entry,
                                                resume_after_entry};
  return &table;
}

// ---- storing

Status PublishStore::store(const Message& message, std::uint64_t* sequence) {
  const MutexLock turn(file_mutex_);
  wire::Header header = message.header();
  header.present &= ~wire::field_bit(AMPS_Sequence);
  frame_.clear();
  wire::append_frame(&frame_, header, message.body());
  std::uint64_t persisted = 0;
  {
    const MutexLock lock(mutex_);
    if (kept_bytes_ != 0 && kept_bytes_ + frame_.size() > size_bytes_max_) {
      return Status(AMPS_E_WOULD_BLOCK, "the publish store holds " + std::to_string(last_ - persisted_) +
                                            " messages, and more would exceed its limit of " +
                                            std::to_string(size_bytes_max_) + " bytes");
    }
    *sequence = last_ + 1;
    persisted = persisted_;
  }
  AMPS_RETURN_IF_ERROR(file_.failure());
  if (file_.is_open()) AMPS_RETURN_IF_ERROR(write(frame_.view(), *sequence, persisted));
  const MutexLock lock(mutex_);
  keep(frame_.view(), *sequence);
  frame_.shrink(kBlockBytes);
  return {};
}

void PublishStore::keep(std::string_view frame, std::uint64_t sequence) {
  if (blocks_.empty() || blocks_.back().frames.size() + frame.size() > kBlockBytes) {
    blocks_.emplace_back();
    blocks_.back().first = sequence;
  }
  Block& block = blocks_.back();
  block.frames.append(frame);
  block.last = last_ = sequence;
  kept_bytes_ += frame.size();
}

Status PublishStore::discard_up_to(std::uint64_t sequence) {
  {
    const MutexLock lock(mutex_);
    if (sequence <= last_) {
      drop(sequence);
      return {};
    }
  }
  // A client of this name has published with another store; ours goes on behind it. Not while a message is
  // being stored, which has its number already.
  const MutexLock turn(file_mutex_);
  const MutexLock lock(mutex_);
  last_ = std::max(last_, sequence);
  drop(sequence);
  return {};
}

void PublishStore::drop(std::uint64_t sequence) {
  if (sequence <= persisted_) return;
  persisted_ = sequence;
  while (!blocks_.empty() && blocks_.front().last <= persisted_) {
    kept_bytes_ -= blocks_.front().frames.size();
    blocks_.pop_front();
  }
  persisted_changed_.notify_all();
}

Status PublishStore::resume_after(std::uint64_t sequence) {
  const MutexLock turn(file_mutex_);
  AMPS_RETURN_IF_ERROR(file_.failure());
  {
    const MutexLock lock(mutex_);
    if (!is_new_) return {};
    is_new_ = false;
    renumber(sequence);
  }
  if (!file_.is_open()) return {};
  // Before anything is sent under the new numbers: with the old ones it would be sent again as if new.
  file_.fail(rewrite());
  return file_.failure();
}

void PublishStore::renumber(std::uint64_t after) {
  for (Block& block : blocks_) {
    block.first += after;
    block.last += after;
  }
  last_ += after;
  persisted_ += after;
}

// ---- what is kept

bool PublishStore::copy_block(std::uint64_t after, Block* out) const {
  const MutexLock lock(mutex_);
  const std::uint64_t above = std::max(after, persisted_);
  for (const Block& block : blocks_) {
    if (block.last <= above) continue;
    out->frames.clear();
    out->frames.append(block.frames.view());
    out->first = block.first;
    out->last = block.last;
    return true;
  }
  return false;
}

amps_result PublishStore::replay(amps_store_replay_fn give, void* userdata) {
  std::uint64_t after = last_persisted();
  std::uint64_t end = 0;
  {
    const MutexLock lock(mutex_);
    end = last_;  // Publishers go on; their messages are another replay's.
  }
  Block block;
  while (after < end && copy_block(after, &block)) {
    const amps_result result =
        for_each_frame(block.frames.view(), block.first, std::max(after, last_persisted()),
                       [&](std::uint64_t sequence, std::string_view frame) {
                         return sequence > end ? AMPS_E_OK : show(sequence, frame, give, userdata);
                       });
    if (result != AMPS_E_OK) return result;
    after = block.last;
  }
  return AMPS_E_OK;
}

amps_result PublishStore::replay_single(amps_store_replay_fn give, void* userdata, std::uint64_t sequence) {
  Block block;
  if (sequence == 0 || sequence <= last_persisted() || !copy_block(sequence - 1, &block))
    return AMPS_E_NOT_FOUND;
  if (sequence < block.first) return AMPS_E_NOT_FOUND;
  return for_each_frame(block.frames.view(), block.first, sequence - 1,
                        [&](std::uint64_t number, std::string_view frame) {
                          return number != sequence ? AMPS_E_OK : show(number, frame, give, userdata);
                        });
}

std::uint64_t PublishStore::unpersisted_count() const {
  const MutexLock lock(mutex_);
  return last_ - persisted_;
}

std::uint64_t PublishStore::lowest_unpersisted() const {
  const MutexLock lock(mutex_);
  return last_ == persisted_ ? 0 : persisted_ + 1;
}

std::uint64_t PublishStore::last_persisted() const {
  const MutexLock lock(mutex_);
  return persisted_;
}

Status PublishStore::flush(std::uint32_t timeout_ms) {
  const WaitLimit limit(timeout_ms);
  const bool asks_hook = !thread_context().is_library_thread;
  std::uint64_t wanted = 0;
  {
    const MutexLock lock(mutex_);
    wanted = last_;
  }
  for (;;) {
    {
      const MutexLock lock(mutex_);
      if (persisted_ >= wanted) return {};
      persisted_changed_.wait_until(mutex_, limit.next(std::chrono::milliseconds(kInterruptPollMs)));
      if (persisted_ >= wanted) return {};
      if (limit.is_over()) {
        return Status(AMPS_E_TIMED_OUT, limit.status("the server has not persisted everything").text() +
                                            "; " + std::to_string(last_ - persisted_) + " messages are left");
      }
    }
    if (asks_hook && is_interrupted()) {
      return Status(AMPS_E_INTERRUPTED, "interrupted while waiting for the publish store");
    }
  }
}

// ---- the file

Status PublishStore::open(FileIo* io, const std::string& path, bool syncs, std::uint64_t size_bytes_max,
                          std::unique_ptr<PublishStore>* out) {
  *out = std::make_unique<PublishStore>(size_bytes_max);
  PublishStore& store = **out;
  const MutexLock turn(store.file_mutex_);
  return store.load(io, path, syncs);
}

Status PublishStore::load(FileIo* io, const std::string& path, bool syncs) {
  const auto visitor = [&](std::string_view record, std::uint64_t offset) {
    return visit(record) ? Status()
                         : damaged(path, offset, "the record does not follow from those before it");
  };
  AMPS_RETURN_IF_ERROR(file_.open(io, path, kKind, kAbout, syncs, visitor));
  rewrite_bytes_ = file_.size() + kUselessBytes;
  return {};
}

bool PublishStore::visit(std::string_view record) {
  if (record.size() < kRecordHeadBytes) return false;
  const std::uint64_t persisted = number_at<std::uint64_t>(record, 0);
  const std::uint64_t sequence = number_at<std::uint64_t>(record, 8);
  const std::string_view frame = record.substr(kRecordHeadBytes);
  const MutexLock lock(mutex_);
  const bool is_whole = frame.empty() || (frame.size() >= kPrefixBytes &&
                                          wire::load_length(frame.data()) == frame.size() - kPrefixBytes);
  const bool follows =
      frame.empty() ? sequence >= last_ : sequence == std::max(last_, persisted) + 1 && sequence != 0;
  if (!is_whole || !follows || persisted > sequence) return false;
  is_new_ = record[16] != 0;
  drop(persisted);
  if (!frame.empty()) keep(frame, sequence);
  last_ = sequence;
  return true;
}

void PublishStore::begin_record(std::uint64_t sequence, std::uint64_t persisted) {
  bool is_new = false;
  {
    const MutexLock lock(mutex_);
    is_new = is_new_;
  }
  record_.clear();
  append_number(&record_, persisted);
  append_number(&record_, sequence);
  append_number(&record_, static_cast<std::uint8_t>(is_new ? 1 : 0));
}

Status PublishStore::write(std::string_view frame, std::uint64_t sequence, std::uint64_t persisted) {
  if (file_.size() > rewrite_bytes_) {
    // The messages are as safe in the old file; it is tried again when that has grown once more.
    rewrite_bytes_ = file_.size() + kUselessBytes;
    std::uint64_t kept = 0;
    {
      const MutexLock lock(mutex_);
      kept = kept_bytes_;
    }
    if (file_.size() > 2 * kept + kUselessBytes) (void)rewrite();
  }
  begin_record(sequence, persisted);
  record_.append(frame);
  Status status = file_.write(record_.view());
  record_.shrink(kBlockBytes);
  return status;
}

Status PublishStore::fill(RecordFile* file) {
  std::uint64_t after = 0;
  {
    const MutexLock lock(mutex_);
    after = persisted_;
  }
  begin_record(after, after);
  AMPS_RETURN_IF_ERROR(file->write(record_.view()));
  const std::uint64_t persisted = after;
  Block block;
  while (copy_block(after, &block)) {
    Status status;
    (void)for_each_frame(block.frames.view(), block.first, after,
                         [&](std::uint64_t sequence, std::string_view frame) {
                           file_mutex_.assert_held();
                           begin_record(sequence, persisted);
                           record_.append({frame.data() - kPrefixBytes, frame.size() + kPrefixBytes});
                           status = file->write(record_.view());
                           return status.code();
                         });
    AMPS_RETURN_IF_ERROR(status);
    after = block.last;
  }
  return {};
}

// Writes what is of use into a file of its own, which then takes the place of the old one.
Status PublishStore::rewrite() {
  Status status = file_.replace([this](RecordFile* fresh) {
    file_mutex_.assert_held();
    return fill(fresh);
  });
  rewrite_bytes_ = file_.size() + kUselessBytes;
  return status;
}

Status PublishStore::close() {
  const MutexLock turn(file_mutex_);
  return file_.close();
}

Status PublishStore::sync() {
  const MutexLock turn(file_mutex_);
  return file_.sync();
}

}  // namespace amps::client
