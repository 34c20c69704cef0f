/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file FIXShredder.hpp
 * Takes FIX and NVFIX bodies apart.
 */
#ifndef AMPS_FIXSHREDDER_HPP
#define AMPS_FIXSHREDDER_HPP

#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "Field.hpp"

namespace AMPS {

namespace detail {

AMPS_FN inline void read_tag(const char* ptr, size_t size, int* tag) {
  *tag = std::atoi(std::string(ptr, size).c_str());
}
AMPS_FN inline void read_tag(const char* ptr, size_t size, std::string* tag) {
  tag->assign(ptr, size);
}

}  // namespace detail

/** The last of equal tags wins; what has no '=' is left out. */
template <class Tag>
class AMPS_TYPE _FIXShredder {
 public:
  /** Values are views into the body that was shredded. */
  typedef std::map<Tag, Field> map_type;

  AMPS_FN explicit _FIXShredder(char fieldSep = '\x01') : separator_(fieldSep) {}
  AMPS_FN map_type toMap(const Field& body) const {
    map_type fields;
    const char* at = body.data();
    const char* const end = at + body.len();
    while (at != end) {
      const size_t left = static_cast<size_t>(end - at);
      const char* const found = static_cast<const char*>(std::memchr(at, separator_, left));
      const char* const stop = found ? found : end;
      const char* const equals =
          static_cast<const char*>(std::memchr(at, '=', static_cast<size_t>(stop - at)));
      if (equals) {
        Tag tag = Tag();
        detail::read_tag(at, static_cast<size_t>(equals - at), &tag);
        fields[tag] = Field(equals + 1, static_cast<size_t>(stop - equals - 1));
      }
      at = found ? stop + 1 : end;
    }
    return fields;
  }

 private:
  char separator_;
};

typedef _FIXShredder<int> FIXShredder;
typedef _FIXShredder<std::string> NVFIXShredder;

}  // namespace AMPS

#endif  // AMPS_FIXSHREDDER_HPP
