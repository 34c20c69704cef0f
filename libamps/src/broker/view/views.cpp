// SPDX-License-Identifier: Apache-2.0
#include "broker/view/views.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "broker/configuration_place.h"

namespace amps::broker {

Status Views::open(const std::vector<StateConfiguration>& declared) {
  for (const StateConfiguration& one : declared) {
    if (const auto* view = std::get_if<ViewConfiguration>(&one)) {
      AMPS_RETURN_IF_ERROR(placed(view->place, open_view(*view)));
    }
    if (const auto* conflated = std::get_if<ConflatedTopicConfiguration>(&one)) {
      AMPS_RETURN_IF_ERROR(placed(conflated->place, open_conflated(*conflated)));
    }
  }
  return {};
}

Status Views::open_view(const ViewConfiguration& configuration) {
  std::unique_ptr<View> view;
  AMPS_RETURN_IF_ERROR(View::make(spaces_, configuration, &log_, &view));
  stages_.emplace_back(&view->space(), view.get());
  views_.push_back(std::move(view));
  return {};
}

bool Views::catch_up(std::chrono::steady_clock::time_point deadline) {
  return std::all_of(stages_.begin(), stages_.end(), [&](const auto& stage) {
    return catch_up(stage.first, stage.second, *instance_->clock, deadline);
  });
}

// In turns, between which others get the lock.
bool Views::catch_up(TopicSpace* space, TimedWork* work, const Clock& clock,
                     std::chrono::steady_clock::time_point deadline) {
  constexpr std::uint64_t kAllMs = UINT64_MAX - 1;  // A time at which everything is due.
  do {
    MutexLock lock(space->mutex());
    space->begin_block(clock.steady_ms());
    const bool is_done = work->run_due(kAllMs) != kAllMs;
    space->hand_out();
    if (is_done) return true;
  } while (std::chrono::steady_clock::now() < deadline);
  return false;
}

void Views::work_on(net::EventLoop* loop) {
  for (const auto& view : views_) {
    TopicSpace* const space = &view->space();
    view->set_wake([loop, space] { loop->post([space] { space->run_timed_work(); }); });
  }
}

Status Views::open_conflated(const ConflatedTopicConfiguration& configuration) {
  TopicSpace* const space = spaces_.find(configuration.message_type);
  if (space == nullptr) {
    return Status(AMPS_E_MESSAGE_TYPE,
                  "conflated topic " + configuration.name + ": " + configuration.message_type);
  }
  MutexLock lock(space->mutex());
  space->begin_block(0);
  std::unique_ptr<ConflatedTopic> topic;
  AMPS_RETURN_IF_ERROR(ConflatedTopic::make(space, configuration, instance_, &topic));
  stages_.emplace_back(space, topic.get());
  conflated_topics_.push_back(std::move(topic));
  return {};
}

}  // namespace amps::broker
