/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file attributes.hpp
 * How the symbols of the C++ headers are seen from other shared libraries.
 *
 * Every function that is not virtual is hidden: a handler library compiled with these headers and a
 * program compiled with older ones then never share code, only layouts and C symbols. Classes stay
 * visible, so that an exception thrown in one library is caught in another.
 */
#ifndef AMPS_DETAIL_ATTRIBUTES_HPP
#define AMPS_DETAIL_ATTRIBUTES_HPP

#if defined(__GNUC__)
#define AMPS_FN __attribute__((visibility("hidden")))
#define AMPS_COLD __attribute__((visibility("hidden"), noinline, cold))
#define AMPS_TYPE __attribute__((visibility("default")))
#define AMPS_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#else
#define AMPS_FN
#define AMPS_COLD
#define AMPS_TYPE
#define AMPS_UNLIKELY(condition) (condition)
#endif

#endif  // AMPS_DETAIL_ATTRIBUTES_HPP
