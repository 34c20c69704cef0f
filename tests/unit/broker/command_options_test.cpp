// SPDX-License-Identifier: Apache-2.0
#include "broker/command_options.h"

#include <doctest/doctest.h>

#include <string>

#include "amps/amps_message.h"

using namespace amps::broker;

namespace {

bool accepts(std::string_view list, std::uint32_t command, bool has_bookmark = false) {
  CommandOptions options;
  const amps::Status status = parse_command_options(list, command, has_bookmark, &options);
  if (!status.ok()) CHECK(status.code() == AMPS_E_INVALID_OPTIONS);
  return status.ok();
}

}  // namespace

TEST_CASE("options set what they name") {
  CommandOptions options;
  REQUIRE(parse_command_options("replace, non_regex_topic,timestamp,no_empties", AMPS_COMMAND_Subscribe,
                                false, &options)
              .ok());
  CHECK(options.replace);
  CHECK(options.literal_topic);
  CHECK(options.timestamp);
  CHECK(options.no_empties);
  REQUIRE(parse_command_options("select=[-/,+/a],replace", AMPS_COMMAND_Subscribe, false, &options).ok());
  CHECK(options.select == "[-/,+/a]");
  CHECK(options.replace);
  REQUIRE(parse_command_options("none", AMPS_COMMAND_Subscribe, false, &options).ok());
  CHECK_FALSE(options.replace);
}

TEST_CASE("an option belongs to commands") {
  CHECK(accepts("top_n=10,skip_n=0", AMPS_COMMAND_SOWAndSubscribe));
  CHECK_FALSE(accepts("top_n=10", AMPS_COMMAND_Subscribe));
  CHECK_FALSE(accepts("max_backlog=1", AMPS_COMMAND_SOW));
  CHECK_FALSE(accepts("live", AMPS_COMMAND_Subscribe));
  CHECK(accepts("live", AMPS_COMMAND_Subscribe, true));
}

TEST_CASE("values are checked") {
  for (const char* list : {"top_n", "top_n=", "top_n=-1", "top_n=2147483648", "top_n=x",
                           "skip_n=18446744073709551616", "select", "select="}) {
    CAPTURE(list);
    CHECK_FALSE(accepts(list, AMPS_COMMAND_SOW));
  }
  CHECK(accepts("top_n=2147483647", AMPS_COMMAND_SOW));
  CHECK_FALSE(accepts("replace=yes", AMPS_COMMAND_Subscribe));
  CHECK(accepts("conflation=1s", AMPS_COMMAND_Subscribe));
  CHECK_FALSE(accepts("conflation=1s", AMPS_COMMAND_SOW));
}
