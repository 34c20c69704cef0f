// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/sow_topic.h"

#include <utility>

namespace amps::broker {

namespace {

using Topic = SowTopicConfiguration;
using History = HistoryConfiguration;

constexpr char kKey[] = "Key";
constexpr char kField[] = "Field";
constexpr std::uint64_t kMsMax = INT64_MAX;
constexpr std::uint64_t kSlabMax = std::uint64_t{1} << 30;

constexpr Word<bool> kDurability[] = {{"persistent", true}, {"transient", false}};
constexpr Word<bool> kRecoveryPoint[] = {{"epoch", true}, {"now", false}};

// "disabled", "enabled", or an interval.
struct Expiration {
  static constexpr NumberRange kRange{NumberUnit::kMilliseconds, 1, kMsMax};
  static Status read(const Element& element, Topic* to) {
    std::string text;
    AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
    to->expires = text != "disabled";
    to->expiration_ms = 0;
    if (text == "disabled" || text == "enabled") return {};
    const auto value = parse_number(kRange, text);
    if (!value) return error_at(element, "Expiration is " + text + ", not " + kind());
    to->expiration_ms = *value;
    return {};
  }
  static void write(const Topic& from, std::string_view name, Element* parent) {
    parent->add(name, !from.expires ? "disabled"
                      : from.expiration_ms == 0
                          ? "enabled"
                          : format_number(NumberUnit::kMilliseconds, from.expiration_ms));
  }
  static std::string kind() { return "disabled, enabled, or " + expected_text(kRange); }
};

constexpr Member<History> kHistory[] = {
    one<Number<&History::window_ms, NumberUnit::kMilliseconds, 1, kMsMax>>(
        "Window", "how long a version that is not current any more is kept"),
    one<Number<&History::granularity_ms, NumberUnit::kMilliseconds, 0, kMsMax>>(
        "Granularity", "least time between two versions that are kept"),
};

struct HistoryElement {
  using Owner = Topic;
  static Status read(const Element& element, Topic* to) {
    Warnings none;
    AMPS_RETURN_IF_ERROR(read_members(element, kHistory, &to->history.emplace(), &none));
    if (to->history->window_ms == 0) return error_at(element, "History needs Window");
    if (element.find("Granularity") == nullptr) return error_at(element, "History needs Granularity");
    return {};
  }
  static void write(const Topic& from, std::string_view name, Element* parent) {
    if (from.history) write_members(*from.history, kHistory, &parent->add(name));
  }
  static std::string kind() { return "elements Window, Granularity"; }
};

// What stands for %n in a file name. Bytes that mean something to the file system, and the percent sign,
// are written as %XX, so that the result is one name and contains no %n of its own.
std::string file_name_part(const Topic& topic) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string name;
  for (const char character : topic.name + "-" + topic.message_type) {
    const auto byte = static_cast<unsigned char>(character);
    const bool is_leading_dot = character == '.' && name.empty();
    if (byte < ' ' || character == '/' || character == '%' || is_leading_dot) {
      name += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    } else {
      name += character;
    }
  }
  return name;
}

std::string expanded_file_name(const Topic& topic) {
  const std::string part = file_name_part(topic);
  std::string_view rest = topic.file_name;
  std::string name;
  for (;;) {
    const std::size_t at = rest.find("%n");
    name += rest.substr(0, at);
    if (at == std::string_view::npos) return name;
    // A % before it and an n at its beginning must not make a new %n.
    const bool joins = !name.empty() && name.back() == '%' && part.front() == 'n';
    name += joins ? "%6E" + part.substr(1) : part;
    rest.remove_prefix(at + 2);
  }
}

Status check(const Element& element, const Topic& topic) {
  const auto failed = [&](const std::string& text) {
    return error_at(element, "Topic " + topic.name + ": " + text);
  };
  if (topic.is_persistent && topic.file_name.empty()) {
    return failed("a persistent topic needs FileName; Durability may be transient");
  }
  if (!topic.is_persistent && !topic.file_name.empty()) return failed("a transient topic has no FileName");
  if (topic.keys.empty() && !topic.key_domain.empty()) return failed("KeyDomain needs Key");
  if (topic.history && topic.expires) return failed("Expiration must be disabled where History is kept");
  return {};
}

constexpr Member<Topic> kTopic[] = {
    one<Text<&Topic::name>>("Name", "of the topic", "Topic"),
    one<Text<&Topic::message_type>>("MessageType", "of its messages"),
    many<Texts<&Topic::keys>>("Key", "path of a key field; none: publishers supply keys"),
    one<Text<&Topic::key_domain>>("KeyDomain", "topics of one domain make the same keys; default: Name"),
    unavailable<Topic>("KeyGenerator"),
    one<Choice<&Topic::is_persistent, kDurability>>("Durability", "whether a file keeps the records",
                                                    "Duration"),
    one<Text<&Topic::file_name>>("FileName", "of a persistent topic; %n: the topic and its type"),
    one<Choice<&Topic::recover_from_epoch, kRecoveryPoint>>(
        "RecoveryPoint", "where rebuilding from the transaction log begins"),
    {"Expiration",
     {},
     false,
     &Expiration::read,
     &Expiration::write,
     &Expiration::kind,
     "of records whose publisher does not say"},
    {"History",
     {},
     false,
     &HistoryElement::read,
     &HistoryElement::write,
     &HistoryElement::kind,
     "former states that queries may ask for"},
    one<List<&Topic::preprocessing, kField>>("Preprocessing", "fields computed before the key"),
    one<List<&Topic::enrichment, kField>>("Enrichment", "fields computed after the key"),
    many<Lists<&Topic::hash_indexes, kKey>>("HashIndex", "makes queries for equal fields fast"),
    one<Number<&Topic::slab_bytes, NumberUnit::kBytes, 1024, kSlabMax>>(
        "SlabSize", "records are smaller than this by 64 bytes"),
    ignored<Topic>("Index", "queries find an index by themselves"),
    ignored<Topic>("InitialSlabCount", "memory grows as it is needed"),
    ignored<Topic>("ExpectedKeyCountHint", "memory grows as it is needed"),
    unavailable<Topic>("Pattern"),
};

}  // namespace

Status read_sow_topic(const Element& element, std::vector<StateConfiguration>* out, Warnings* warnings) {
  Topic topic;
  AMPS_RETURN_IF_ERROR(read_members(element, kTopic, &topic, warnings));
  if (topic.name.empty()) return error_at(element, "Topic needs Name");
  if (topic.message_type.empty()) return error_at(element, "Topic " + topic.name + " needs MessageType");
  topic.file_name = expanded_file_name(topic);
  AMPS_RETURN_IF_ERROR(check(element, topic));
  out->emplace_back(std::move(topic));
  return {};
}

void write_sow_topic(const Topic& topic, Element* sow) {
  write_members(topic, kTopic, &sow->add("Topic"));
}

void describe_sow_topic(std::vector<MemberDescription>* out) {
  describe_members("SOW/Topic", kTopic, out);
  describe_members("SOW/Topic/History", kHistory, out);
}

}  // namespace amps::broker
