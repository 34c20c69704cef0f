// SPDX-License-Identifier: Apache-2.0
// Fields that the broker computes and puts into messages: preprocessing and enrichment (broker 3.11).
// Threads: one at a time; under the lock of the topic space.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/status.h"
#include "broker/expression/evaluation.h"
#include "broker/expression/program.h"
#include "broker/format/document.h"
#include "broker/format/message_format.h"

namespace amps::broker {

class ComputedFields {
 public:
  // Each text is a list of fields, `expression AS /path HINT ...`. With `sees_previous`, OF PREVIOUS is
  // known. Fails with AMPS_E_USAGE. The format outlives the fields.
  static Status make(const std::vector<std::string>& texts, const MessageFormat* format, bool sees_previous,
                     std::unique_ptr<ComputedFields>* out);

  // What is known besides the message; empty: nothing.
  struct Facts {
    MessageFacts message;
    ConnectionFacts connection;
    const InstanceFacts* instance = nullptr;
  };
  // Sets `out` to the message with the results in it. Fails with AMPS_E_PUBLISH (`invalid message`) when the
  // message cannot be read, or not be written with a result in it.
  Status apply(std::string_view body, std::string_view previous, const Facts& facts, Buffer* out);

 private:
  struct Field {
    BoundProgram program;
    FieldPath destination;
    bool is_optional = false;   // A NULL removes the field.
    bool sets_current = false;  // Later fields see the result.
  };
  explicit ComputedFields(const MessageFormat& format) : format_(format) {}
  Status add(const std::string& text, bool sees_previous);
  Status show(const FieldPath& destination, const Value& value);

  const MessageFormat& format_;
  std::vector<Field> fields_;
  FieldPlan plan_;
  FieldPlan previous_plan_;

  // Memory that is used again for each message.
  FieldValues values_;
  FieldValues previous_values_;
  EvaluationScratch scratch_;
  Document document_;
  Document seen_;  // The message as later fields see it; only when a result was shown to them.
  Buffer seen_body_;
};

}  // namespace amps::broker
