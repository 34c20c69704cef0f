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

namespace amps::broker {

// What a message says besides topic and subscriptions. Empty fields are left out.
struct Delivery {
  std::string_view key;
  std::string_view bookmark;
  std::string_view timestamp;
  std::string_view correlation_id;
  std::string_view expiration;  // Decimal digits.
  std::string_view reason;      // Of an `oof`.
  std::string_view lease_end;   // Of a message of a queue.
  std::string_view user;        // Authenticated id of the publisher.
  std::string_view body;
};

// Optional fields that receivers ask for or decline.
struct DeliveryFields {
  bool key = false;
  bool timestamp = false;
  bool bookmark = false;

  DeliveryFields operator|(const DeliveryFields& other) const noexcept {
    return {key || other.key, timestamp || other.timestamp, bookmark || other.bookmark};
  }
};

// Header of deliveries up to what differs between messages: room for the length,
// {"c":"p","t":"…","sids":"…"
std::string delivery_prefix(std::string_view topic, std::string_view sids, std::string_view command = "p");
void append_delivery(Buffer* out, std::string_view prefix, const Delivery& delivery);

// To whom, of what and as what a message goes that nobody else gets in these bytes.
struct Address {
  std::string_view topic;
  std::string_view sids;
  std::string_view command = "p";
};
// The same without a prefix that was made before.
void append_delivery(Buffer* out, const Address& address, const Delivery& delivery);

struct DeliveryGroup {
  std::string prefix;
  DeliveryFields fields;
  std::vector<Outbox*> recipients;
  SharedBlockRef pending;              // Encoded and not yet handed out …
  std::uint64_t pending_messages = 0;  // … so many.
};

}  // namespace amps::broker
