// SPDX-License-Identifier: Apache-2.0
#include "broker/log_line.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

class Lines final : public amps::LogSink {
 public:
  bool wants(amps_log_level_t level) const noexcept override { return level >= AMPS_LOG_INFO; }
  void log(amps_log_level_t, std::string_view line) noexcept override {
    text.append(line).push_back('\n');
    ++count;
  }
  std::string text;
  int count = 0;
};

}  // namespace

TEST_CASE("a line is written when it is complete, if the level is wanted") {
  Lines lines;
  LogLine(lines, AMPS_LOG_INFO, LogId::kStarted) << "port " << std::uint64_t{9007};
  LogLine(lines, AMPS_LOG_DEBUG, LogId::kStarted) << "unwanted";
  CHECK(lines.text == "00-0015 port 9007\n");
}

TEST_CASE("control characters are escaped and long pieces cut") {
  Lines lines;
  LogLine(lines, AMPS_LOG_INFO, LogId::kStarted) << std::string_view("a\r\n\x1b[0m\x7f\0b", 10);
  CHECK(lines.text == "00-0015 a\\x0d\\x0a\\x1b[0m\\x7f\\x00b\n");
  lines.text.clear();
  LogLine(lines, AMPS_LOG_INFO, LogId::kStarted) << "\xc2\x9b[31m \x9b é € \xe2\x9b\x84 \xc2\xa7";
  CHECK(lines.text == "00-0015 \\xc2\\x9b[31m \\x9b é € \xe2\x9b\x84 \xc2\xa7\n");
  lines.text.clear();
  LogLine(lines, AMPS_LOG_INFO, LogId::kStarted) << std::string(100'000, 'x');
  CHECK(lines.text.size() < 600);
}

TEST_CASE("lines held back come later, and not too many of them") {
  Lines lines;
  DeferredLog log(lines);
  log.hold();
  for (int i = 0; i < 1000; ++i) LogLine(log, AMPS_LOG_WARNING, LogId::kStarted) << "bad";
  CHECK(lines.count == 0);
  log.release();
  CHECK(lines.count == 65);
  CHECK(lines.text.find("936 more lines") != std::string::npos);
  LogLine(log, AMPS_LOG_WARNING, LogId::kStarted) << "now";
  CHECK(lines.count == 66);
}
