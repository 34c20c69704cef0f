// SPDX-License-Identifier: Apache-2.0
// Points in time as seconds since 1970, UTC.
#include <time.h>

#include <cmath>
#include <cstring>
#include <string>

#include "broker/expression/function.h"

namespace amps::broker {

namespace {

constexpr std::size_t kFormattedBytesMax = 128;
constexpr std::size_t kFormatBytesMax = 1'024;
constexpr double kYear9999 = 253402300800.0;  // Where four digits of a year end.
constexpr double kYear0 = -62167219200.0;

bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}

// Length of %f or %0Nf at the beginning of `text`, with its number of digits; 0: something else.
std::size_t fraction_directive(std::string_view text, int* digits) noexcept {
  *digits = 6;
  if (text.substr(0, 2) == "%f") return 2;
  if (text.size() < 4 || text[0] != '%' || text[1] != '0' || text[3] != 'f') return 0;
  if (text[2] < '1' || text[2] > '6') return 0;
  *digits = text[2] - '0';
  return 4;
}

// What strftime() does not know, written out.
std::string expand_fractions(std::string_view format, std::int64_t microseconds) {
  std::string expanded;
  for (std::size_t i = 0; i < format.size();) {
    int digits = 0;
    if (const std::size_t directive = fraction_directive(format.substr(i), &digits); directive != 0) {
      std::string all = std::to_string(microseconds);
      all.insert(0, 6 - all.size(), '0');
      expanded += all.substr(0, static_cast<std::size_t>(digits));
      i += directive;
    } else {
      const std::size_t size = format[i] == '%' ? 2 : 1;  // %% must not give its second half away.
      expanded += format.substr(i, size);
      i += size;
    }
  }
  return expanded;
}

Value format_time(const Call& call) {
  const std::string_view format = call.text(0);
  const double seconds = call.number(1);
  if (!(seconds >= kYear0 && seconds < kYear9999) || format.size() > kFormatBytesMax) return {};
  double whole = std::floor(seconds);
  auto microseconds = static_cast<std::int64_t>(std::llround((seconds - whole) * 1e6));
  if (microseconds == 1'000'000) {
    whole += 1;
    microseconds = 0;
  }
  const auto moment = static_cast<time_t>(whole);
  tm parts{};
  if (gmtime_r(&moment, &parts) == nullptr) return {};
  const std::string expanded = expand_fractions(format, microseconds);
  if (expanded.find('\0') != std::string::npos) return {};
  char room[kFormattedBytesMax + 1];
  const std::size_t size = strftime(room, sizeof room, expanded.c_str(), &parts);
  return Value::string(call.texts().keep({room, size}));
}

// Reads `text` by one stretch of a format that has no %f. Null: it does not fit.
const char* parse_stretch(const char* text, const std::string& format, tm* parts) {
  return format.empty() ? text : strptime(text, format.c_str(), parts);
}

Value parse_time(const Call& call) {
  const std::string text(call.text(0));
  const std::string_view format = call.text(1);
  if (text.size() > kFormatBytesMax || format.size() > kFormatBytesMax) return {};
  tm parts{};
  parts.tm_mday = 1;
  parts.tm_year = 70;
  double fraction = 0;
  const char* at = text.c_str();
  std::string stretch;
  for (std::size_t i = 0; i < format.size() && at != nullptr;) {
    int digits = 0;
    const std::size_t size = fraction_directive(format.substr(i), &digits);
    if (size == 0) {
      const std::size_t taken = format[i] == '%' ? 2 : 1;
      stretch += format.substr(i, taken);
      i += taken;
      continue;
    }
    at = parse_stretch(at, stretch, &parts);
    stretch.clear();
    if (at == nullptr || !is_digit(*at)) return {};
    double unit = 0.1;
    for (fraction = 0; is_digit(*at); ++at, unit /= 10) fraction += unit * (*at - '0');
    i += size;
  }
  if (at != nullptr) at = parse_stretch(at, stretch, &parts);
  if (at == nullptr || *at != '\0') return {};
  const auto offset = static_cast<double>(parts.tm_gmtoff);  // Of %z; timegm() ignores it.
  const auto whole = static_cast<double>(timegm(&parts));
  return Value::floating(whole - offset + std::round(fraction * 1e6) / 1e6);
}

Value unix_timestamp(const Call& call) {
  return Value::floating(static_cast<double>(call.now_us()) / 1e6);
}

constexpr Function kFunctions[] = {
    {"STRFTIME", 2, 2, NullRule::kNull, true, format_time},
    {"STRPTIME", 2, 2, NullRule::kNull, true, parse_time},
    {"UNIX_TIMESTAMP", 0, 0, NullRule::kPassed, false, unix_timestamp},
};

}  // namespace

FunctionFamily time_functions() noexcept {
  return {kFunctions, std::size(kFunctions)};
}

}  // namespace amps::broker
