/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file CompositeMessageBuilder.hpp
 * Makes the body of a composite message: parts, each behind its length.
 */
#ifndef AMPS_COMPOSITEMESSAGEBUILDER_HPP
#define AMPS_COMPOSITEMESSAGEBUILDER_HPP

#include <cstddef>
#include <string>

#include "AMPSException.hpp"

namespace AMPS {

/** Parts in the order the message type configures; an empty part counts. Threads: one at a time. */
class AMPS_TYPE CompositeMessageBuilder {
 public:
  AMPS_FN CompositeMessageBuilder& append(const std::string& part) {
    return append(part.data(), part.size());
  }
  AMPS_FN CompositeMessageBuilder& append(const char* part, size_t size) {
    if (size > 0xFFFFFFFFu)
      throw UsageException("a part of a composite message has at most 4294967295 bytes");
    for (int shift = 24; shift >= 0; shift -= 8) body_ += static_cast<char>((size >> shift) & 0xFFu);
    if (size) body_.append(part, size);
    return *this;
  }
  /** Valid until the next append. */
  AMPS_FN const char* data() const { return body_.data(); }
  AMPS_FN size_t length() const { return body_.size(); }
  AMPS_FN void clear() { body_.clear(); }

 private:
  std::string body_;
};

}  // namespace AMPS

#endif  // AMPS_COMPOSITEMESSAGEBUILDER_HPP
