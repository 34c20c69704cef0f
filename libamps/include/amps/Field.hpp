/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Field.hpp
 * A view of bytes inside a message, or anywhere else.
 */
#ifndef AMPS_FIELD_HPP
#define AMPS_FIELD_HPP

#include <cstdlib>
#include <cstring>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>

#include "amps_types.h"
#include "detail/attributes.hpp"

namespace AMPS {

/**
 * Pointer and length; copying copies no bytes and nothing ends with a NUL. A field of a message is
 * valid as long as the message's content: in a handler until the handler returns. Keep a
 * std::string, or a deepCopy() which clear() must free.
 * Threads: as the bytes it points to.
 */
class AMPS_TYPE Field {
 public:
  AMPS_FN Field() : ptr_(NULL), size_(0) {}
  AMPS_FN Field(const char* text) : ptr_(text), size_(text ? std::strlen(text) : 0) {}
  AMPS_FN Field(const char* ptr, size_t size) : ptr_(ptr), size_(size) {}
  AMPS_FN Field(const std::string& text) : ptr_(text.data()), size_(text.size()) {}

  /** First byte; NULL when nothing was assigned. */
  AMPS_FN const char* data() const { return ptr_; }
  AMPS_FN size_t len() const { return size_ & ~kOwned; }
  AMPS_FN bool empty() const { return len() == 0; }
  AMPS_FN operator std::string() const { return empty() ? std::string() : std::string(ptr_, len()); }

  AMPS_FN bool contains(const char* bytes, size_t size) const {
    return std::string(*this).find(bytes, 0, size) != std::string::npos;
  }
  /** Points elsewhere; a deep copy must be cleared before. */
  AMPS_FN void assign(const char* ptr, size_t size) {
    ptr_ = ptr;
    size_ = size;
  }
  /** A view of a fresh copy on the heap. Nobody frees it but clear(), called on one of its copies. */
  AMPS_FN Field deepCopy() const {
    Field copy;
    copy.deepCopy(*this);
    return copy;
  }
  /** Becomes a view of a fresh copy of other's bytes. */
  AMPS_FN void deepCopy(const Field& other) {
    const size_t size = other.len();
    char* bytes = static_cast<char*>(std::malloc(size ? size : 1));
    if (!bytes) throw std::bad_alloc();
    if (size) std::memcpy(bytes, other.ptr_, size);
    clear();
    ptr_ = bytes;
    size_ = size | kOwned;
  }
  /** Frees a deep copy; becomes empty. */
  AMPS_FN void clear() {
    if (size_ & kOwned) std::free(const_cast<char*>(ptr_));
    assign(NULL, 0);
  }
  AMPS_FN int compare(const Field& other) const {
    const size_t shorter = len() < other.len() ? len() : other.len();
    const int order = shorter ? std::memcmp(ptr_, other.ptr_, shorter) : 0;
    if (order != 0) return order;
    return len() == other.len() ? 0 : (len() < other.len() ? -1 : 1);
  }

 private:
  // Marks a deep copy, so that clear() never frees bytes of somebody else. No object is that large.
  static const size_t kOwned = ~(static_cast<size_t>(-1) >> 1);

  const char* ptr_;
  size_t size_;  // Length, and kOwned.
};

AMPS_FN inline bool operator==(const Field& a, const Field& b) {
  return a.compare(b) == 0;
}
AMPS_FN inline bool operator!=(const Field& a, const Field& b) {
  return a.compare(b) != 0;
}
AMPS_FN inline bool operator<(const Field& a, const Field& b) {
  return a.compare(b) < 0;
}

AMPS_FN inline std::ostream& operator<<(std::ostream& out, const Field& field) {
  return out.write(field.data(), static_cast<std::streamsize>(field.len()));
}

static_assert(std::is_trivially_copyable<Field>::value && std::is_standard_layout<Field>::value &&
                  sizeof(Field) == sizeof(amps_span_t),
              "a field has the layout of amps_span_t");

namespace detail {

AMPS_FN inline amps_span_t span(const char* ptr, size_t size) {
  const amps_span_t view = {ptr, size};
  return view;
}
AMPS_FN inline amps_span_t span(const std::string& text) {
  return span(text.data(), text.size());
}
AMPS_FN inline amps_span_t span(const Field& field) {
  return span(field.data(), field.len());
}
AMPS_FN inline amps_span_t span(const char* text) {
  return span(text, text ? std::strlen(text) : 0);
}
AMPS_FN inline std::string text(amps_span_t view) {
  return view.len ? std::string(view.ptr, view.len) : std::string();
}
AMPS_FN inline Field field(amps_span_t view) {
  return Field(view.ptr, view.len);
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_FIELD_HPP
