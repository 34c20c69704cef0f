// SPDX-License-Identifier: Apache-2.0
// A message type: how bodies become values and values become bodies (broker 1.3).
// Threads: any; formats never change. Views handed out are of the body or of what is filled.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/buffer.h"
#include "base/status.h"
#include "broker/format/document.h"
#include "broker/format/field_plan.h"
#include "broker/format/field_values.h"

namespace amps::broker {

// Objects and arrays in one another; what is deeper is refused wherever a body is parsed.
constexpr std::size_t kMessageDepthMax = 64;

// What a message type can be used for.
struct FormatTraits {
  bool parsed = true;       // Has fields: filters, keys and indexes work.
  bool constructed = true;  // Can be built: views, enrichment.
  bool deltas = true;       // Delta publish and subscribe; otherwise full messages.
  bool select_lists = true;
  bool typed = true;  // Values carry a type; otherwise it is inferred from their text.
};

class MessageFormat {
 public:
  MessageFormat(std::string name, FormatTraits traits) : name_(std::move(name)), traits_(traits) {}
  virtual ~MessageFormat() = default;
  MessageFormat(const MessageFormat&) = delete;
  MessageFormat& operator=(const MessageFormat&) = delete;

  const std::string& name() const noexcept { return name_; }
  const FormatTraits& traits() const noexcept { return traits_; }

  // Finds the fields of a plan in one pass, which ends early when all are found: what comes after is not
  // looked at. Fails with AMPS_E_PUBLISH (`invalid message`) when what it reads is malformed; `out` then
  // holds what was read before. An empty body has no fields.
  Status extract(const FieldPlan& plan, std::string_view body, FieldValues* out) const {
    out->begin(plan);
    return extract(plan, 0, body, out);
  }
  // Reads everything; `out` views the body. Fails with AMPS_E_PUBLISH. An empty body is an empty document.
  Status parse(std::string_view body, Document* out) const {
    out->clear();
    return parse(body, out, &out->root());
  }
  // Appends the message to `out`. What a format cannot say is written as near as it can: NaN as 0, NULL as
  // an empty field. Fails with AMPS_E_PUBLISH when the shape has no form at all.
  Status write(const Document& document, Buffer* out) const { return write(document.root(), out); }

  // The same for a part of a composite message, which stands below the root of plan and document.
  virtual Status extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view part,
                         FieldValues* out) const = 0;
  virtual Status parse(std::string_view part, Document* document, DocumentNode* node) const = 0;
  virtual Status write(const DocumentNode& node, Buffer* out) const = 0;

 private:
  const std::string name_;
  const FormatTraits traits_;
};

// The built-in formats: json, nvfix, fix, xml, msgpack, binary. None of that name: null.
const MessageFormat* find_message_format(std::string_view name) noexcept;

}  // namespace amps::broker
