// SPDX-License-Identifier: Apache-2.0
#include "broker/selective_delivery.h"

#include <doctest/doctest.h>

#include <string>

#include "support/outbox_peer.h"
#include "support/raw_client.h"

using amps::test::Home;
using amps::test::Sink;
using namespace amps::broker;

namespace {

std::unique_ptr<Filter> contains(const std::string& text) {
  std::unique_ptr<Filter> filter;
  REQUIRE(Filter::compile("/v LIKE r'" + text + "'", find_message_format("json"), {}, &filter).ok());
  return filter;
}

// Bodies are shown by the one word they hold.
std::string body_of(std::string_view word) {
  return word.empty() ? "" : "{\"v\":\"" + std::string(word) + "\"}";
}
std::string word_of(std::string_view body) {
  return std::string(body.size() >= 8 ? body.substr(6, body.size() - 8) : body == "{}" ? "" : body);
}

// The difference is what the new body has behind the old one.
struct Growing final : Store {
  amps::Status prepare(Publish*, Change*) override { return {}; }
  void commit(const Change&) override {}
  Difference difference(const Change& change, std::string* out) override {
    ++asked;
    if (!has_deltas) return Difference::kUnsupported;
    *out = "+";
    if (change.current == change.previous) return Difference::kNone;
    *out += word_of(change.current).substr(word_of(change.previous).size());
    return Difference::kSome;
  }
  bool has_deltas = true;
  int asked = 0;
};

struct Fixture {
  Home home;
  OutboxLimits limits;
  Outbox outbox{&home, &limits, nullptr};
  Topic topic{"t"};
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  Growing* store = nullptr;
  SelectiveDelivery selective;

  Fixture() {
    limits.client_bytes_max = 1u << 20;
    auto growing = std::make_unique<Growing>();
    store = growing.get();
    topic.store = std::move(growing);
  }
  Subscription* subscribe(const std::string& id, const std::string& filter = {}) {
    subscriptions.push_back(std::make_unique<Subscription>());
    Subscription* const added = subscriptions.back().get();
    added->id = id;
    if (!filter.empty()) added->filter = contains(filter);
    added->outbox = &outbox;
    added->order = subscriptions.size();
    return added;
  }
  // "command sids body[ reason];" of what is delivered.
  std::string change(ChangeKind kind, std::string_view previous_word, std::string_view current_word) {
    const std::string previous = body_of(previous_word);
    const std::string current = body_of(current_word);
    Change change;
    change.kind = kind;
    change.topic = &topic;
    change.key = "7";
    change.previous = previous;
    change.current = current;
    change.previous_correlation_id = "old";
    Delivery delivery;
    delivery.key = change.key;
    delivery.body = current;
    delivery.timestamp = "T";
    topic.route.clear();
    for (const auto& subscription : subscriptions) topic.route.add(*subscription);
    if (topic.route.filters() != nullptr) {
      static_cast<void>(selective.read(*find_message_format("json"), *topic.route.filters(), current));
    }
    selective.deliver(topic, change, delivery, 0);
    Sink sink;
    outbox.write_to(&sink, 0);
    std::string text;
    for (std::size_t at = 0; at < sink.bytes.size();) {
      const auto size = static_cast<unsigned char>(sink.bytes[at + 3]);
      last = raw::parse(std::string_view(sink.bytes).substr(at + 4, size));
      text += last.get("c") + " " + last.get("sids") + " " + word_of(last.body);
      if (last.has("reason")) text += " " + last.get("reason");
      text += ";";
      at += 4 + size;
    }
    return text;
  }
  std::string insert(std::string_view body) { return change(ChangeKind::kInsert, {}, body); }
  std::string update(std::string_view before, std::string_view now) {
    return change(ChangeKind::kUpdate, before, now);
  }
  raw::Frame last;
};

}  // namespace

TEST_CASE("a message goes to the subscriptions of a client whose filters it passes, once") {
  Fixture at;
  at.subscribe("1", "a");
  at.subscribe("2", "b");
  at.subscribe("3");
  CHECK(at.change(ChangeKind::kMessage, {}, "ab") == "p 1,2,3 ab;");
  CHECK(at.change(ChangeKind::kMessage, {}, "b") == "p 2,3 b;");
}

TEST_CASE("OOF-01 OOF-06: leaving the filter is told with the new body, coming back is a full message") {
  Fixture at;
  at.subscribe("s", "open")->out_of_focus = true;
  CHECK(at.insert("open") == "p s open;");
  CHECK(at.update("open", "done") == "oof s done match;");
  CHECK(at.last.get("k") == "7");
  CHECK_FALSE(at.last.has("x"));
  CHECK(at.update("done", "done2") == "");
  CHECK(at.update("done2", "open3") == "p s open3;");
  CHECK(at.insert("done") == "");
}

