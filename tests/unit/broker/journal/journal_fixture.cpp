// SPDX-License-Identifier: Apache-2.0
#include "journal_fixture.h"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>

namespace amps::test {

using broker::Journal;
using broker::JournalRecord;

JournalFixture::JournalFixture(FileIo* io) {
  configuration.directory = kDirectory;
  configuration.segment_bytes = 16u << 10;
  configuration.preallocated_files = 1;
  configuration.topics = {{".*", "json"}};
  parts.io = io != nullptr ? io : &memory;
  parts.clock = &clock;
  parts.log = &log;
}

Status JournalFixture::try_open() {
  recovered.clear();
  return Journal::open(
      configuration, "test", parts,
      [this](const JournalRecord& record) {
        recovered.emplace_back(record);
        return Status();
      },
      &journal);
}

void JournalFixture::open() {
  const Status status = try_open();
  REQUIRE_MESSAGE(status.ok(), status.text());
  durable_txid_ = journal->durable_txid();
  journal->add_listener(this);
  REQUIRE(journal->publishers()
              .open(broker::publisher_id("tester", ""), "tester", clock.utc_us(), &publisher)
              .ok());
  next_sequence = publisher->highest() + 1;
}

void JournalFixture::close() {
  if (journal != nullptr) journal->remove_listener(this);
  journal.reset();
}

void JournalFixture::crash() {
  journal->abandon();
  close();
}

Status JournalFixture::try_publish(std::uint64_t sequence, const std::string& body, JournalRecord* out) {
  *out = {};
  out->message_type = "json";
  out->topic = "orders";
  out->body = body;
  out->timestamp_us = clock.utc_us();
  out->bookmark = {publisher->id(), sequence};
  return journal->append(out, publisher);
}

JournalRecord JournalFixture::publish(std::size_t size, const std::string& topic) {
  std::string body = std::to_string(next_sequence) + ":";
  while (body.size() < size) body += std::to_string(body.size() * next_sequence) + ",";
  body.resize(size);
  JournalRecord record;
  record.message_type = "json";
  record.topic = topic;
  record.body = body;
  record.timestamp_us = clock.utc_us();
  record.bookmark = {publisher->id(), next_sequence++};
  const Status status = journal->append(&record, publisher);
  REQUIRE_MESSAGE(status.ok(), status.text());
  appended.emplace_back(record);
  record.body = {};
  return record;
}

void JournalFixture::wait_durable() {
  wait_durable(journal->appended_end().txid);
}

void JournalFixture::wait_durable(std::uint64_t txid) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!moved_.wait_for(lock, raw::kWait, [&] { return durable_txid_ >= txid; })) {
    throw std::runtime_error("txid " + std::to_string(txid) + " did not become durable");
  }
}

void JournalFixture::wait_failure(bool fails) {
  const auto deadline = std::chrono::steady_clock::now() + raw::kWait;
  while (journal->failure().ok() == fails) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("the journal's state did not change");
    std::unique_lock<std::mutex> lock(mutex_);
    moved_.wait_for(lock, std::chrono::milliseconds(20));
  }
}

std::vector<KeptRecord> JournalFixture::read_all(broker::LogPosition from, broker::LogPosition limit) {
  std::vector<KeptRecord> records;
  const auto reader = journal->make_reader();
  reader->seek(from);
  for (;;) {
    bool found = false;
    JournalRecord record;
    const Status status = reader->next(limit, &found, &record);
    REQUIRE_MESSAGE(status.ok(), status.text());
    if (!found) return records;
    records.emplace_back(record);
  }
}

void JournalFixture::on_durable(std::uint64_t txid) noexcept {
  if (parts.io == &memory) memory.promise(txid);
  const std::lock_guard<std::mutex> lock(mutex_);
  durable_txid_ = txid;
  ++calls_;
  moved_.notify_all();
}

void JournalFixture::on_appended() noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++appended_calls;
}

}  // namespace amps::test
