// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/transaction_log.h"

#include <memory>

#include "broker/topic_pattern.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

using Log = TransactionLogConfiguration;
using LogTopic = TransactionLogConfiguration::Topic;

constexpr std::string_view kTemporary = ":temporary:";
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kSegmentBytesMax = std::uint64_t{1} << 40;

struct Directory {
  static Status read(const Element& element, Log* to) {
    AMPS_RETURN_IF_ERROR(read_leaf(element, &to->directory));
    if (to->directory == kTemporary) to->directory.clear();
    return {};
  }
  static void write(const Log& from, std::string_view name, Element* parent) {
    parent->add(name, from.directory.empty() ? std::string(kTemporary) : from.directory);
  }
  static std::string kind() { return "text"; }
};

constexpr Member<LogTopic> kTopic[] = {
    one<Text<&LogTopic::name>>("Name", "of a topic, or a pattern of names"),
    one<Text<&LogTopic::message_type>>("MessageType", "of its messages"),
};

struct Topics {
  static Status read(const Element& element, Log* to) {
    Warnings none;
    LogTopic& topic = to->topics.emplace_back();
    AMPS_RETURN_IF_ERROR(read_members(element, kTopic, &topic, &none));
    if (topic.name.empty()) return error_at(element, "Topic needs Name");
    if (topic.message_type.empty()) return error_at(element, "Topic " + topic.name + " needs MessageType");
    if (!wire::is_topic_pattern(topic.name)) return {};
    std::unique_ptr<TopicPattern> pattern;
    const Status status = TopicPattern::compile(topic.name, &pattern);
    return status.ok() ? status : error_at(element, "Topic " + topic.name + ": " + status.text());
  }
  static void write(const Log& from, std::string_view name, Element* parent) {
    for (const LogTopic& topic : from.topics) write_members(topic, kTopic, &parent->add(name));
  }
  static std::string kind() { return "elements Name, MessageType"; }
};

constexpr Member<Log> kLog[] = {
    {"JournalDirectory",
     {},
     false,
     &Directory::read,
     &Directory::write,
     &Directory::kind,
     "where the files are; :temporary: for one that goes with the broker"},
    one<Text<&Log::archive_directory>>("JournalArchiveDirectory", "where old files are moved"),
    one<Number<&Log::archive_after_ms, NumberUnit::kMilliseconds, 0, INT64_MAX>>(
        "ArchiveAfter", "how old files are that are moved to the archive; 0: none is"),
    one<Number<&Log::remove_after_ms, NumberUnit::kMilliseconds, 0, INT64_MAX>>(
        "RemoveAfter", "how old files are that are removed, unless they are needed; 0: none is"),
    one<Number<&Log::segment_bytes, NumberUnit::kBytes, 10 * kMiB, kSegmentBytesMax>>(
        "JournalSize", "of one file", "MinJournalSize"),
    one<Number<&Log::preallocated_files, NumberUnit::kCount, 1, 1000>>("PreallocatedJournalFiles",
                                                                       "made before they are needed"),
    one<Flag<&Log::sync_before_ack>>("SyncBeforeAck",
                                     "whether persisted means that a power cut loses nothing"),
    one<Number<&Log::flush_interval_us, NumberUnit::kMicroseconds, 1, 1'000'000>>(
        "FlushInterval", "between writes to the disk where acknowledgements do not wait for them"),
    one<Number<&Log::inactive_client_ms, NumberUnit::kMilliseconds, 0, INT64_MAX>>(
        "InactiveClientAckExpiration", "then an absent publisher is forgotten; 0: never"),
    one<Number<&Log::client_count_max, NumberUnit::kCount, 1, 100'000'000>>(
        "ClientNamesMax", "publishers known at the same time"),
    {"Topic", {}, true, &Topics::read, &Topics::write, &Topics::kind, "what is logged"},
    ignored<Log>("O_DIRECT", "files are written through the page cache and synchronised"),
    ignored<Log>("CompressedJournalCacheMemoryLimit", "journal files are not compressed"),
};

}  // namespace

Status read_transaction_log(const Element& element, Log* out, Warnings* warnings) {
  AMPS_RETURN_IF_ERROR(read_members(element, kLog, out, warnings));
  if (element.find("JournalDirectory") == nullptr) {
    return error_at(element, "TransactionLog needs JournalDirectory");
  }
  if (out->archive_after_ms != 0 && out->archive_directory.empty()) {
    return error_at(element, "ArchiveAfter needs JournalArchiveDirectory");
  }
  return {};
}

void write_transaction_log(const Log& log, Element* root) {
  write_members(log, kLog, &root->add("TransactionLog"));
}

void describe_transaction_log(std::vector<MemberDescription>* out) {
  describe_members("TransactionLog", kLog, out);
  describe_members("TransactionLog/Topic", kTopic, out);
}

}  // namespace amps::broker
