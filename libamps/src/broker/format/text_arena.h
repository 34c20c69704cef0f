// SPDX-License-Identifier: Apache-2.0
// Memory for texts that are made while a message is handled: unescaped strings, results of functions,
// names of built fields. Nothing is freed one by one; clear() takes everything back and keeps the memory.
// Threads: one at a time. Owns: its blocks; views into it live until clear() or rewind().
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace amps::broker {

class TextArena {
 public:
  static constexpr std::size_t kBlockBytes = 4'096;
  static constexpr std::size_t kKeptBytes = 1u << 20;  // Kept over clear(); more is given back.
  // An expression can multiply a message many times over, so what one message may take is bounded.
  static constexpr std::size_t kBytesMax = 512u << 20;

  struct Mark {
    std::size_t block;
    std::size_t used;
  };

  // Room for `size` bytes, aligned to nothing; none when the bound is reached.
  char* allocate(std::size_t size) {
    if (block_ < blocks_.size() && size <= blocks_[block_].size - used_) {
      char* const at = blocks_[block_].bytes.get() + used_;
      used_ += size;
      return at;
    }
    return allocate_slowly(size);
  }
  // A copy; empty when there is no room.
  std::string_view keep(std::string_view text) {
    char* const to = text.empty() ? nullptr : allocate(text.size());
    if (to == nullptr) return {};
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }
  // Gives back the end of the latest allocation, whose size turned out smaller.
  void shrink(std::size_t unused) noexcept { used_ -= unused; }

  Mark mark() const noexcept { return {block_, used_}; }
  void rewind(Mark mark) noexcept { block_ = mark.block, used_ = mark.used; }
  void clear() noexcept;

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  char* allocate_slowly(std::size_t size);

  std::vector<Block> blocks_;
  std::size_t block_ = 0;  // The one in use; those before it are full, those after it are empty.
  std::size_t used_ = 0;   // Of it.
  std::size_t total_ = 0;  // Bytes of all blocks.
};

}  // namespace amps::broker
