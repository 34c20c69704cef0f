// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/view.h"

#include <utility>

#include "broker/configuration_xml/topic_reference.h"

namespace amps::broker {

namespace {

using View = ViewConfiguration;
using Conflated = ConflatedTopicConfiguration;

constexpr char kKey[] = "Key";
constexpr char kField[] = "Field";

constexpr Word<bool> kConflation[] = {{"none", false}, {"inline", true}};

// A topic, or the joins that name several.
struct UnderlyingTopic {
  static Status read(const Element& element, View* to) {
    for (const Element& child : element.children) {
      if (child.name != "Join") return unknown_element(child, element);
      std::string text;
      AMPS_RETURN_IF_ERROR(read_leaf(child, &text));
      const Status status = parse_join(text, &to->joins.emplace_back());
      if (!status.ok()) return error_at(child, status.text());
    }
    if (!element.children.empty()) return {};
    std::string text;
    AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
    const Status status = parse_topic_reference(text, &to->source_message_type, &to->source);
    return status.ok() ? status : error_at(element, status.text());
  }
  static void write(const View& from, std::string_view name, Element* parent) {
    if (!from.source.empty()) {
      parent->add(name, format_topic_reference(from.source_message_type, from.source));
    } else if (!from.joins.empty()) {
      Element& element = parent->add(name);
      for (const View::Join& join : from.joins) element.add("Join", format_join(join));
    }
  }
  static std::string kind() { return "a topic, [type].[topic], or elements Join: [topic].[/field] = …"; }
};

constexpr Member<View> kView[] = {
    one<Text<&View::name>>("Name", "of the view"),
    one<Text<&View::message_type>>("MessageType", "in which it writes its records"),
    {"UnderlyingTopic",
     {},
     false,
     &UnderlyingTopic::read,
     &UnderlyingTopic::write,
     &UnderlyingTopic::kind,
     "where its records come from"},
    one<List<&View::projection, kField>>("Projection", "what a record has"),
    one<List<&View::grouping, kField>>("Grouping", "source fields; equal values make one record"),
    one<Text<&View::filter>>("Filter", "of source records; one source only"),
    one<Choice<&View::inline_conflation, kConflation>>("Conflation",
                                                       "whether waiting updates of a record are merged"),
    one<Flag<&View::join_null_equivalency>>("JoinNullEquivalency", "whether NULL joins NULL"),
    one<Text<&View::key_domain>>("KeyDomain", "topics of one domain make the same keys; default: Name"),
    many<Lists<&View::hash_indexes, kKey>>("HashIndex", "makes queries for equal fields fast"),
    ignored<View>("FileName", "views are built anew from their sources"),
};

constexpr Member<Conflated> kConflated[] = {
    one<Text<&Conflated::name>>("Name", "of the copy"),
    one<Text<&Conflated::message_type>>("MessageType", "of its messages"),
    one<Text<&Conflated::source>>("UnderlyingTopic", "topic, view or conflated topic it copies"),
    one<Number<&Conflated::interval_ms, NumberUnit::kMilliseconds, 100, INT64_MAX>>(
        "Interval", "least time between two updates of a record"),
    one<Text<&Conflated::filter>>("Filter", "of source records"),
    many<Lists<&Conflated::hash_indexes, kKey>>("HashIndex", "makes queries for equal fields fast"),
    one<List<&Conflated::enrichment, kField>>("Enrichment", "fields added to the copy"),
    unavailable<Conflated>("TopicFormat"),
};

Status check(const Element& element, const View& view) {
  const auto failed = [&](const std::string& text) {
    return error_at(element, "View " + view.name + ": " + text);
  };
  if (view.message_type.empty()) return failed("MessageType is missing");
  if (view.source.empty() && view.joins.empty()) return failed("UnderlyingTopic is missing");
  if (view.projection.empty()) return failed("Projection is missing");
  if (view.grouping.empty()) return failed("Grouping is missing");
  if (!view.joins.empty() && !view.filter.empty()) return failed("a view of joins has no Filter");
  return {};
}

// Types that were left out are that of the view.
void complete(View* view) {
  const auto set = [&](std::string* type) {
    if (type->empty()) *type = view->message_type;
  };
  if (!view->source.empty()) set(&view->source_message_type);
  for (View::Join& join : view->joins) {
    set(&join.left.message_type);
    set(&join.right.message_type);
  }
}

}  // namespace

Status read_view(const Element& element, std::vector<StateConfiguration>* out, Warnings* warnings) {
  View view;
  AMPS_RETURN_IF_ERROR(read_members(element, kView, &view, warnings));
  if (view.name.empty()) return error_at(element, element.name + " needs Name");
  AMPS_RETURN_IF_ERROR(check(element, view));
  complete(&view);
  out->emplace_back(std::move(view));
  return {};
}

Status read_conflated_topic(const Element& element, std::vector<StateConfiguration>* out,
                            Warnings* warnings) {
  Conflated topic;
  AMPS_RETURN_IF_ERROR(read_members(element, kConflated, &topic, warnings));
  if (topic.name.empty()) return error_at(element, element.name + " needs Name");
  for (const std::string_view needed : {"MessageType", "UnderlyingTopic"}) {
    if (element.find(needed) == nullptr) {
      return error_at(element, "ConflatedTopic " + topic.name + " needs " + std::string(needed));
    }
  }
  out->emplace_back(std::move(topic));
  return {};
}

void write_view(const View& view, Element* sow) {
  write_members(view, kView, &sow->add("View"));
}

void write_conflated_topic(const Conflated& topic, Element* sow) {
  write_members(topic, kConflated, &sow->add("ConflatedTopic"));
}

void describe_view(std::vector<MemberDescription>* out) {
  describe_members("SOW/View", kView, out);
}

void describe_conflated_topic(std::vector<MemberDescription>* out) {
  describe_members("SOW/ConflatedTopic", kConflated, out);
}

}  // namespace amps::broker
