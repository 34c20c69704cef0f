// SPDX-License-Identifier: Apache-2.0
#include "broker/topic.h"

#include <utility>

namespace amps::broker {

namespace {

TopicKind kind_of(std::string_view name) noexcept {
  if (name.substr(0, 5) != "/AMPS") return TopicKind::kOrdinary;
  return name == "/AMPS/devnull" ? TopicKind::kDiscard : TopicKind::kReserved;
}

}  // namespace

Topic::Topic(std::string topic_name) : name(std::move(topic_name)), kind(kind_of(name)), route(name) {}

}  // namespace amps::broker
