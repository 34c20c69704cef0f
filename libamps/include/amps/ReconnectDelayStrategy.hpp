/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ReconnectDelayStrategy.hpp
 * Handle to a reconnect delay strategy.
 */
#ifndef AMPS_RECONNECTDELAYSTRATEGY_HPP
#define AMPS_RECONNECTDELAYSTRATEGY_HPP

#include <string>
#include <type_traits>

#include "ReconnectDelayStrategyImpl.hpp"

namespace AMPS {

/** Copies are references to the same strategy; the last one frees it. */
class AMPS_TYPE ReconnectDelayStrategy {
 public:
  AMPS_FN ReconnectDelayStrategy() {}
  AMPS_FN ReconnectDelayStrategy(const ReconnectDelayStrategy&) = default;
  AMPS_FN ReconnectDelayStrategy& operator=(const ReconnectDelayStrategy&) = default;
  AMPS_FN ~ReconnectDelayStrategy() = default;
  /** Takes the object over. */
  AMPS_FN ReconnectDelayStrategy(ReconnectDelayStrategyImpl* strategy) : part_(strategy) {}
  AMPS_FN explicit ReconnectDelayStrategy(const detail::PartRef<ReconnectDelayStrategyImpl>& part)
      : part_(part) {}

  AMPS_FN bool isValid() const { return part_.valid(); }
  AMPS_FN ReconnectDelayStrategyImpl* get() const { return part_.valid() ? &part_.object() : NULL; }
  AMPS_FN unsigned int getConnectWaitDuration(const std::string& uri) {
    return part_.object().getConnectWaitDuration(uri);
  }
  AMPS_FN void reset() { part_.object().reset(); }

  AMPS_FN const detail::PartRef<ReconnectDelayStrategyImpl>& part() const { return part_; }

 private:
  detail::PartRef<ReconnectDelayStrategyImpl> part_;
};

static_assert(std::is_standard_layout<ReconnectDelayStrategy>::value &&
                  sizeof(ReconnectDelayStrategy) == sizeof(void*),
              "a delay strategy is one pointer");

}  // namespace AMPS

#endif  // AMPS_RECONNECTDELAYSTRATEGY_HPP
