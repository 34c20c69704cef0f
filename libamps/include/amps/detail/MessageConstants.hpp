/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file MessageConstants.hpp
 * The text constants inside AMPS::Message. They are members of templates, because C++11 lets only
 * those be defined in a header.
 */
#ifndef AMPS_DETAIL_MESSAGECONSTANTS_HPP
#define AMPS_DETAIL_MESSAGECONSTANTS_HPP

#include "../Reason.hpp"
#include "attributes.hpp"

namespace AMPS {
namespace detail {

#define AMPS_STATUS_TABLE(X) \
  X(Success, "success")      \
  X(Failure, "failure")      \
  X(Retry, "retry")          \
  X(None, "none")

/** Options without a value: X(constant, text); each ends with a comma, so that they can be joined. */
#define AMPS_OPTION_TABLE(X)        \
  X(None, "none,")                  \
  X(Live, "live,")                  \
  X(OOF, "oof,")                    \
  X(Replace, "replace,")            \
  X(NoEmpties, "no_empties,")       \
  X(SendKeys, "send_keys,")         \
  X(Timestamp, "timestamp,")        \
  X(NoSowKey, "no_sowkey,")         \
  X(Cancel, "cancel,")              \
  X(Resume, "resume,")              \
  X(Pause, "pause,")                \
  X(FullyDurable, "fully_durable,") \
  X(Expire, "expire,")

template <class Unused>
struct StatusConstants {
#define AMPS_X(name, text) AMPS_FN static constexpr const char* name = text;
  AMPS_STATUS_TABLE(AMPS_X)
#undef AMPS_X
};
template <class Unused>
struct ReasonConstants {
#define AMPS_X(function, name, text) AMPS_FN static constexpr const char* name = text;
  AMPS_REASON_TABLE(AMPS_X)
#undef AMPS_X
};
template <class Unused>
struct OptionConstants {
#define AMPS_X(name, text) AMPS_FN static constexpr const char* name = text;
  AMPS_OPTION_TABLE(AMPS_X)
#undef AMPS_X
};

#define AMPS_X(name, text) \
  template <class Unused>  \
  constexpr const char* StatusConstants<Unused>::name;
AMPS_STATUS_TABLE(AMPS_X)
#undef AMPS_X
#define AMPS_X(function, name, text) \
  template <class Unused>            \
  constexpr const char* ReasonConstants<Unused>::name;
AMPS_REASON_TABLE(AMPS_X)
#undef AMPS_X
#define AMPS_X(name, text) \
  template <class Unused>  \
  constexpr const char* OptionConstants<Unused>::name;
AMPS_OPTION_TABLE(AMPS_X)
#undef AMPS_X

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_DETAIL_MESSAGECONSTANTS_HPP
