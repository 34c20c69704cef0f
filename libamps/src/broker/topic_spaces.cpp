// SPDX-License-Identifier: Apache-2.0
#include "broker/topic_spaces.h"

#include <algorithm>
#include <string>
#include <utility>

namespace amps::broker {

namespace {

constexpr std::string_view kEventTypes[] = {"fix", "json", "nvfix", "xml"};

template <std::size_t N>
bool contains(const std::string_view (&names)[N], std::string_view name) noexcept {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

bool is_event_type(std::string_view name) noexcept {
  return contains(kEventTypes, name);
}

TopicSpaces::TopicSpaces(const Clock& clock, Statistics* statistics, MessageTypes types)
    : types_(std::make_shared<const MessageTypes>(std::move(types))) {
  for (const std::string& type : types_->names()) {
    spaces_.push_back(std::make_unique<TopicSpace>(type, clock, statistics, types_->find(type)));
  }
}

TopicSpace* TopicSpaces::find(std::string_view message_type) const noexcept {
  for (const auto& space : spaces_) {
    if (space->message_type() == message_type) return space.get();
  }
  return nullptr;
}

}  // namespace amps::broker
