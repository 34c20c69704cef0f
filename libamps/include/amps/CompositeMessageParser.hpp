/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file CompositeMessageParser.hpp
 * Takes the body of a composite message apart.
 */
#ifndef AMPS_COMPOSITEMESSAGEPARSER_HPP
#define AMPS_COMPOSITEMESSAGEPARSER_HPP

#include <cstddef>
#include <vector>

#include "Field.hpp"
#include "Message.hpp"

namespace AMPS {

/** The parts are views into the body that was parsed. Threads: one at a time. */
class AMPS_TYPE CompositeMessageParser {
 public:
  /** @return number of parts. @throws StreamException when a length goes beyond the end */
  AMPS_FN size_t parse(const char* body, size_t size) {
    parts_.clear();
    const unsigned char* const bytes = reinterpret_cast<const unsigned char*>(body);
    for (size_t at = 0; at != size;) {
      if (size - at < 4) return damaged();
      const size_t length = static_cast<size_t>(bytes[at]) << 24 | static_cast<size_t>(bytes[at + 1]) << 16 |
                            static_cast<size_t>(bytes[at + 2]) << 8 | static_cast<size_t>(bytes[at + 3]);
      at += 4;
      if (size - at < length) return damaged();
      parts_.push_back(Field(body + at, length));
      at += length;
    }
    return parts_.size();
  }
  AMPS_FN size_t parse(const Field& body) { return parse(body.data(), body.len()); }
  AMPS_FN size_t parse(const Message& message) { return parse(message.getData()); }

  AMPS_FN size_t size() const { return parts_.size(); }
  /** Empty when there is no such part. */
  AMPS_FN Field getPart(size_t index) const { return index < parts_.size() ? parts_[index] : Field(); }

 private:
  AMPS_COLD size_t damaged() {
    parts_.clear();
    throw StreamException("the body is no composite message: a part goes beyond its end");
  }

  std::vector<Field> parts_;
};

}  // namespace AMPS

#endif  // AMPS_COMPOSITEMESSAGEPARSER_HPP
