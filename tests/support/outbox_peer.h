// SPDX-License-Identifier: Apache-2.0
// The two ends of an outbox without a socket: who is told that bytes wait, and where they go.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "broker/outbox.h"
#include "net/byte_stream.h"

namespace amps::test {

struct Home final : broker::OutboxHome {
  void schedule(broker::Outbox*) override { ++scheduled; }
  int scheduled = 0;
};

// Takes `room` bytes, `step` at a time.
class Sink final : public net::ByteStream {
 public:
  net::IoResult read_some(char*, std::size_t) override { return {net::IoState::kWantRead, 0}; }
  net::IoResult write_some(const char* from, std::size_t size) override {
    const std::size_t count = std::min({size, step, room});
    if (count == 0) return {net::IoState::kWantWrite, 0};
    room -= count;
    bytes.append(from, count);
    return {net::IoState::kOk, count};
  }
  int fd() const noexcept override { return -1; }
  void shutdown() noexcept override {}
  Status status() const override { return {}; }

  std::size_t room = SIZE_MAX, step = SIZE_MAX;
  std::string bytes;
};

}  // namespace amps::test
