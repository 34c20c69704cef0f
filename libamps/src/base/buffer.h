// SPDX-License-Identifier: Apache-2.0
// Growable bytes that are never zero-filled: what frames are read into and encoded into.
// Threads: one at a time. Owns: its memory. Views into it die at the next call that may grow it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace amps {

class Buffer {
 public:
  Buffer() noexcept = default;
  ~Buffer() { std::free(data_); }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  char* data() noexcept { return data_; }
  const char* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }
  bool empty() const noexcept { return size_ == 0; }
  std::string_view view() const noexcept { return {data_, size_}; }

  void clear() noexcept { size_ = 0; }
  void append(std::string_view bytes) {
    char* to = extend(bytes.size());
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  }
  void push_back(char byte) { *extend(1) = byte; }
  // Makes room for `count` more bytes, counts them in and returns where they go.
  char* extend(std::size_t count) {
    if (count > capacity_ - size_) grow(size_ + count);
    char* at = data_ + size_;
    size_ += count;
    return at;
  }
  void truncate(std::size_t size) noexcept { size_ = size; }  // Requires: size <= size().
  void reserve(std::size_t capacity) {
    if (capacity > capacity_) grow(capacity);
  }
  // Without the doubling: for who grows in steps of its own.
  void reserve_exact(std::size_t capacity) {
    if (capacity > capacity_) reallocate(capacity);
  }
  void remove_prefix(std::size_t count) noexcept {  // Moves the rest to the front.
    std::memmove(data_, data_ + count, size_ - count);
    size_ -= count;
  }
  // Gives the memory back when it has grown beyond `keep` bytes.
  void shrink(std::size_t keep) noexcept {
    if (capacity_ <= keep) return;
    std::free(data_);
    data_ = nullptr;
    size_ = capacity_ = 0;
  }
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  void grow(std::size_t needed) {
    std::size_t capacity = capacity_ < 256 ? 256 : capacity_ * 2;
    reallocate(capacity < needed ? needed : capacity);
  }
  void reallocate(std::size_t capacity) {
    void* data = std::realloc(data_, capacity);
    if (data == nullptr) throw std::bad_alloc();
    data_ = static_cast<char*>(data);
    capacity_ = capacity;
  }

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace amps
