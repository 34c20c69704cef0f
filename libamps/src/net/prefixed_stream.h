// SPDX-License-Identifier: Apache-2.0
// A stream of which some bytes were read already: they come first, then the inner stream goes on.
// Threads: as ByteStream. Owns: the inner stream.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "net/byte_stream.h"

namespace amps::net {

class PrefixedStream final : public ByteStream {
 public:
  PrefixedStream(std::unique_ptr<ByteStream> inner, std::string prefix)
      : inner_(std::move(inner)), prefix_(std::move(prefix)) {}

  IoResult read_some(char* to, std::size_t size) override {
    if (taken_ == prefix_.size()) return inner_->read_some(to, size);
    const std::size_t count = std::min(size, prefix_.size() - taken_);
    std::memcpy(to, prefix_.data() + taken_, count);
    taken_ += count;
    return {IoState::kOk, count};
  }
  IoResult write_some(const char* from, std::size_t size) override { return inner_->write_some(from, size); }
  IoResult flush_some() override { return inner_->flush_some(); }
  bool has_buffered_input() const noexcept override {
    return taken_ < prefix_.size() || inner_->has_buffered_input();
  }
  int fd() const noexcept override { return inner_->fd(); }
  void shutdown() noexcept override { inner_->shutdown(); }
  Status status() const override { return inner_->status(); }

 private:
  const std::unique_ptr<ByteStream> inner_;
  const std::string prefix_;
  std::size_t taken_ = 0;  // Owned by the reader.
};

}  // namespace amps::net
