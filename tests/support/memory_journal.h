// SPDX-License-Identifier: Apache-2.0
// A transaction log in memory whose disk is the test: what was appended is durable when commit() says so.
// Positions count records.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/journal/journal.h"
#include "broker/journal/journal_hold.h"

namespace raw {

class MemoryJournal final : public amps::broker::Journal {
 public:
  using JournalRecord = amps::broker::JournalRecord;
  using LogPosition = amps::broker::LogPosition;
  using LogEnd = amps::broker::LogEnd;
  using BookmarkId = amps::broker::BookmarkId;
  using Status = amps::Status;

  std::atomic<bool> commits_at_once{true};
  std::vector<std::string> logged_topics;  // None: all.
  Status refusal;                          // Of further appends.
  // Called with each record that a reader is about to be given, on its thread. Set before there is one.
  std::function<void(std::uint64_t txid)> on_read = [](std::uint64_t) {};

  // A record with its own texts.
  struct Kept {
    std::string message_type, topic, body, key, correlation_id, user;
    JournalRecord record;

    explicit Kept(const JournalRecord& from)
        : message_type(from.message_type),
          topic(from.topic),
          body(from.body),
          key(from.key),
          correlation_id(from.correlation_id),
          user(from.user),
          record(from) {}
    JournalRecord view() const {
      JournalRecord out = record;
      out.message_type = message_type;
      out.topic = topic;
      out.body = body;
      out.key = key;
      out.correlation_id = correlation_id;
      out.user = user;
      return out;
    }
  };

  // A publish, as the topic space would append it; returns its sequence.
  std::uint64_t publish(std::string_view topic, std::string_view body, std::uint64_t timestamp_us = 1,
                        std::optional<std::uint32_t> expiration_s = {}) {
    JournalRecord record;
    record.message_type = "json";
    record.topic = topic;
    record.body = body;
    record.bookmark = {7, published_ + 1};
    record.timestamp_us = timestamp_us;
    record.expiration_s = expiration_s;
    if (append(&record, nullptr).ok()) ++published_;
    end_block();
    return published_;
  }
  void commit() {
    std::uint64_t txid = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      txid = durable_ = records_.size();
    }
    const std::lock_guard<std::mutex> lock(listeners_mutex_);
    for (amps::broker::JournalListener* listener : listeners_) listener->on_durable(txid);
  }
  // What a restarted broker would read.
  void visit(const std::function<void(const JournalRecord&)>& visit) const {
    for (const Kept& kept : records_) visit(kept.view());
  }
  std::size_t count() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return records_.size();
  }
  std::vector<amps::broker::JournalHold*> holds;

  bool logs(std::string_view topic, std::string_view) const override {
    for (const std::string& logged : logged_topics) {
      if (logged == topic) return true;
    }
    return logged_topics.empty();
  }
  Status append(JournalRecord* record, amps::broker::PublisherState*) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!refusal.ok()) return refusal;
    record->txid = records_.size() + 1;
    records_.emplace_back(*record);
    return {};
  }
  void end_block() override {
    if (commits_at_once) commit();
  }
  std::uint64_t durable_txid() const noexcept override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return durable_;
  }
  LogEnd durable_end() const override { return end_at(durable_txid()); }
  LogEnd appended_end() const override { return end_at(count()); }
  LogPosition begin() const override { return {1, 0}; }
  Status find(const BookmarkId& bookmark, std::optional<amps::broker::RecordPlace>* out) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (records_[i].record.bookmark == bookmark) *out = {{1, i}, {1, i + 1}, i + 1};
    }
    return {};
  }
  std::unique_ptr<amps::broker::LogReader> make_reader() override { return std::make_unique<Reader>(this); }
  void add_listener(amps::broker::JournalListener* listener) override {
    const std::lock_guard<std::mutex> lock(listeners_mutex_);
    listeners_.push_back(listener);
  }
  void remove_listener(amps::broker::JournalListener* listener) override {
    const std::lock_guard<std::mutex> lock(listeners_mutex_);
    for (auto& one : listeners_) {
      if (one == listener) std::swap(one, listeners_.back());
    }
    listeners_.pop_back();
  }
  void add_hold(amps::broker::JournalHold* hold) override { holds.push_back(hold); }
  void remove_hold(amps::broker::JournalHold* hold) override {
    holds.erase(std::remove(holds.begin(), holds.end(), hold), holds.end());
  }

  void abandon() noexcept override {}
  bool has_room() const noexcept override { return true; }
  std::uint64_t synced_txid() const noexcept override { return durable_txid(); }
  amps::broker::JournalHealth health() const noexcept override {
    return refusal.ok() ? amps::broker::JournalHealth::kGood : amps::broker::JournalHealth::kFull;
  }
  Status failure() const override { return refusal; }
  Status find_after_time(std::uint64_t, LogPosition*) override { return {}; }
  void count_live_readers(int) noexcept override {}
  amps::broker::Publishers& publishers() override { std::abort(); }
  std::uint64_t settled_sequence(amps::broker::PublisherState*) override { return 0; }
  Status archive_before(std::uint64_t, std::uint64_t*) override { return {}; }
  Status remove_before(std::uint64_t, std::uint64_t*) override { return {}; }

 private:
  class Reader final : public amps::broker::LogReader {
   public:
    explicit Reader(MemoryJournal* journal) : journal_(*journal) {}
    LogPosition position() const noexcept override { return {1, at_}; }
    void seek(LogPosition position) override { at_ = position.offset; }
    Status next(LogPosition limit, bool* found, JournalRecord* out) override {
      if (at_ < limit.offset) journal_.on_read(at_ + 1);
      const std::lock_guard<std::mutex> lock(journal_.mutex_);
      *found = at_ < limit.offset;
      if (*found) *out = journal_.records_[at_++].view();
      return {};
    }
    LogPosition record_begin() const noexcept override { return {1, at_ - 1}; }

   private:
    MemoryJournal& journal_;
    std::uint64_t at_ = 0;
  };
  LogEnd end_at(std::uint64_t txid) const {
    LogEnd end;
    end.position = {1, txid};
    end.txid = txid;
    return end;
  }

  mutable std::mutex mutex_;
  std::deque<Kept> records_;
  std::uint64_t durable_ = 0;
  std::uint64_t published_ = 0;
  std::mutex listeners_mutex_;
  std::vector<amps::broker::JournalListener*> listeners_;
};

}  // namespace raw
