// SPDX-License-Identifier: Apache-2.0
#include "net/filter_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/limits.h"

namespace amps::net {

FilterStream::FilterStream(std::unique_ptr<ByteStream> inner, Filter filter)
    : inner_(std::move(inner)), filter_(std::move(filter)) {}

bool FilterStream::pass(bool incoming, std::string_view* bytes) {
  if (!failure_.get().ok()) return false;
  Status status = filter_(incoming, bytes);
  if (status.ok()) return true;
  failure_.note(std::move(status));
  inner_->shutdown();
  return false;
}

IoResult FilterStream::read_some(char* to, std::size_t size) {
  if (size == 0) return {IoState::kOk, 0};
  while (taken_ == input_.size()) {
    const IoResult result = inner_->read_some(to, size);
    if (result.state != IoState::kOk) return result;
    std::string_view bytes(to, result.size);
    if (!pass(true, &bytes)) return {IoState::kFailed, 0};
    const std::size_t count = std::min(size, bytes.size());
    input_.clear();
    input_.shrink(kReadBytes);
    input_.append(bytes.substr(count));  // Before `to`, which the bytes may stand in, is written.
    taken_ = 0;
    if (count > 0) std::memmove(to, bytes.data(), count);
    if (count > 0) return {IoState::kOk, count};
    // Everything was taken out: go on as if it had never come.
  }
  const std::size_t count = std::min(size, input_.size() - taken_);
  std::memcpy(to, input_.data() + taken_, count);
  taken_ += count;
  return {IoState::kOk, count};
}

IoResult FilterStream::write_some(const char* from, std::size_t size) {
  if (!output_.empty()) {
    const IoResult result = output_.push(*inner_);
    if (!output_.empty()) return result;
  }
  if (size == 0) return {IoState::kOk, 0};
  std::string_view bytes(from, size);
  if (!pass(false, &bytes)) return {IoState::kFailed, 0};
  std::size_t sent = 0;
  if (!bytes.empty()) {
    const IoResult result = inner_->write_some(bytes.data(), bytes.size());
    if (result.state == IoState::kFailed || result.state == IoState::kClosed) return result;
    sent = result.size;
  }
  // The filter has seen all of them and must not see them again, so all are accepted.
  output_.bytes().append(bytes.substr(sent));
  return {IoState::kOk, size};
}

IoResult FilterStream::flush_some() {
  return output_.empty() ? inner_->flush_some() : output_.push(*inner_);
}

bool FilterStream::has_buffered_input() const noexcept {
  return taken_ < input_.size() || inner_->has_buffered_input();
}

Status FilterStream::status() const {
  Status own = failure_.get();
  return own.ok() ? inner_->status() : own;
}

}  // namespace amps::net
