// SPDX-License-Identifier: Apache-2.0
// Counts messages and bytes: the smallest useful message handler.
//
//   totals = (ctypes.c_uint64 * 2)()
//   client.subscribe(pyamps.CMessageHandler(library.count, totals), "orders")
//   print(totals[0], "messages,", totals[1], "bytes")
//
// Threads: runs on the receive thread of the client; the totals may be read from any thread.
#include <amps/ampsplusplus.hpp>

#include <cstdint>

// userdata: std::uint64_t[2], messages and bytes of bodies; it must outlive the subscription.
extern "C" void count(AMPS::Message& message, void* userdata) {
  if (userdata == nullptr) return;
  std::uint64_t* totals = static_cast<std::uint64_t*>(userdata);
  // Atomic, so that a reader on another thread never sees half a number.
  __atomic_fetch_add(&totals[1], message.getData().len(), __ATOMIC_RELAXED);
  __atomic_fetch_add(&totals[0], 1, __ATOMIC_RELEASE);
}
