// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/log_watch.h"

namespace amps::broker {

std::vector<std::uint64_t> LogWatch::take() {
  if (!has_moved_.exchange(false, std::memory_order_acq_rel)) return {};
  // Those who wait again arm it again.
  is_armed_.store(false, std::memory_order_relaxed);
  return std::exchange(waiting_, {});
}

}  // namespace amps::broker
