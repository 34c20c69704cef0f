// SPDX-License-Identifier: Apache-2.0
#include "broker/view/views.h"

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

void Views::catch_up() {
  for (const auto& [space, work] : stages_) catch_up(space, work);
}

// In turns, between which others get the lock.
void Views::catch_up(TopicSpace* space, TimedWork* work) {
  constexpr std::uint64_t kAllMs = UINT64_MAX - 1;  // A time at which everything is due.
  bool is_done = false;
  while (!is_done) {
    MutexLock lock(space->mutex());
    space->begin_block(instance_->clock->steady_ms());
    is_done = work->run_due(kAllMs) != kAllMs;
    space->hand_out();
  }
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
