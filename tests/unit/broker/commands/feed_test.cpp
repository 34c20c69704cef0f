// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/feed.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("PAG-01: both limits make a page, in the header or as options") {
  amps::wire::Header header;
  Command command;
  command.header = &header;
  CommandOptions options;
  options.top_n = 5;
  CHECK_FALSE(is_paged(command, options));
  options.skip_n = 0;
  CHECK(is_paged(command, options));
  options.top_n.reset();
  CHECK_FALSE(is_paged(command, options));
  header.set(AMPS_TopN, "5");
  CHECK(is_paged(command, options));
}

TEST_CASE("AGG-03: either list asks for an aggregation") {
  CommandOptions options;
  CHECK_FALSE(is_aggregated(options));
  options.grouping = "[/a]";
  CHECK(is_aggregated(options));
}
