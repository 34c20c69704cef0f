// SPDX-License-Identifier: Apache-2.0
// The seam to topics that keep state: what a publish passes through before it is delivered.
// Threads: under the lock of the topic space. Blocks: never.
#pragma once

#include <string_view>

#include "base/status.h"

namespace amps::broker {

// A publish on its way. Views point into the read buffer or into what a store keeps.
struct Publish {
  std::string_view topic;
  std::string_view body;
  std::string_view correlation_id;
  std::string_view expiration;  // Seconds, decimal digits.
  bool delta = false;
};

class Store {
 public:
  virtual ~Store() = default;
  // Takes the message in and makes it the final one, which is what subscribers receive (broker 0.1,
  // step 6). A failure refuses it; its code selects the reason.
  virtual Status apply(Publish* publish) = 0;
};

}  // namespace amps::broker
