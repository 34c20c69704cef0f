// SPDX-License-Identifier: Apache-2.0
#include "broker/format/text_arena.h"

#include <algorithm>

namespace amps::broker {

char* TextArena::allocate_slowly(std::size_t size) {
  while (block_ + 1 < blocks_.size()) {  // Blocks that rewind() left.
    ++block_;
    used_ = 0;
    if (size > blocks_[block_].size) continue;
    used_ = size;
    return blocks_[block_].bytes.get();
  }
  if (size > kBytesMax || total_ > kBytesMax - size) return nullptr;
  // Doubling keeps the number of blocks small whatever is asked for.
  const std::size_t block_size = std::max({size, kBlockBytes, std::min(total_, kKeptBytes)});
  blocks_.push_back({std::unique_ptr<char[]>(new char[block_size]), block_size});
  total_ += block_size;
  block_ = blocks_.size() - 1;
  used_ = size;
  return blocks_.back().bytes.get();
}

void TextArena::clear() noexcept {
  if (total_ > kKeptBytes) {
    blocks_.clear();
    total_ = 0;
  }
  block_ = used_ = 0;
}

}  // namespace amps::broker
