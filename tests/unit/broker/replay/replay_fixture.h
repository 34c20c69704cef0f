// SPDX-License-Identifier: Apache-2.0
// A log, cursors over it, and the frames they make in short: a message is its bookmark's sequence, an ack
// "completed(3)" with the sequence of its bookmark.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "../journal/journal_fixture.h"
#include "broker/replay/replays.h"
#include "support/raw_client.h"

namespace amps::test {

struct ReplayFixture : JournalFixture {
  ReplayFixture() { open(); }

  void publish_many(int count, const std::string& topic = "orders") {
    for (int i = 0; i < count; ++i) publish(100, topic);
    wait_durable();
  }
  broker::Subscription* subscription(const std::string& id, const std::string& topic = "orders",
                                     const std::string& filter = {}) {
    auto made = std::make_unique<broker::Subscription>();
    made->id = id;
    made->topic = topic;
    if (!filter.empty()) {
      REQUIRE(broker::Filter::compile(filter, broker::find_message_format("json"), {}, &made->filter).ok());
    }
    subscriptions.push_back(std::move(made));
    return subscriptions.back().get();
  }
  broker::ReplayMember member(const broker::Subscription* subscription) {
    broker::ReplayMember made;
    made.subscription = subscription;
    made.command_id = "c-" + subscription->id;
    made.owes_completed = true;
    made.end_at_start = journal->appended_end();
    return made;
  }
  broker::ReplayPlan plan(const std::string& bookmark) {
    broker::ReplayPlan made;
    REQUIRE(broker::ReplayBounds::resolve(bookmark, broker::NotFound::kNow, journal->appended_end(),
                                          journal.get(), &made.bounds)
                .ok());
    return made;
  }
  std::unique_ptr<broker::Cursor> cursor(const broker::ReplayPlan& how,
                                         const broker::Subscription* subscription) {
    auto made = std::make_unique<broker::Cursor>(journal.get(), clock, "json", how);
    made->add(member(subscription));
    return made;
  }

  // What a cursor makes until it waits for something. With ids if it has several members.
  std::string run(broker::Cursor* cursor) {
    std::string text;
    while (cursor->state() == broker::Cursor::State::kReady) {
      Buffer out;
      std::uint64_t messages = 0;
      const Status status = cursor->encode_some(&out, clock.steady_ms(), &messages);
      REQUIRE_MESSAGE(status.ok(), status.text());
      text += shorten(out.view(), cursor->members().size() > 1);
      ++steps;
      largest = std::max(largest, out.size());
    }
    return text;
  }
  static std::string shorten(std::string_view bytes, bool with_ids) {
    std::string text;
    while (!bytes.empty()) {
      std::size_t size = 0;
      for (int i = 0; i < 4; ++i)
        size = size << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
      const raw::Frame frame = raw::parse(bytes.substr(4, size));
      bytes.remove_prefix(4 + size);
      const std::string bookmark = frame.get("bm");
      const std::size_t bar = bookmark.find('|');
      const std::string sequence =
          bar == std::string::npos ? bookmark : bookmark.substr(bar + 1, bookmark.size() - bar - 2);
      if (!text.empty()) text += ' ';
      if (with_ids) text += frame.get(frame.is("p") ? "sids" : "sub_id") + ":";
      text += frame.is("p") ? sequence : frame.get("a") + "(" + sequence + ")";
    }
    return text;
  }

  std::vector<std::unique_ptr<broker::Subscription>> subscriptions;
  int steps = 0;
  std::size_t largest = 0;
};

}  // namespace amps::test
