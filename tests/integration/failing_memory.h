// SPDX-License-Identifier: Apache-2.0
// Memory that runs out when a test says so: one allocation fails, as if the system had none left.
// Counts operator new of the whole process, and malloc and realloc too unless a sanitizer has them.
// Threads: each arms itself; others are not disturbed.
#pragma once

#include <cstdint>

namespace integration {

// The n-th allocation of this thread from now on fails, counted from 1; those after it do not.
void fail_allocation(std::uint64_t n) noexcept;
// Ends that. True: it has failed.
bool allocation_failed() noexcept;

// This thread's allocations are counted together with those of other joined threads, until it ends.
void join_failing_threads() noexcept;
void fail_joined_allocation(std::uint64_t n) noexcept;
bool joined_allocation_failed() noexcept;

}  // namespace integration
