// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <doctest/doctest.h>

TEST_CASE("the null sink wants nothing") {
  amps::LogSink& sink = amps::null_log_sink();
  CHECK_FALSE(sink.wants(AMPS_LOG_ERROR));
  sink.log(AMPS_LOG_ERROR, "dropped");
}

TEST_CASE("levels have names") {
  CHECK(amps::log_level_text(AMPS_LOG_TRACE) == "trace");
  CHECK(amps::log_level_text(AMPS_LOG_DEBUG) == "debug");
  CHECK(amps::log_level_text(AMPS_LOG_INFO) == "info");
  CHECK(amps::log_level_text(AMPS_LOG_WARNING) == "warning");
  CHECK(amps::log_level_text(AMPS_LOG_ERROR) == "error");
}
