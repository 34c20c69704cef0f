// SPDX-License-Identifier: Apache-2.0
#include "broker/alarm.h"

namespace amps::broker {

Alarm::Alarm(TopicSpace* space, net::EventLoop* loop) : space_(space), loop_(loop) {
  space_->set_alarm(
      [this](std::uint64_t deadline_ms) { loop_->post([this, deadline_ms] { arm(deadline_ms); }); });
}

Alarm::~Alarm() {
  space_->set_alarm({});
}

void Alarm::arm(std::uint64_t deadline_ms) {
  if (timer_ != 0) loop_->cancel_timer(timer_);
  timer_ = loop_->add_timer(deadline_ms, [this] {
    timer_ = 0;
    space_->run_timed_work();
  });
}

}  // namespace amps::broker
