// SPDX-License-Identifier: Apache-2.0
// kill -9 of a subscriber that keeps in a file what it has processed, at times together with its broker.
#pragma once

#include <cstdint>
#include <string>

namespace amps::test {

// What never came, came out of order, or came again although it was discarded; empty: nothing.
std::string kill_subscriber(unsigned long cycles, std::uint64_t seed);

// A subscription that resumes after one of so many messages gets the next one first, whichever it is; else
// what comes instead.
std::string resume_at_each(std::uint64_t messages);

}  // namespace amps::test
