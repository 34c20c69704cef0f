// SPDX-License-Identifier: Apache-2.0
// Makes a topic space look at its timed work when it is due, on one event loop.
// Threads: made before the loop runs and destroyed after it ended; otherwise called by the space.
#pragma once

#include <cstdint>

#include "broker/topic_space.h"
#include "net/event_loop.h"

namespace amps::broker {

class Alarm {
 public:
  Alarm(TopicSpace* space, net::EventLoop* loop);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

 private:
  void arm(std::uint64_t deadline_ms);

  TopicSpace* const space_;
  net::EventLoop* const loop_;
  net::EventLoop::TimerId timer_ = 0;  // Owned by the loop's thread.
};

}  // namespace amps::broker
