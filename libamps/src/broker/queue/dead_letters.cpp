// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/dead_letters.h"

#include <algorithm>

#include "base/decimal.h"
#include "broker/log_line.h"
#include "wire/timestamp.h"

namespace amps::broker {

std::string_view removal_text(Removal why) noexcept {
  switch (why) {
    case Removal::kTimeLimit:
      return "time_limit";
    case Removal::kForcedExpire:
      return "forced_expire";
    case Removal::kMaxCancels:
      return "max_cancels";
    case Removal::kMaxDeliveries:
      return "max_deliveries";
    case Removal::kAcknowledged:
    case Removal::kDelivered:
      break;
  }
  return {};
}

DeadLetters::DeadLetters(const QueueConfiguration& queue,
                         const std::vector<ExpireActionConfiguration>& actions, const Parts& parts)
    : queue_(queue.name), parts_(parts) {
  for (const ExpireActionConfiguration& action : actions) {
    if (action.topic == queue.name && action.message_type == queue.message_type) actions_.push_back(&action);
  }
}

bool DeadLetters::wants(Removal why) const noexcept {
  const std::string_view reason = removal_text(why);
  return !reason.empty() && std::any_of(actions_.begin(), actions_.end(), [&](const auto* action) {
    return action->reason.empty() || action->reason == reason;
  });
}

// Names in double braces become what they stand for; unknown ones are empty (broker 13.5).
std::string DeadLetters::expand(const std::string& text, const DeadLetter& letter) const {
  char timestamp[wire::kTimestampBytes];
  wire::format_timestamp(timestamp, letter.record->timestamp_us());
  const DecimalText size(letter.record->body().size());
  const std::pair<std::string_view, std::string_view> variables[] = {
      {"AMPS_INSTANCE_NAME", parts_.instance},
      {"AMPS_TOPIC", queue_},
      {"AMPS_DATA", letter.record->body()},
      {"AMPS_DATA_LENGTH", size.view()},
      {"AMPS_BOOKMARK", letter.record->key()},
      {"AMPS_TIMESTAMP", {timestamp, sizeof timestamp}},
      {"AMPS_CORRELATION_ID", letter.record->correlation_id()},
      {"AMPS_SOW_KEY", letter.key},
      {"AMPS_REASON", removal_text(letter.why)},
  };
  std::string expanded;
  std::size_t at = 0;
  for (;;) {
    const std::size_t begin = text.find("{{", at);
    const std::size_t end = begin == std::string::npos ? begin : text.find("}}", begin);
    if (end == std::string::npos) return expanded.append(text, at);
    expanded.append(text, at, begin - at);
    const std::string_view name = std::string_view(text).substr(begin + 2, end - begin - 2);
    for (const auto& [known, value] : variables) {
      if (known == name) expanded += value;
    }
    at = end + 2;
  }
}

bool DeadLetters::publish(const DeadLetter& letter) const {
  const std::string_view reason = removal_text(letter.why);
  for (const ExpireActionConfiguration* action : actions_) {
    if (!action->reason.empty() && action->reason != reason) continue;
    const std::string target = expand(action->target, letter);
    const std::string body = expand(action->data, letter);
    Publish publish;
    publish.topic = target;
    publish.body = body;
    publish.correlation_id = letter.record->correlation_id();
    TopicSpace& space = *parts_.spaces->find(action->target_type);
    Status status;
    {
      MutexLock lock(space.mutex());
      space.begin_block(parts_.clock->steady_ms());
      status = space.publish(publish);
      space.hand_out();
    }
    if (status.ok()) continue;
    LogLine(*parts_.log, AMPS_LOG_ERROR, LogId::kDeadLetterLost)
        << "queue " << queue_ << ": expired message not published to " << target << ": " << status.text();
    if (status.code() == AMPS_E_STORE) return false;
  }
  return true;
}

}  // namespace amps::broker
