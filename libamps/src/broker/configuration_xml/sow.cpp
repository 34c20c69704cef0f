// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/sow.h"

#include "broker/configuration_xml/queue.h"
#include "broker/configuration_xml/sow_topic.h"
#include "broker/configuration_xml/view.h"

namespace amps::broker {

namespace {

struct Kind {
  std::string_view name;
  std::string_view synonym;
  Status (*read)(const Element& element, std::vector<StateConfiguration>* out, Warnings* warnings);
};

constexpr Kind kKinds[] = {
    {"Topic", "TopicDefinition", read_sow_topic},
    {"Queue", "QueueDefinition", read_queue},
    {"LocalQueue", {}, read_queue},
    {"GroupLocalQueue", {}, read_queue},
    {"View", "ViewDefinition", read_view},
    {"ConflatedTopic", "ReplicaDefinition", read_conflated_topic},
};

struct Writer {
  Element* sow;
  void operator()(const SowTopicConfiguration& topic) const { write_sow_topic(topic, sow); }
  void operator()(const QueueConfiguration& queue) const { write_queue(queue, sow); }
  void operator()(const ViewConfiguration& view) const { write_view(view, sow); }
  void operator()(const ConflatedTopicConfiguration& topic) const { write_conflated_topic(topic, sow); }
};

const Kind* find_kind(std::string_view name) noexcept {
  for (const Kind& kind : kKinds) {
    if (kind.name == name || (!kind.synonym.empty() && kind.synonym == name)) return &kind;
  }
  return nullptr;
}

}  // namespace

Status read_sow(const Element& element, std::vector<StateConfiguration>* out,
                std::vector<const Element*>* elements, Warnings* warnings) {
  for (const Element& child : element.children) {
    const Kind* const kind = find_kind(child.name);
    if (kind == nullptr) return unknown_element(child, element);
    AMPS_RETURN_IF_ERROR(kind->read(child, out, warnings));
    elements->push_back(&child);
  }
  return {};
}

void write_sow(const std::vector<StateConfiguration>& sow, Element* root) {
  if (sow.empty()) return;
  Element& element = root->add("SOW");
  for (const StateConfiguration& state : sow) std::visit(Writer{&element}, state);
}

void describe_sow(std::vector<MemberDescription>* out) {
  describe_sow_topic(out);
  describe_queue(out);
  describe_view(out);
  describe_conflated_topic(out);
}

}  // namespace amps::broker
