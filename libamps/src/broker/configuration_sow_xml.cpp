// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_sow_xml.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::uint64_t kSlabBytesMax = 1u << 30;
constexpr std::uint64_t kSlabBytesMin = 1'024;
constexpr std::uint64_t kNsPerMs = 1'000'000;

class TopicReader {
 public:
  TopicReader(const pugi::xml_node& node, const XmlReaderParts& parts) : node_(node), parts_(parts) {}

  Status read(SowTopicConfiguration* out) {
    for (const pugi::xml_node& member : node_.children()) AMPS_RETURN_IF_ERROR(read_member(member, out));
    if (out->name.empty()) return parts_.error(node_, "Topic needs Name");
    if (out->message_type.empty()) return parts_.error(node_, "Topic " + out->name + " needs MessageType");
    if (out->is_persistent && out->file_name.empty()) {
      return parts_.error(node_, "Topic " + out->name + " needs FileName, or Durability transient");
    }
    if (out->keys.empty() && !out->key_domain.empty()) {
      return parts_.error(node_, "Topic " + out->name + ": KeyDomain needs Key");
    }
    return expand_file_name(out);
  }

 private:
  Status read_member(const pugi::xml_node& member, SowTopicConfiguration* out) {
    const std::string_view name = member.name();
    if (name == "HashIndex") return read_index(member, out);
    std::string value;
    AMPS_RETURN_IF_ERROR(parts_.value_of(member, &value));
    if (name == "Name" || name == "Topic") {
      out->name = value;
    } else if (name == "MessageType") {
      out->message_type = value;
    } else if (name == "Key") {
      out->keys.push_back(value);
    } else if (name == "KeyDomain") {
      out->key_domain = value;
    } else if (name == "FileName") {
      out->file_name = value;
    } else if (name == "Durability" || name == "Duration") {
      if (value != "persistent" && value != "transient")
        return wrong(member, value, "persistent or transient");
      out->is_persistent = value == "persistent";
    } else if (name == "Expiration") {
      return read_expiration(member, value, out);
    } else if (name == "SlabSize") {
      const auto bytes = wire::parse_size_bytes(value);
      if (!bytes || *bytes < kSlabBytesMin || *bytes > kSlabBytesMax) {
        return wrong(member, value, "a size from 1KB to 1GB");
      }
      out->slab_bytes = *bytes;
    } else if (name != "InitialSlabCount" && name != "ExpectedKeyCountHint" && name != "Index") {
      // Memory grows as it is needed, so hints about it are taken and have no effect.
      return parts_.error(member,
                          "element " + std::string(name) + " of Topic is not available in this version");
    }
    return {};
  }

  Status read_index(const pugi::xml_node& index, SowTopicConfiguration* out) {
    std::vector<std::string> keys;
    for (const pugi::xml_node& key : index.children()) {
      if (std::string_view(key.name()) != "Key") return parts_.error(key, "HashIndex consists of Key");
      AMPS_RETURN_IF_ERROR(parts_.value_of(key, &keys.emplace_back()));
    }
    if (keys.empty()) return parts_.error(index, "HashIndex needs Key");
    out->hash_indexes.push_back(std::move(keys));
    return {};
  }

  Status read_expiration(const pugi::xml_node& member, const std::string& value, SowTopicConfiguration* out) {
    out->expires = value != "disabled";
    out->expiration_ms = 0;
    if (value == "disabled" || value == "enabled") return {};
    const auto interval = wire::parse_interval_ns(value);
    if (!interval || *interval < kNsPerMs) return wrong(member, value, "disabled, enabled or an interval");
    out->expiration_ms = *interval / kNsPerMs;
    return {};
  }

  // %n is the topic and its type, with what a file name must not contain replaced.
  static Status expand_file_name(SowTopicConfiguration* out) {
    std::string part = out->name + "-" + out->message_type;
    std::replace(part.begin(), part.end(), '/', '_');
    std::replace(part.begin(), part.end(), '%', '_');
    for (std::size_t at = 0; (at = out->file_name.find("%n", at)) != std::string::npos; at += part.size()) {
      out->file_name.replace(at, 2, part);
    }
    return {};
  }

  Status wrong(const pugi::xml_node& member, const std::string& value, const char* expected) const {
    return parts_.error(member, std::string(member.name()) + " is " + value + ", not " + expected);
  }

  const pugi::xml_node& node_;
  const XmlReaderParts& parts_;
};

void append_text(pugi::xml_node* parent, const char* name, const std::string& value) {
  if (!value.empty()) parent->append_child(name).text().set(value.c_str());
}

void write_topic(const SowTopicConfiguration& topic, pugi::xml_node* sow) {
  pugi::xml_node node = sow->append_child("Topic");
  append_text(&node, "Name", topic.name);
  append_text(&node, "MessageType", topic.message_type);
  for (const std::string& key : topic.keys) append_text(&node, "Key", key);
  append_text(&node, "KeyDomain", topic.key_domain);
  append_text(&node, "Durability", topic.is_persistent ? "persistent" : "transient");
  append_text(&node, "FileName", topic.file_name);
  const std::string default_ms = std::to_string(topic.expiration_ms) + "ms";
  append_text(&node, "Expiration",
              !topic.expires ? "disabled" : (topic.expiration_ms == 0 ? "enabled" : default_ms));
  append_text(&node, "SlabSize", std::to_string(topic.slab_bytes));
  for (const auto& keys : topic.hash_indexes) {
    pugi::xml_node index = node.append_child("HashIndex");
    for (const std::string& key : keys) append_text(&index, "Key", key);
  }
}

}  // namespace

Status read_sow(const pugi::xml_node& sow, const XmlReaderParts& parts,
                std::vector<StateConfiguration>* out) {
  for (const pugi::xml_node& child : sow.children()) {
    const std::string_view name = child.name();
    if (name != "Topic" && name != "TopicDefinition") {
      return parts.error(child, "element " + std::string(name) + " of SOW is not available in this version");
    }
    SowTopicConfiguration topic;
    AMPS_RETURN_IF_ERROR(TopicReader(child, parts).read(&topic));
    out->emplace_back(std::move(topic));
  }
  return {};
}

void write_sow(const std::vector<StateConfiguration>& topics, pugi::xml_node* root) {
  if (topics.empty()) return;
  pugi::xml_node sow = root->append_child("SOW");
  for (const StateConfiguration& declared : topics) {
    if (const auto* topic = std::get_if<SowTopicConfiguration>(&declared)) write_topic(*topic, &sow);
  }
}

}  // namespace amps::broker
