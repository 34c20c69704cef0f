// SPDX-License-Identifier: Apache-2.0
#include "broker/security/rights.h"

#include <utility>

#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::size_t kRulesMax = 1000;
constexpr std::size_t kDocumentBytesMax = 1u << 20;
const Grant kDenied;

class Reader {
 public:
  Reader(const RightsContext& context, Rights* out) : context_(context), out_(*out) {}

  Status read(const DocumentNode& document) {
    if (document.kind != NodeKind::kObject) return failed("a permission document is an object");
    for (const DocumentNode* member = document.first; member != nullptr; member = member->next) {
      if (member->name == "logon") {
        AMPS_RETURN_IF_ERROR(read_flag(*member, &out_.may_log_on));
      } else if (member->name == "topic") {
        AMPS_RETURN_IF_ERROR(read_rules(*member));
      } else if (!is_for_others(member->name)) {
        return failed("unknown member " + std::string(member->name));
      }
    }
    return {};
  }

 private:
  // What speaks of resources that this broker does not have.
  static bool is_for_others(std::string_view name) noexcept {
    return name == "user_name" || name == "admin" || name == "replication-logon" ||
           name == "replicated-topics";
  }
  Status failed(const std::string& text) const {
    return Status(AMPS_E_USAGE, "rights of " + context_.origin + ": " + text);
  }

  Status read_flag(const DocumentNode& node, bool* out) const {
    if (node.value.kind() != ValueKind::kBoolean) {
      return failed(std::string(node.name) + " is neither true nor false");
    }
    *out = node.value.as_boolean();
    return {};
  }

  Status read_rules(const DocumentNode& list) {
    // One without elements may come as an empty object or value.
    if (list.kind != NodeKind::kArray && !list.is_empty()) return failed("topic is no list");
    if (list.child_count > kRulesMax) {
      return failed(std::to_string(list.child_count) + " topics exceed the limit of " +
                    std::to_string(kRulesMax));
    }
    for (const DocumentNode* entry = list.first; entry != nullptr; entry = entry->next) {
      AMPS_RETURN_IF_ERROR(read_rule(*entry, &out_.rules.emplace_back()));
    }
    return {};
  }

  Status read_rule(const DocumentNode& entry, RightsRule* rule) const {
    if (entry.kind != NodeKind::kObject) return failed("an entry of topic is no object");
    for (const DocumentNode* member = entry.first; member != nullptr; member = member->next) {
      if (member->name == "topic" && member->value.is_string()) {
        rule->topic = member->value.text();
      } else if (member->name == "read") {
        AMPS_RETURN_IF_ERROR(read_grant(*member, &rule->read));
      } else if (member->name == "write") {
        AMPS_RETURN_IF_ERROR(read_grant(*member, &rule->write));
      } else if (member->name == "select") {
        return failed("select is not available in this version");
      } else {
        return failed("unknown member " + std::string(member->name) + " of an entry of topic");
      }
    }
    if (rule->topic.empty()) return failed("an entry of topic has no name");
    if (!wire::is_topic_pattern(rule->topic)) return {};
    const Status status = TopicPattern::compile(rule->topic, &rule->pattern);
    return status.ok() ? status : failed(std::string(status.text()));
  }

  // true, false, or a filter.
  Status read_grant(const DocumentNode& node, Grant* grant) const {
    if (!node.value.is_string()) return read_flag(node, &grant->is_given);
    grant->is_given = true;
    grant->filter_text = node.value.text();
    const Status status =
        Filter::compile(grant->filter_text, context_.format, {context_.instance}, &grant->filter);
    return status.ok() ? status : failed(std::string(node.name) + ": " + std::string(status.text()));
  }

  const RightsContext& context_;
  Rights& out_;
};

}  // namespace

PatternMatch RightsRule::matches(std::string_view name) const noexcept {
  if (pattern != nullptr) return pattern->matches(name);
  return topic == name ? PatternMatch::kYes : PatternMatch::kNo;
}

const RightsRule* Rights::find(std::string_view topic) const noexcept {
  for (const RightsRule& rule : rules) {
    const PatternMatch match = rule.matches(topic);
    if (match == PatternMatch::kYes) return &rule;
    // Whether a pattern that gives up would have matched is not known, so nothing is allowed.
    if (match == PatternMatch::kFailed) return nullptr;
  }
  return nullptr;
}

const Grant& Rights::read(std::string_view topic) const noexcept {
  const RightsRule* const rule = find(topic);
  return rule == nullptr ? kDenied : rule->read;
}

const Grant& Rights::write(std::string_view topic) const noexcept {
  const RightsRule* const rule = find(topic);
  return rule == nullptr ? kDenied : rule->write;
}

Status Rights::make(const DocumentNode& document, const RightsContext& context,
                    std::shared_ptr<const Rights>* out) {
  const auto rights = std::make_shared<Rights>();
  AMPS_RETURN_IF_ERROR(Reader(context, rights.get()).read(document));
  *out = rights;
  return {};
}

Status Rights::parse(std::string_view json, const RightsContext& context,
                     std::shared_ptr<const Rights>* out) {
  const std::string where = "rights of " + context.origin + ": ";
  if (json.empty() || json.size() > kDocumentBytesMax) {
    return Status(AMPS_E_USAGE, where + "document of " + std::to_string(json.size()) + " bytes, not 1 to " +
                                    std::to_string(kDocumentBytesMax));
  }
  Document document;
  if (const Status status = find_message_format("json")->parse(json, &document); !status.ok()) {
    return Status(AMPS_E_USAGE, where + std::string(status.text()));
  }
  return make(document.root(), context, out);
}

Status EffectiveFilter::make(const Grant* grant, std::string_view own, const MessageFormat* format,
                             const FilterOptions& options, EffectiveFilter* out) {
  if (grant != nullptr && !grant->is_given) return Status(AMPS_E_NOT_ENTITLED, "no right to read the topic");
  out->text = own;
  if (!own.empty()) AMPS_RETURN_IF_ERROR(Filter::compile(own, format, options, &out->filter));
  if (grant == nullptr || grant->filter == nullptr) return {};
  out->text = own.empty() ? grant->filter_text : "(" + grant->filter_text + ") AND (" + out->text + ")";
  return Filter::compile(out->text, format, options, &out->filter);
}

}  // namespace amps::broker
