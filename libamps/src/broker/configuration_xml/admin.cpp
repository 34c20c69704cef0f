// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/admin.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "broker/configuration_xml/listen_address.h"
#include "broker/topic_pattern.h"

namespace amps::broker {

namespace {

using Admin = AdminConfiguration;
using Target = LogTargetConfiguration;

constexpr Word<Target::Protocol> kProtocols[] = {{"stdout", Target::Protocol::kStdout},
                                                 {"stderr", Target::Protocol::kStderr},
                                                 {"file", Target::Protocol::kFile}};
// The first word of a level is ours; the others are those of the original, which has more of them.
constexpr Word<amps_log_level_t> kLevels[] = {
    {"trace", AMPS_LOG_TRACE},     {"debug", AMPS_LOG_DEBUG},    {"info", AMPS_LOG_INFO},
    {"warning", AMPS_LOG_WARNING}, {"error", AMPS_LOG_ERROR},    {"developer", AMPS_LOG_TRACE},
    {"stats", AMPS_LOG_DEBUG},     {"critical", AMPS_LOG_ERROR}, {"emergency", AMPS_LOG_ERROR},
};
constexpr Word<bool> kActions[] = {{"disabled", false}, {"enabled", true}};

// Samples are kept in memory only; the element may say so.
struct StatisticsFile {
  static Status read(const Element& element, Admin*) {
    std::string text;
    AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
    if (text == ":memory:") return {};
    return error_at(element, "FileName is " + text + "; statistics are kept in memory only, write :memory:");
  }
  static void write(const Admin&, std::string_view, Element*) {}
  static std::string kind() { return ":memory:"; }
};

// A list of patterns with commas between.
template <auto kMember>
struct Patterns {
  using Owner = Target;
  static Status read(const Element& element, Target* to) {
    std::string text;
    AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      const std::string& pattern = (to->*kMember).emplace_back(text.substr(begin, end - begin));
      std::unique_ptr<TopicPattern> compiled;
      if (const Status status = TopicPattern::compile(pattern, &compiled); !status.ok() || pattern.empty()) {
        return error_at(element, element.name + ": '" + pattern + "' is no pattern: " + status.text());
      }
      begin = end + 1;
    }
    return {};
  }
  static void write(const Target& from, std::string_view name, Element* parent) {
    std::string text;
    for (const std::string& pattern : from.*kMember) text += (text.empty() ? "" : ",") + pattern;
    if (!text.empty()) parent->add(name, text);
  }
  static std::string kind() { return "patterns, with commas between"; }
};

constexpr Member<Admin> kAdmin[] = {
    one<ListenAddressElement<&Admin::address>>("InetAddr", "where the statistics are served over HTTP"),
    {"FileName",
     {},
     false,
     &StatisticsFile::read,
     &StatisticsFile::write,
     &StatisticsFile::kind,
     "where samples are kept"},
    one<Number<&Admin::interval_ms, NumberUnit::kMilliseconds, 1000, 86'400'000>>(
        "Interval", "between the samples behind rates"),
    one<Choice<&Admin::has_actions, kActions>>("Actions", "whether requests may change things"),
    one<Text<&Admin::token_file>>("TokenFile", "holds the token that requests for actions carry"),
    many<Texts<&Admin::hosts>>("ExternalInetAddr", "a name by which clients may address the server"),
    unavailable<Admin>("WWWAuthenticate"),
    unavailable<Admin>("AnonymousPaths"),
    unavailable<Admin>("Header"),
    unavailable<Admin>("SessionOptions"),
    unavailable<Admin>("AccessControlAllowOrigin"),
    unavailable<Admin>("SQLTransport"),
    unavailable<Admin>("Certificate"),
    unavailable<Admin>("PrivateKey"),
    unavailable<Admin>("Ciphers"),
    unavailable<Admin>("Authentication"),
    unavailable<Admin>("Entitlement"),
};

constexpr Member<Target> kTarget[] = {
    one<Choice<&Target::protocol, kProtocols>>("Protocol", "where lines go"),
    one<Choice<&Target::level, kLevels>>("Level", "lines of this level and above"),
    one<Text<&Target::file_name>>("FileName", "of file; %n: number of the file; and codes of strftime"),
    one<Number<&Target::rotation_bytes, NumberUnit::kBytes, 4096, INT64_MAX, 0>>(
        "RotationThreshold", "then the next file is begun; default: never"),
    unavailable<Target>("Levels"),
    one<Patterns<&Target::included>>("IncludeErrors", "numbers, or patterns of them, of lines of any level"),
    one<Patterns<&Target::excluded>>("ExcludeErrors",
                                     "numbers, or patterns of them, of lines that never go there"),
};

}  // namespace

Status read_admin(const Element& element, Admin* out, Warnings* warnings) {
  AMPS_RETURN_IF_ERROR(read_members(element, kAdmin, out, warnings));
  if (element.find("InetAddr") == nullptr) return error_at(element, "Admin needs InetAddr");
  if (out->has_actions && out->token_file.empty()) {
    return error_at(element, "Admin needs TokenFile where Actions are enabled");
  }
  if (!out->has_actions && !out->token_file.empty()) {
    return error_at(element, "TokenFile means nothing where Actions are disabled");
  }
  return {};
}

Status read_logging(const Element& element, std::vector<Target>* out, Warnings* warnings) {
  for (const Element& child : element.children) {
    if (child.name != "Target") return unknown_element(child, element);
    Target target;
    AMPS_RETURN_IF_ERROR(read_members(child, kTarget, &target, warnings));
    if (child.find("Protocol") == nullptr) return error_at(child, "Target needs Protocol");
    const bool is_file = target.protocol == Target::Protocol::kFile;
    if (is_file && target.file_name.empty()) return error_at(child, "Target needs FileName");
    if (!is_file && (!target.file_name.empty() || target.rotation_bytes != 0)) {
      return error_at(child, "FileName and RotationThreshold need the protocol file");
    }
    if (target.rotation_bytes != 0 && target.file_name.find("%n") == std::string::npos) {
      return error_at(child, "FileName needs %n where RotationThreshold is set");
    }
    out->push_back(std::move(target));
  }
  return {};
}

void write_admin(const Admin& admin, Element* root) {
  write_members(admin, kAdmin, &root->add("Admin"));
}

void write_logging(const std::vector<Target>& targets, Element* root) {
  if (targets.empty()) return;
  Element& element = root->add("Logging");
  for (const Target& target : targets) write_members(target, kTarget, &element.add("Target"));
}

void describe_admin(std::vector<MemberDescription>* out) {
  describe_members("Admin", kAdmin, out);
  describe_members("Logging/Target", kTarget, out);
}

}  // namespace amps::broker
