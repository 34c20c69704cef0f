// SPDX-License-Identifier: Apache-2.0
// What one user may do with the topics of one message type: rules in order, of which the first whose topic
// matches decides; what no rule matches is denied (broker 12.2, 12.3).
// Threads: any; rights never change once they are made.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "broker/filter.h"
#include "broker/format/document.h"
#include "broker/topic_pattern.h"

namespace amps::broker {

struct Grant {
  bool is_given = false;
  std::string filter_text;         // Empty: every message.
  std::unique_ptr<Filter> filter;  // Compiled from it.

  bool allows(std::string_view topic, std::string_view body) const noexcept {
    return is_given && (filter == nullptr || filter->matches(topic, body));
  }
};

struct RightsRule {
  std::string topic;
  std::unique_ptr<TopicPattern> pattern;  // None: the topic is literal.
  Grant read;
  Grant write;

  PatternMatch matches(std::string_view name) const noexcept;
};

// For which messages rights are made, and how they are called in errors.
struct RightsContext {
  const MessageFormat* format = nullptr;  // None: messages without fields, which no filter can be about.
  const InstanceFacts* instance = nullptr;
  std::string origin;
  // What owns the format, for a source that answers after the broker has ended.
  std::shared_ptr<const void> keeps = nullptr;
};

class Rights {
 public:
  bool may_log_on = false;
  std::vector<RightsRule> rules;

  // The rule that decides about a topic. None: it is denied.
  const RightsRule* find(std::string_view topic) const noexcept;
  // Never null.
  const Grant& read(std::string_view topic) const noexcept;
  const Grant& write(std::string_view topic) const noexcept;

  // Makes rights of a permission document. Anything in it that is not understood fails, with AMPS_E_USAGE:
  // what it was meant to forbid would otherwise be allowed.
  static Status make(const DocumentNode& document, const RightsContext& context,
                     std::shared_ptr<const Rights>* out);
  // The same of JSON text.
  static Status parse(std::string_view json, const RightsContext& context,
                      std::shared_ptr<const Rights>* out);
};

// A client's own filter under a grant: `(grant) AND (own)`. The own one is compiled alone before, so that it
// cannot reach out of its brackets.
struct EffectiveFilter {
  std::string text;
  std::unique_ptr<Filter> filter;  // None: every message.

  // `grant` is none for users whose rights nobody limits. Fails with AMPS_E_NOT_ENTITLED, AMPS_E_FILTER.
  static Status make(const Grant* grant, std::string_view own, const MessageFormat* format,
                     const FilterOptions& options, EffectiveFilter* out);
};

}  // namespace amps::broker
