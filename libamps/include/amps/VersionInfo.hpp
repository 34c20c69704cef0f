/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file VersionInfo.hpp
 * Version of a server: up to four numbers with dots between them.
 */
#ifndef AMPS_VERSIONINFO_HPP
#define AMPS_VERSIONINFO_HPP

#include <cstddef>
#include <cstdlib>
#include <string>

#include "detail/attributes.hpp"

namespace AMPS {

/** A value. What follows the numbers of "5.3.4.1-beta" is kept in the text and not compared. */
class AMPS_TYPE VersionInfo {
 public:
  AMPS_FN explicit VersionInfo(const std::string& version = std::string()) : text_(version) {
    const char* at = text_.c_str();
    for (size_t i = 0; i < 4; ++i) {
      char* end = NULL;
      const bool digit = *at >= '0' && *at <= '9';
      parts_[i] = digit ? std::strtoul(at, &end, 10) : 0;
      if (digit) at = *end == '.' ? end + 1 : "";
    }
  }
  AMPS_FN const std::string& getVersionString() const { return text_; }
  AMPS_FN size_t getMajorVersion() const { return parts_[0]; }
  AMPS_FN size_t getMinorVersion() const { return parts_[1]; }
  AMPS_FN size_t getMaintenanceVersion() const { return parts_[2]; }
  AMPS_FN size_t getPatchVersion() const { return parts_[3]; }
  /** One number with two digits for each part after the first: 5.3.4.1 gives 5030401. */
  AMPS_FN size_t getOldStyleVersion() const {
    size_t number = parts_[0];
    for (size_t i = 1; i < 4; ++i) number = number * 100 + (parts_[i] < 99 ? parts_[i] : 99);
    return number;
  }
  AMPS_FN int compare(const VersionInfo& other) const {
    for (size_t i = 0; i < 4; ++i) {
      if (parts_[i] != other.parts_[i]) return parts_[i] < other.parts_[i] ? -1 : 1;
    }
    return 0;
  }

 private:
  std::string text_;
  size_t parts_[4];
};

AMPS_FN inline bool operator==(const VersionInfo& a, const VersionInfo& b) {
  return a.compare(b) == 0;
}
AMPS_FN inline bool operator!=(const VersionInfo& a, const VersionInfo& b) {
  return a.compare(b) != 0;
}
AMPS_FN inline bool operator<(const VersionInfo& a, const VersionInfo& b) {
  return a.compare(b) < 0;
}
AMPS_FN inline bool operator<=(const VersionInfo& a, const VersionInfo& b) {
  return a.compare(b) <= 0;
}
AMPS_FN inline bool operator>(const VersionInfo& a, const VersionInfo& b) {
  return a.compare(b) > 0;
}
AMPS_FN inline bool operator>=(const VersionInfo& a, const VersionInfo& b) {
  return a.compare(b) >= 0;
}

}  // namespace AMPS

#endif  // AMPS_VERSIONINFO_HPP
