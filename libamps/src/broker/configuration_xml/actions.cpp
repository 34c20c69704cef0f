// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/actions.h"

#include <string>

namespace amps::broker {

namespace {

using Action = ExpireActionConfiguration;

constexpr std::string_view kOnExpire = "amps-action-on-sow-expire-message";
constexpr std::string_view kDoPublish = "amps-action-do-publish-message";

constexpr Member<Action> kOn[] = {
    one<Text<&Action::topic>>("Topic", "the queue whose messages expire"),
    one<Text<&Action::message_type>>("MessageType", "of the queue"),
    one<Text<&Action::reason>>(
        "Reason", "time_limit, forced_expire, max_cancels or max_deliveries; default: each of them"),
};

constexpr Member<Action> kDo[] = {
    one<Text<&Action::target>>("Topic", "where a message is published"),
    one<Text<&Action::target_type>>("MessageType", "of that topic"),
    one<Text<&Action::data>>("Data", "its body; {{AMPS_DATA}}, {{AMPS_REASON}} and others are filled in"),
};

// Module and Options of a step, of which only one module is served.
template <std::size_t N>
Status read_step(const Element& step, std::string_view module, const Member<Action> (&table)[N], Action* out,
                 Warnings* warnings) {
  const Element* options = nullptr;
  bool is_known = false;
  for (const Element& child : step.children) {
    if (child.name == "Module") {
      if (child.value != module) return error_at(child, child.value + " is not available in this version");
      is_known = true;
    } else if (child.name == "Options") {
      options = &child;
    } else {
      return unknown_element(child, step);
    }
  }
  if (!is_known) return error_at(step, step.name + " needs Module");
  return options == nullptr ? Status() : read_members(*options, table, out, warnings);
}

Status check(const Element& element, const Action& action) {
  if (action.topic.empty() || action.message_type.empty()) {
    return error_at(element, "On needs Topic and MessageType");
  }
  if (action.target.empty() || action.target_type.empty()) {
    return error_at(element, "Do needs Topic and MessageType");
  }
  for (const std::string_view known : {"", "time_limit", "forced_expire", "max_cancels", "max_deliveries"}) {
    if (action.reason == known) return {};
  }
  return error_at(element, "unknown Reason " + action.reason);
}

Status read_action(const Element& element, std::vector<Action>* out, Warnings* warnings) {
  Action common;
  std::size_t count = 0;
  for (const Element& child : element.children) {
    if (child.name == "On") {
      AMPS_RETURN_IF_ERROR(read_step(child, kOnExpire, kOn, &common, warnings));
    } else if (child.name == "Do") {
      ++count;
    } else if (child.name == "If") {
      return unavailable_element(child);
    } else {
      return unknown_element(child, element);
    }
  }
  if (count == 0) return error_at(element, "Action needs Do");
  for (const Element& child : element.children) {
    if (child.name != "Do") continue;
    Action action = common;
    AMPS_RETURN_IF_ERROR(read_step(child, kDoPublish, kDo, &action, warnings));
    AMPS_RETURN_IF_ERROR(check(element, action));
    out->push_back(std::move(action));
  }
  return {};
}

void write_step(const char* name, std::string_view module, Element* parent, Element** options) {
  Element& step = parent->add(name);
  step.add("Module", std::string(module));
  *options = &step.add("Options");
}

}  // namespace

Status read_actions(const Element& element, std::vector<Action>* out, Warnings* warnings) {
  for (const Element& child : element.children) {
    if (child.name != "Action") return unknown_element(child, element);
    AMPS_RETURN_IF_ERROR(read_action(child, out, warnings));
  }
  return {};
}

void write_actions(const std::vector<Action>& actions, Element* root) {
  if (actions.empty()) return;
  Element& list = root->add("Actions");
  for (const Action& action : actions) {
    Element& element = list.add("Action");
    Element* options = nullptr;
    write_step("On", kOnExpire, &element, &options);
    write_members(action, kOn, options);
    write_step("Do", kDoPublish, &element, &options);
    write_members(action, kDo, options);
  }
}

void describe_actions(std::vector<MemberDescription>* out) {
  out->push_back({"Actions/Action/On/Module", "", std::string(kOnExpire), "", "what starts the action"});
  describe_members("Actions/Action/On/Options", kOn, out);
  out->push_back({"Actions/Action/Do/Module", "", std::string(kDoPublish), "", "what is done, repeated"});
  describe_members("Actions/Action/Do/Options", kDo, out);
}

}  // namespace amps::broker
