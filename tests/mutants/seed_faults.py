#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Copies a source of the core and puts faults into it that the reliability tests have to find.

Each fault is off until a test switches it on by its name (seeded_fault.h), so that one copy has many. The sources
themselves stay as they are: a place that has changed is an error of the build, and its fault is to be written anew.

    seed_faults.py SOURCE COPY
"""

from __future__ import annotations

import pathlib
import sys

# Of each source: the code that is there, and what takes its place.
FAULTS = {
    "broker/topic_space.cpp": [
        (
            "  if (!publish.delta || publish.grant == nullptr || change.kind != ChangeKind::kUpdate) return {};\n",
            """  if (!publish.delta || publish.grant == nullptr || change.kind != ChangeKind::kUpdate) return {};
  if (amps::test::has_fault("rights are looked at before the merge")) return {};
""",
        ),
    ],
    "client/bookmark_store.cpp": [
        (
            "  if (entry != &of->entries.front()) note(Item::kEarly, *of, position);\n",
            """  if (amps::test::has_fault("a discard moves the resume point past a gap")) {
    of->publishers[position.first].processed = position.second;
    of->recent = position;
    note(Item::kProcessed, *of, position);
  }
  if (entry != &of->entries.front()) note(Item::kEarly, *of, position);
""",
        ),
        (
            "    of->early.insert(position);\n    return;\n",
            """    if (!amps::test::has_fault("a discard out of order is forgotten")) of->early.insert(position);
    return;
""",
        ),
    ],
    "client/publish_store.cpp": [
        (
            "  begin_record(sequence, persisted);\n  record_.append(frame);\n",
            """  if (amps::test::has_fault("what was sent is forgotten")) persisted = sequence - 1;
  begin_record(sequence, persisted);
  record_.append(frame);
""",
        ),
        (
            "  is_new_ = record[16] != 0;\n",
            """  is_new_ = record[16] != 0 || amps::test::has_fault("a store is numbered anew");
""",
        ),
    ],
    "journal/file_journal.cpp": [
        (
            """    durable_ = end;
    durable_txid_.store(end.txid, std::memory_order_seq_cst);
""",
            """    LogEnd told = end;
    if (amps::test::has_fault("acks go out before the write")) {
      told = appended_;
      told.position = tail_->end();
    }
    durable_ = told;
    durable_txid_.store(told.txid, std::memory_order_seq_cst);
""",
        ),
    ],
    "journal/file_log_reader.cpp": [
        (
            """      rest_ = piece_.bytes();
      is_checked_ = true;
""",
            """      rest_ = piece_.bytes();
      const bool comes_from_file = !is_checked_ && open_.number != 0;
      is_checked_ = true;
      if (comes_from_file && amps::test::has_fault("the cutover loses a message")) {
        bool is_lost = false;
        JournalRecord lost;
        while (!is_lost && !rest_.empty()) AMPS_RETURN_IF_ERROR(take(&is_lost, &lost));
      }
      static std::atomic<int> places{0};  // At every second one, as what is repeated comes there again.
      if (comes_from_file && record_begin_.segment != 0 &&
          amps::test::has_fault("the cutover repeats a message") && places++ % 2 == 0) {
        seek(record_begin_);
        is_checked_ = false;
        continue;
      }
""",
        ),
    ],
    "journal/journal_record.cpp": [
        (
            "bool is_plausible(const RecordHeader& header) noexcept {\n",
            """bool is_plausible(const RecordHeader& header) noexcept {
  if (amps::test::has_fault("lengths of texts are believed") && header.size >= kRecordHeaderBytes &&
      header.size <= kRecordBytesMax) {
    return true;
  }
""",
        ),
    ],
    "journal/publishers.cpp": [
        (
            "  if (user.empty()) return sha256_id(client_name);\n",
            """  if (amps::test::has_fault("publisher ids are FNV-1a")) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : client_name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
  }
  if (user.empty()) return sha256_id(client_name);
""",
        ),
    ],
    "journal/recovery.cpp": [
        (
            "  if (!record.numbered_by_log && record.bookmark) {\n",
            """  const bool forgets = amps::test::has_fault("a restart forgets numbers");
  if (!record.numbered_by_log && record.bookmark && !forgets) {
""",
        ),
    ],
    "journal/retention.cpp": [
        (
            """  AMPS_RETURN_IF_ERROR(io_.sync_directory(archive_directory_));
  catalog_.set_place(segment.number, path, true);
""",
            """  if (!amps::test::has_fault("a name is not synced")) {
    AMPS_RETURN_IF_ERROR(io_.sync_directory(archive_directory_));
  }
  catalog_.set_place(segment.number, path, true);
""",
        ),
        (
            "    if (*count == 0) AMPS_RETURN_IF_ERROR(save_publishers());\n",
            """    if (*count == 0 && !amps::test::has_fault("a file goes before its publishers are saved")) {
      AMPS_RETURN_IF_ERROR(save_publishers());
    }
""",
        ),
    ],
    "journal/segment_writer.cpp": [
        (
            "  AMPS_RETURN_IF_ERROR(noted(file_->sync_data(), true));\n",
            """  Status first = file_->sync_data();
  if (!first.ok() && amps::test::has_fault("a failed sync is tried again")) first = file_->sync_data();
  if (amps::test::has_fault("nothing is synced")) first = {};
  AMPS_RETURN_IF_ERROR(noted(first, true));
""",
        ),
        (
            "    const bool may_pass = is_disk_full(status);\n",
            """    const bool may_pass = is_disk_full(status);
    if (may_pass && amps::test::has_fault("a full disk is ignored")) status = {};
""",
        ),
    ],
    "queue/fairness.cpp": [
        (
            "  const auto next = consumers.upper_bound(Load{0, 0, last_});\n",
            """  const auto next = amps::test::has_fault("the rotation begins anew")
                        ? consumers.begin()
                        : consumers.upper_bound(Load{0, 0, last_});
""",
        ),
    ],
    "queue/queue.cpp": [
        (
            """  ++counts_.acknowledged;
  remove(entry, Removal::kAcknowledged);
  return AckOutcome::kDone;
""",
            """  ++counts_.acknowledged;
  if (entry->state == EntryState::kLeased && entry->lease_end_us != kNeverUs &&
      amps::test::has_fault("a lease goes on after the ack")) {
    output_.remove(*entry, Removal::kAcknowledged);
    return AckOutcome::kDone;
  }
  remove(entry, Removal::kAcknowledged);
  return AckOutcome::kDone;
""",
        ),
        (
            """bool Queue::may_settle(const QueueEntry& entry, ClientId client) const noexcept {
""",
            """bool Queue::may_settle(const QueueEntry& entry, ClientId client) const noexcept {
  if (amps::test::has_fault("anybody settles strict leases")) return true;
""",
        ),
        (
            "    QueueEntry* const entry = outstanding_ < rules_.backlog_max ? waiting_.first() : nullptr;\n",
            """    QueueEntry* const entry = outstanding_ < rules_.backlog_max ? waiting_.first() : nullptr;
    if (amps::test::has_fault("a free consumer waits") && outstanding_ != 0) return;
""",
        ),
    ],
}


def seed(source: pathlib.Path) -> str:
    text = source.read_text()
    for there, instead in FAULTS["/".join(source.parts[-2:])]:
        if text.count(there) != 1:
            sys.exit(f"{source}: the place of a fault is not there just once:\n{there}")
        text = text.replace(there, instead)
    return '#include "mutants/seeded_fault.h"\n' + text


if __name__ == "__main__":
    source, copy = (pathlib.Path(argument) for argument in sys.argv[1:])
    copy.write_text(seed(source))
