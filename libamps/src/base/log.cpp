// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

namespace amps {
namespace {

class NullLogSink final : public LogSink {
 public:
  bool wants(amps_log_level_t) const noexcept override { return false; }
  void log(amps_log_level_t, std::string_view) noexcept override {}
};

}  // namespace

LogSink& null_log_sink() noexcept {
  static NullLogSink sink;
  return sink;
}

std::string_view log_level_text(amps_log_level_t level) noexcept {
  switch (level) {
    case AMPS_LOG_TRACE:
      return "trace";
    case AMPS_LOG_DEBUG:
      return "debug";
    case AMPS_LOG_INFO:
      return "info";
    case AMPS_LOG_WARNING:
      return "warning";
    case AMPS_LOG_ERROR:
      return "error";
  }
  return "unknown";
}

}  // namespace amps
