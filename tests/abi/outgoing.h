// SPDX-License-Identifier: Apache-2.0
// The headers a client writes, seen through its transport filter.
#pragma once

#include <amps/ampsplusplus.hpp>

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

namespace facade {

// Threads: any. Must outlive the client it is attached to.
class Outgoing {
 public:
  void attach(AMPS::Client& client) { client.setTransportFilterFunction(&Outgoing::filter, this); }

  // Headers of that command so far, in their order.
  std::vector<std::string> headers(const std::string& command) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::string> found;
    for (std::size_t at = 0; at + 4 <= bytes_.size();) {
      std::size_t size = 0;
      for (int i = 0; i < 4; ++i) size = size * 256 + static_cast<unsigned char>(bytes_[at++]);
      const std::string header = bytes_.substr(at, bytes_.find('}', at) + 1 - at);
      if (value(header, "c") == command) found.push_back(header);
      at += size;
    }
    return found;
  }
  // The latest of them; empty when there was none.
  std::string header(const std::string& command) {
    const std::vector<std::string> found = headers(command);
    return found.empty() ? std::string() : found.back();
  }
  // The value of a key; no value here holds a quote or a brace.
  static std::string value(const std::string& header, const std::string& key) {
    const std::string quoted = "\"" + key + "\":";
    std::size_t at = header.find(quoted);
    if (at == std::string::npos) return std::string();
    at += quoted.size();
    if (header[at] != '"') return header.substr(at, header.find_first_of(",}", at) - at);
    return header.substr(at + 1, header.find('"', at + 1) - at - 1);
  }

 private:
  static void filter(const unsigned char* bytes, std::size_t size, short direction, void* self) {
    if (direction != 0) return;
    Outgoing* const log = static_cast<Outgoing*>(self);
    const std::lock_guard<std::mutex> lock(log->mutex_);
    log->bytes_.append(reinterpret_cast<const char*>(bytes), size);
  }

  std::mutex mutex_;
  std::string bytes_;
};

}  // namespace facade
