// SPDX-License-Identifier: Apache-2.0
#include "broker/traffic_trace.h"

#include <algorithm>
#include <utility>

#include "broker/log_line.h"
#include "wire/reason.h"

namespace amps::broker {

namespace {

constexpr std::size_t kPrefixBytes = 4;
constexpr std::size_t kKeptBytesMax = 4'096;  // Of a frame; a header that is longer is not shown.
constexpr std::size_t kBodyBytesMax = 128;

std::size_t frame_size(std::string_view prefix) noexcept {
  std::size_t size = 0;
  for (const char byte : prefix) size = size << 8 | static_cast<unsigned char>(byte);
  return size;
}

}  // namespace

TrafficTrace::TrafficTrace(LogSink* log, std::string what) : log_(*log), what_(std::move(what)) {}

void TrafficTrace::Frames::take(TrafficTrace& trace, std::string_view bytes, std::string_view verb) {
  while (!bytes.empty()) {
    if (begin_.size() < kPrefixBytes) {
      const std::size_t count = std::min(kPrefixBytes - begin_.size(), bytes.size());
      begin_.append(bytes, 0, count);
      bytes.remove_prefix(count);
      if (begin_.size() < kPrefixBytes) return;
      size_ = rest_ = frame_size(begin_);
    }
    const std::size_t count = std::min(rest_, bytes.size());
    const std::size_t room = kKeptBytesMax - std::min(kKeptBytesMax, begin_.size());
    begin_.append(bytes, 0, std::min(count, room));
    bytes.remove_prefix(count);
    rest_ -= count;
    if (rest_ != 0) return;
    trace.show(verb, std::string_view(begin_).substr(kPrefixBytes), size_);
    begin_.clear();
  }
}

void TrafficTrace::show(std::string_view verb, std::string_view begin, std::size_t size) {
  LogLine line(log_, AMPS_LOG_TRACE, LogId::kTraffic);
  line << what_ << " " << verb << " " << std::uint64_t{size} << " bytes: ";
  wire::Header header;
  if (!decoder_.decode(begin, &header).ok()) {
    line << "a header that is not shown";
  } else if (header.command == AMPS_COMMAND_Logon || header.has(AMPS_Password)) {
    // Even a member that was not understood could be meant for a password.
    line << wire::command_text(header.command, true) << " of user " << header.get(AMPS_UserId) << ", client "
         << header.get(AMPS_ClientName) << ", not shown";
  } else {
    const std::string_view body = begin.substr(header.size_bytes);
    line << begin.substr(0, header.size_bytes) << " " << body.substr(0, kBodyBytesMax);
    if (size - header.size_bytes > kBodyBytesMax) line << "…";
  }
}

net::IoResult TracedWrites::write_some(const char* from, std::size_t size) {
  const net::IoResult result = stream_.write_some(from, size);
  if (result.state == net::IoState::kOk) trace_.sent({from, result.size});
  return result;
}

}  // namespace amps::broker
