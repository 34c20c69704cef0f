/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ReconnectDelayStrategyImpl.hpp
 * How long to wait before a server is tried: the interface and the two strategies of the library.
 */
#ifndef AMPS_RECONNECTDELAYSTRATEGYIMPL_HPP
#define AMPS_RECONNECTDELAYSTRATEGYIMPL_HPP

#include <string>

#include "amps_plugins.h"
#include "detail/Part.hpp"
#include "detail/guarded.hpp"

namespace AMPS {

/** Threads: the one that connects or reconnects. */
class AMPS_TYPE ReconnectDelayStrategyImpl {
 public:
  virtual ~ReconnectDelayStrategyImpl() {}
  /** @return ms to wait. Throw ReconnectMaximumExceededException to give up. */
  virtual unsigned int getConnectWaitDuration(const std::string& uri) = 0;
  /** A connection was made: start over. */
  virtual void reset() = 0;
};

namespace detail {

class AMPS_TYPE ForwardingDelayStrategy : public ReconnectDelayStrategyImpl,
                                          private Foreign<amps_delay_strategy_vt_t> {
 public:
  AMPS_FN ForwardingDelayStrategy(const amps_delay_strategy_vt_t* table, void* self, bool take_over = false)
      : Foreign<amps_delay_strategy_vt_t>(table, self, take_over) {}
  virtual unsigned int getConnectWaitDuration(const std::string& uri) {
    uint32_t wait_ms = 0;
    if (AMPS_TABLE_HAS(table(), wait_duration)) check(table()->wait_duration(self(), span(uri), &wait_ms));
    return wait_ms;
  }
  virtual void reset() {
    if (AMPS_TABLE_HAS(table(), reset)) check(table()->reset(self()));
  }
};

template <>
struct Adapter<ReconnectDelayStrategyImpl> {
  typedef amps_delay_strategy_vt_t Table;
  typedef ForwardingDelayStrategy Forwarder;

  AMPS_FN static const Table* table() {
    static const Table thunks = make();
    return &thunks;
  }

 private:
  AMPS_FN static ReconnectDelayStrategyImpl& of(void* self) {
    return object_of<ReconnectDelayStrategyImpl>(self);
  }
  AMPS_FN static amps_result wait_duration(void* self, amps_span_t uri, uint32_t* wait_ms) {
    return guarded([&] { *wait_ms = of(self).getConnectWaitDuration(text(uri)); });
  }
  AMPS_FN static amps_result reset(void* self) {
    return guarded([&] { of(self).reset(); });
  }
  AMPS_FN static Table make() {
    Table thunks = table_of_parts<Table>();
    thunks.wait_duration = &wait_duration;
    thunks.reset = &reset;
    return thunks;
  }
};

// (table, self) of a strategy the library brings.
struct DelayStrategyMade {
  const amps_delay_strategy_vt_t* table;
  void* self;

  AMPS_FN static DelayStrategyMade fixed(unsigned delay_ms, unsigned retry_max_ms) {
    require_library();
    DelayStrategyMade made = {NULL, NULL};
    check(amps_fixed_delay_new(delay_ms, retry_max_ms, &made.table, &made.self));
    return made;
  }
  AMPS_FN static DelayStrategyMade exponential(unsigned initial_ms, unsigned delay_max_ms, double exponent,
                                               unsigned retry_max_ms, double jitter) {
    require_library();
    DelayStrategyMade made = {NULL, NULL};
    check(amps_exponential_delay_new(initial_ms, delay_max_ms, exponent, retry_max_ms, jitter, &made.table,
                                     &made.self));
    return made;
  }
};

}  // namespace detail

/** Always the same wait. */
class AMPS_TYPE FixedDelayStrategy : public detail::ForwardingDelayStrategy {
 public:
  /**
   * @param delay             ms between attempts
   * @param maximumRetryTime  ms without success after which it gives up; 0: never
   */
  AMPS_FN explicit FixedDelayStrategy(unsigned delay = 200, unsigned maximumRetryTime = 0)
      : FixedDelayStrategy(detail::DelayStrategyMade::fixed(delay, maximumRetryTime)) {}

 private:
  AMPS_FN explicit FixedDelayStrategy(const detail::DelayStrategyMade& made)
      : detail::ForwardingDelayStrategy(made.table, made.self, true) {}
};

/** The first try of a URI does not wait; then the wait grows by the exponent up to the maximum. */
class AMPS_TYPE ExponentialDelayStrategy : public detail::ForwardingDelayStrategy {
 public:
  /**
   * @param initialDelay      ms
   * @param maximumDelay      ms
   * @param backoffExponent   factor from one wait to the next
   * @param maximumRetryTime  ms without success after which it gives up; 0: never
   * @param jitter            a random part of up to jitter * initialDelay is added to each wait
   */
  AMPS_FN explicit ExponentialDelayStrategy(unsigned initialDelay = 200, unsigned maximumDelay = 20000,
                                            double backoffExponent = 2.0, unsigned maximumRetryTime = 0,
                                            double jitter = 1.0)
      : ExponentialDelayStrategy(detail::DelayStrategyMade::exponential(
            initialDelay, maximumDelay, backoffExponent, maximumRetryTime, jitter)) {}

 private:
  AMPS_FN explicit ExponentialDelayStrategy(const detail::DelayStrategyMade& made)
      : detail::ForwardingDelayStrategy(made.table, made.self, true) {}
};

}  // namespace AMPS

#endif  // AMPS_RECONNECTDELAYSTRATEGYIMPL_HPP
