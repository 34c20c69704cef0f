// SPDX-License-Identifier: Apache-2.0
#include "broker/statistics.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

TEST_CASE("counters appear in one JSON object, the name escaped") {
  Statistics statistics;
  Statistics::add(statistics.messages_in, 7);
  statistics.ended(Disconnect::kSlowClient);
  const std::string json = statistics.json("a\"b", 5);
  CHECK(json.front() == '{');
  CHECK(json.back() == '}');
  for (const char* piece :
       {"\"name\":\"a\\\"b\"", "\"messages_in\":7", "\"outbox_bytes\":5", "\"slow_clients\":1",
        "\"disconnects\":{\"connection closed\":0", "\"slow client\":1"}) {
    CAPTURE(piece);
    CHECK(json.find(piece) != std::string::npos);
  }
}