TEST_CASE("OOF-02 OOF-03 OOF-05: what is removed is told with its last body, if it matched") {
  Fixture at;
  at.subscribe("s", "open")->out_of_focus = true;
  at.subscribe("u", "open");
  at.subscribe("v")->out_of_focus = true;
  CHECK(at.change(ChangeKind::kDelete, "open", {}) == "oof s,v open deleted;");
  CHECK(at.last.get("x") == "old");
  CHECK_FALSE(at.last.has("ts"));
  CHECK(at.change(ChangeKind::kExpire, "done", {}) == "oof v done expired;");
}

TEST_CASE("OOF-05: fields that were asked for come with an out-of-focus message, the key always") {
  Fixture at;
  Subscription* const one = at.subscribe("s");
  one->out_of_focus = true;
  one->fields.timestamp = true;
  at.change(ChangeKind::kDelete, "x", {});
  CHECK(at.last.get("ts") == "T");
  CHECK(at.last.get("k") == "7");
}

TEST_CASE("DLT-11: a delta subscription gets new records in full, then what changed, worked out once") {
  Fixture at;
  at.subscribe("d")->delta = true;
  at.subscribe("e")->delta = true;
  CHECK(at.insert("ab") == "p d,e ab;");
  CHECK(at.update("ab", "abc") == "p d,e +c;");
  CHECK(at.store->asked == 1);
}

TEST_CASE("DLT-13: no_empties leaves out updates without a change") {
  Fixture at;
  at.subscribe("d")->delta = true;
  CHECK(at.update("ab", "ab") == "p d +;");
  Subscription* const quiet = at.subscribe("e");
  quiet->delta = quiet->skip_empty = true;
  CHECK(at.update("ab", "ab") == "p d +;");
  CHECK(at.update("ab", "abc") == "p d,e +c;");
}

TEST_CASE("DLT-15: with a full subscription of the same client, all get the full message") {
  Fixture at;
  at.subscribe("d")->delta = true;
  at.subscribe("f", "c");
  CHECK(at.update("ab", "abc") == "p f,d abc;");
  CHECK(at.update("ab", "abd") == "p d +d;");
}

TEST_CASE("DLT-14: back in focus, a delta subscription with oof gets all, without oof what changed") {
  Fixture at;
  Subscription* const told = at.subscribe("o", "open");
  told->delta = told->out_of_focus = true;
  CHECK(at.update("x", "xopen") == "p o xopen;");
  at.subscriptions.clear();
  at.subscribe("d", "open")->delta = true;
  CHECK(at.update("x", "xopen") == "p d +open;");
}

TEST_CASE("DLT-05: types without deltas send full messages") {
  Fixture at;
  at.store->has_deltas = false;
  at.subscribe("d")->delta = true;
  CHECK(at.update("ab", "abc") == "p d abc;");
}

TEST_CASE("SUB-10: a subscription with a select list gets a message of its own, with what it selected") {
  Fixture at;
  at.subscribe("w");
  Subscription* const part = at.subscribe("p", "b");
  const auto select = std::make_shared<SelectList>();
  REQUIRE(SelectList::parse("[-/v]", find_message_format("json"), select.get()).ok());
  part->select = select;
  CHECK(at.insert("ab") == "p p ;p w ab;");
  CHECK(at.insert("a") == "p w a;");
  part->out_of_focus = true;
  CHECK(at.update("b", "a") == "oof p  match;p w a;");
  CHECK(at.change(ChangeKind::kDelete, "b", {}) == "oof p  deleted;");
  CHECK(at.last.get("k") == "7");
}

TEST_CASE(
    "OOF-01: of many filters those that matched before are told, those that match now get the message") {
  Fixture at;
  for (int i = 0; i < 100; ++i) {
    Subscription* const one = at.subscribe(std::to_string(i));
    REQUIRE(Filter::compile("/v = 'w" + std::to_string(i % 10) + "'", find_message_format("json"), {},
                            &one->filter)
                .ok());
    one->out_of_focus = i < 20;
  }
  CHECK(at.update("w3", "w4") == "oof 3,13 w4 match;p 4,14,24,34,44,54,64,74,84,94 w4;");
  CHECK(at.change(ChangeKind::kDelete, "w4", {}) == "oof 4,14 w4 deleted;");
}

TEST_CASE("a body that cannot be read passes no filter, but reaches those without one") {
  Fixture at;
  at.subscribe("f", "a");
  at.subscribe("o")->out_of_focus = true;
  CHECK(at.change(ChangeKind::kMessage, {}, "\"") == "p o \";");
}

TEST_CASE("EXP-27 EXP-28: a filter may ask about the message besides its fields") {
  Fixture at;
  Subscription* const one = at.subscribe("s");
  REQUIRE(Filter::compile(
              "TOPIC_NAME() = 't' AND SOW_KEY() = 7 AND MESSAGE_SIZE() = 10 AND CLIENT_NAME() IS NULL",
              find_message_format("json"), {}, &one->filter)
              .ok());
  CHECK(at.insert("ab") == "p s ab;");
  CHECK(at.insert("abc").empty());
}
