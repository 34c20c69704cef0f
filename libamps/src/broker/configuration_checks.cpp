// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_checks.h"

#include <algorithm>
#include <memory>

#include "broker/topic_pattern.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

Status failed(const StateConfiguration& state, const std::string& text) {
  return Status(AMPS_E_USAGE, state_title(state) + ": " + text);
}

// The entries before one that may be its source.
class Sources {
 public:
  Sources(const Configuration& configuration, std::size_t count)
      : configuration_(configuration), count_(count) {}

  const StateConfiguration* find(std::string_view topic, std::string_view message_type) const {
    for (std::size_t i = 0; i < count_; ++i) {
      const StateConfiguration& state = configuration_.sow[i];
      if (state_name(state) == topic && state_message_type(state) == message_type) return &state;
    }
    return nullptr;
  }

 private:
  const Configuration& configuration_;
  const std::size_t count_;
};

struct Check {
  const Configuration& configuration;
  const Sources sources;
  const StateConfiguration& state;

  Status operator()(const SowTopicConfiguration&) const { return {}; }

  Status operator()(const QueueConfiguration& queue) const {
    if (!configuration.transaction_log) return failed(state, "a queue needs a TransactionLog");
    if (is_logged(configuration, queue.underlying_topic, queue.message_type)) return {};
    return failed(
        state, "its underlying topic " + queue.underlying_topic + " is not logged; add it to TransactionLog");
  }

  Status operator()(const ViewConfiguration& view) const {
    if (view.joins.empty()) return check_source(view.source, type_or(view.source_message_type, view));
    for (const ViewConfiguration::Join& join : view.joins) {
      AMPS_RETURN_IF_ERROR(check_source(join.left.topic, type_or(join.left.message_type, view)));
      AMPS_RETURN_IF_ERROR(check_source(join.right.topic, type_or(join.right.message_type, view)));
    }
    return {};
  }

  Status operator()(const ConflatedTopicConfiguration& topic) const {
    AMPS_RETURN_IF_ERROR(check_source(topic.source, topic.message_type));
    if (std::holds_alternative<QueueConfiguration>(*sources.find(topic.source, topic.message_type))) {
      return failed(state, "a queue cannot be copied");
    }
    return {};
  }

  static const std::string& type_or(const std::string& type, const ViewConfiguration& view) noexcept {
    return type.empty() ? view.message_type : type;
  }

  Status check_source(const std::string& topic, const std::string& message_type) const {
    if (sources.find(topic, message_type) != nullptr) return {};
    return failed(state, "its source " + topic + " of type " + message_type +
                             " is not declared; sources stand before what is made of them");
  }
};

Status check_actions(const Configuration& configuration) {
  const Sources sources(configuration, configuration.sow.size());
  for (const ExpireActionConfiguration& action : configuration.actions) {
    const StateConfiguration* const queue = sources.find(action.topic, action.message_type);
    if (queue == nullptr || !std::holds_alternative<QueueConfiguration>(*queue)) {
      return Status(AMPS_E_USAGE, "Action: " + action.topic + " of type " + action.message_type +
                                      " is no queue; other topics have no actions in this version");
    }
    if (!configuration.has_message_type(action.target_type)) {
      return Status(AMPS_E_USAGE, "Action: unknown message type " + action.target_type);
    }
  }
  return {};
}

}  // namespace

const std::string& state_name(const StateConfiguration& state) noexcept {
  return std::visit([](const auto& entry) -> const std::string& { return entry.name; }, state);
}

const std::string& state_message_type(const StateConfiguration& state) noexcept {
  return std::visit([](const auto& entry) -> const std::string& { return entry.message_type; }, state);
}

const std::string& state_place(const StateConfiguration& state) noexcept {
  return std::visit([](const auto& entry) -> const std::string& { return entry.place; }, state);
}

void set_state_place(const std::string& place, StateConfiguration* state) {
  std::visit([&place](auto& entry) { entry.place = place; }, *state);
}

std::string state_title(const StateConfiguration& state) {
  static constexpr const char* kKinds[] = {"Topic", "Queue", "View", "ConflatedTopic"};
  return std::string(kKinds[state.index()]) + " " + state_name(state);
}

bool is_logged(const Configuration& configuration, std::string_view topic, std::string_view message_type) {
  if (!configuration.transaction_log) return false;
  const auto& topics = configuration.transaction_log->topics;
  return std::any_of(topics.begin(), topics.end(), [&](const TransactionLogConfiguration::Topic& logged) {
    if (logged.message_type != message_type) return false;
    if (logged.name == topic || logged.name == ".*") return true;
    // Whether one pattern covers another cannot be told from their texts.
    if (!wire::is_topic_pattern(logged.name) || wire::is_topic_pattern(topic)) return false;
    std::unique_ptr<TopicPattern> pattern;
    return TopicPattern::compile(logged.name, &pattern).ok() && pattern->matches(topic) == PatternMatch::kYes;
  });
}

Status check_state(const Configuration& configuration, std::size_t* culprit) {
  for (std::size_t i = 0; i < configuration.sow.size(); ++i) {
    *culprit = i;
    const StateConfiguration& state = configuration.sow[i];
    const Sources before(configuration, i);
    if (!configuration.has_message_type(state_message_type(state))) {
      return failed(state, "unknown message type " + state_message_type(state));
    }
    if (before.find(state_name(state), state_message_type(state)) != nullptr) {
      return failed(state, "there is another one of that name and type");
    }
    AMPS_RETURN_IF_ERROR(std::visit(Check{configuration, before, state}, state));
  }
  return {};
}

Status check_configuration(const Configuration& configuration) {
  std::size_t culprit = 0;
  AMPS_RETURN_IF_ERROR(check_state(configuration, &culprit));
  AMPS_RETURN_IF_ERROR(check_actions(configuration));
  if (!configuration.transaction_log) return {};
  for (const TransactionLogConfiguration::Topic& topic : configuration.transaction_log->topics) {
    if (configuration.has_message_type(topic.message_type)) continue;
    return Status(AMPS_E_USAGE, "TransactionLog: topic " + topic.name + " has the unknown message type " +
                                    topic.message_type);
  }
  return {};
}

}  // namespace amps::broker
