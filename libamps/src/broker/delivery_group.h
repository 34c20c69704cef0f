// SPDX-License-Identifier: Apache-2.0
// Clients that receive the messages of a topic in the very same bytes: same list of subscription ids,
// same extra fields. A message is encoded once for all of them, and the bytes of a whole received block
// are handed to their outboxes together.
// Threads: under the lock of the topic space.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "broker/outbox.h"
#include "broker/shared_block.h"
#include "broker/store.h"

namespace amps::broker {

// Header of deliveries up to what differs between messages: room for the length,
// {"c":"p","t":"…","sids":"…"
std::string delivery_prefix(std::string_view topic, std::string_view sids);
// Appends one delivery. `timestamp` empty: none.
void append_delivery(Buffer* out, std::string_view prefix, const Publish& publish,
                     std::string_view timestamp);

struct DeliveryGroup {
  std::string prefix;
  bool timestamp = false;
  std::vector<Outbox*> recipients;
  SharedBlockRef pending;  // Encoded and not yet handed out.
};

}  // namespace amps::broker
