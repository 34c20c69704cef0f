/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file FIXBuilder.hpp
 * Makes FIX and NVFIX bodies: tag=value and a separator, for each field.
 */
#ifndef AMPS_FIXBUILDER_HPP
#define AMPS_FIXBUILDER_HPP

#include <cstddef>
#include <sstream>
#include <string>

#include "detail/attributes.hpp"

namespace AMPS {

/** Nothing is checked: neither tags nor values may hold the separator. Threads: one at a time. */
template <class Tag>
class AMPS_TYPE _FIXBuilder {
 public:
  AMPS_FN explicit _FIXBuilder(char fieldSep = '\x01') : separator_(fieldSep) {}
  AMPS_FN _FIXBuilder& append(const Tag& tag, const char* value, size_t offset, size_t length) {
    body_ << tag << '=';
    body_.write(value + offset, static_cast<std::streamsize>(length));
    body_ << separator_;
    return *this;
  }
  AMPS_FN _FIXBuilder& append(const Tag& tag, const std::string& value) {
    return append(tag, value.data(), 0, value.size());
  }
  AMPS_FN std::string getString() const { return body_.str(); }
  AMPS_FN void reset() { body_.str(std::string()); }

 private:
  std::ostringstream body_;
  char separator_;
};

typedef _FIXBuilder<int> FIXBuilder;
typedef _FIXBuilder<std::string> NVFIXBuilder;

}  // namespace AMPS

#endif  // AMPS_FIXBUILDER_HPP
