/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file Reason.hpp
 * Reason texts of acknowledgements and of out-of-focus messages, as servers send them.
 */
#ifndef AMPS_REASON_HPP
#define AMPS_REASON_HPP

#include "detail/attributes.hpp"

namespace AMPS {

/** X(function, constant, text) */
#define AMPS_REASON_TABLE(X)                               \
  X(authDisabled, AuthDisabled, "authentication disabled") \
  X(authFailure, AuthFailure, "auth failure")              \
  X(badFilter, BadFilter, "bad filter")                    \
  X(badRegexTopic, BadRegexTopic, "bad regex topic")       \
  X(deleted, Deleted, "deleted")                           \
  X(duplicate, Duplicate, "duplicate")                     \
  X(expired, Expired, "expired")                           \
  X(invalidTopic, InvalidTopic, "invalid topic")           \
  X(match, Match, "match")                                 \
  X(nameInUse, NameInUse, "name in use")                   \
  X(noTopic, NoTopic, "no topic")                          \
  X(notEntitled, NotEntitled, "not entitled")              \
  X(other, Other, "other")                                 \
  X(subidInUse, SubidInUse, "subid in use")                \
  X(subscriptionAlreadyExists, SubscriptionAlreadyExists, "subscription already exists")

class AMPS_TYPE Reason {
 public:
#define AMPS_X(function, constant, text)  \
  AMPS_FN static const char* function() { \
    return text;                          \
  }
  AMPS_REASON_TABLE(AMPS_X)
#undef AMPS_X
};

}  // namespace AMPS

#endif  // AMPS_REASON_HPP
