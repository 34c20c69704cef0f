// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/transaction_log.h"

#include "xml_text.h"

using namespace xml_text;

namespace {
std::string log(const std::string& members) {
  return root("<TransactionLog>" + members + "</TransactionLog>");
}
std::string in(const std::string& members) {
  return log("<JournalDirectory>j</JournalDirectory>" + members);
}
}  // namespace

TEST_CASE("TransactionLog: every member") {
  const Configuration configuration = good(in(R"(<JournalArchiveDirectory>a</JournalArchiveDirectory>
    <MinJournalSize>64MB</MinJournalSize><PreallocatedJournalFiles>1</PreallocatedJournalFiles>
    <SyncBeforeAck>false</SyncBeforeAck><FlushInterval>250us</FlushInterval>
    <ArchiveAfter>1h</ArchiveAfter><RemoveAfter>2d</RemoveAfter>
    <InactiveClientAckExpiration>1d</InactiveClientAckExpiration><ClientNamesMax>10</ClientNamesMax>
    <O_DIRECT>enabled</O_DIRECT>
    <Topic><Name>.*</Name><MessageType>json</MessageType></Topic>
    <Topic><Name>t</Name><MessageType>nvfix</MessageType></Topic>)"));
  REQUIRE(configuration.transaction_log);
  const auto& read_log = *configuration.transaction_log;
  CHECK(read_log.directory == "j");
  CHECK(read_log.archive_directory == "a");
  CHECK(read_log.archive_after_ms == 3'600'000);
  CHECK(read_log.remove_after_ms == 2 * 86'400'000);
  CHECK(read_log.segment_bytes == 64u << 20);
  CHECK(read_log.preallocated_files == 1);
  CHECK_FALSE(read_log.sync_before_ack);
  CHECK(read_log.flush_interval_us == 250);
  CHECK(read_log.inactive_client_ms == 86'400'000);
  CHECK(read_log.client_count_max == 10);
  REQUIRE(read_log.topics.size() == 2);
  CHECK(read_log.topics[1].message_type == "nvfix");
  CHECK(configuration.unique_client_names);
  CHECK(configuration.warnings.size() == 1);
}

TEST_CASE("TXL-40: a temporary directory is asked for by name") {
  CHECK(good(log("<JournalDirectory>:temporary:</JournalDirectory>")).transaction_log->directory.empty());
}

TEST_CASE("TransactionLog: what is missing or out of range is refused") {
  CHECK(contains(read(log("")), "TransactionLog needs JournalDirectory"));
  CHECK(contains(read(in("<ArchiveAfter>1h</ArchiveAfter>")), "ArchiveAfter needs JournalArchiveDirectory"));
  CHECK(contains(read(in("<JournalSize>9MB</JournalSize>")), "from 10485760"));
  CHECK(contains(read(in("<FlushInterval>2s</FlushInterval>")), "to 1000000us"));
  CHECK(contains(read(in("<Topic><Name>(</Name><MessageType>json</MessageType></Topic>")), "Topic (: "));
  CHECK(contains(read(in("<Topic><Name>t</Name></Topic>")), "Topic t needs MessageType"));
  CHECK(contains(read(in("<Topic><Name>t</Name><MessageType>yaml</MessageType></Topic>")), "yaml"));
}

TEST_CASE("CFG-05: a dumped log reads the same") {
  check_round_trip(in("<Topic><Name>^a</Name><MessageType>json</MessageType></Topic>"));
  check_round_trip(log("<JournalDirectory>:temporary:</JournalDirectory><SyncBeforeAck>0</SyncBeforeAck>"));
}
