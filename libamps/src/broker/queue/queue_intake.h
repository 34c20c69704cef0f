// SPDX-License-Identifier: Apache-2.0
// The entrance of a queue: which records of the log are messages for it, with what priority, until when.
// Threads: the feeder's; covers() on any.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "broker/configuration_state.h"
#include "broker/expression/program.h"
#include "broker/format/message_format.h"
#include "broker/journal/journal_record.h"
#include "broker/message_types.h"
#include "broker/queue/queue_message.h"
#include "broker/queue/queue_recovery.h"
#include "broker/topic_pattern.h"

namespace amps::broker {

class QueueIntake {
 public:
  // Fails when an expression or the pattern of the underlying topic does not compile, or needs fields that
  // the message type does not have. Borrows the configuration.
  static Status make(const QueueConfiguration& configuration, std::unique_ptr<QueueIntake>* out,
                     const MessageTypes& types = MessageTypes());

  // True when messages of that topic go into the queue.
  bool covers(std::string_view topic, std::string_view message_type) const;
  // What earlier runs settled stays out …
  void begin(QueueRecovery::Result* recovered);
  // … and does not come again once the queue has caught up with the log.
  void forget_settled() { settled_.clear(); }
  // Makes a message of a record of an underlying topic. False: it is not for the queue.
  bool admit(const JournalRecord& record, QueueMessage* out);

 private:
  explicit QueueIntake(const QueueConfiguration& configuration) : configuration_(configuration) {}
  Status bind(const std::string& text, BoundProgram* out);
  // Looks at the message once for all expressions.
  void read(const JournalRecord& record, std::string_view bookmark);
  bool accepts(const BoundProgram& program);
  std::uint64_t priority();

  const QueueConfiguration& configuration_;
  std::unique_ptr<TopicPattern> pattern_;  // None: the underlying topic is literal.
  const MessageFormat* format_ = nullptr;
  FieldPlan plan_;
  BoundProgram filter_;    // None: all.
  BoundProgram barrier_;   // None: there are no barriers.
  BoundProgram priority_;  // None: all are equal.
  // Of the message at hand.
  FieldValues values_;
  MessageFacts facts_;
  EvaluationScratch scratch_;
  BookmarkText bookmark_;

  std::uint64_t begin_txid_ = 0;
  BookmarkIds settled_;
};

}  // namespace amps::broker
