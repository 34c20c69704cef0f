// SPDX-License-Identifier: Apache-2.0
#include "broker/subscription.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

TEST_CASE("SEC-14 a pattern subscription is another one for topics with a filter of their own, or none") {
  std::shared_ptr<const Rights> rights;
  REQUIRE(Rights::parse("{\"topic\":[{\"topic\":\"hidden\"},{\"topic\":\"part\",\"read\":\"/a = 1\"},"
                        "{\"topic\":\"whole\",\"read\":true}]}",
                        {find_message_format("json"), nullptr, "user"}, &rights)
              .ok());
  Subscription subscription;
  CHECK(subscription.entitled("hidden") == &subscription);
  REQUIRE(TopicPattern::compile(".*", &subscription.pattern).ok());
  subscription.rights = rights;
  subscription.variants.resize(3);
  subscription.variants[1] = std::make_unique<Subscription>();
  CHECK(subscription.entitled("hidden") == nullptr);
  CHECK(subscription.entitled("unknown") == nullptr);
  CHECK(subscription.entitled("part") == subscription.variants[1].get());
  CHECK(subscription.entitled("whole") == &subscription);
}
