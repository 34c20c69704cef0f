// SPDX-License-Identifier: Apache-2.0
// What the named methods of a client write, parameter by parameter. Whether the server then has such a topic
// is not the matter here.
#include <doctest/doctest.h>
#include <amps/ampsplusplus.hpp>

#include <functional>

#include "broker.h"
#include "outgoing.h"

using AMPS::Message;
using facade::Outgoing;
using facade::RunningBroker;

namespace {

struct Field {
  std::string key, value;
};

// A client whose commands are read back from the wire.
class Session {
 public:
  Session() : client_("named-commands") {
    sent_.attach(client_);
    client_.connect(broker_.uri());
    client_.logon(5000);
  }
  ~Session() { client_.disconnect(); }

  // The header of the command that the call sends.
  std::string sent_by(const std::string& command, const std::function<void(AMPS::Client&)>& call) {
    const size_t before = sent_.headers(command).size();
    try {
      call(client_);
      client_.publishFlush(5000);              // What does not wait for an answer is on its way then.
    } catch (const AMPS::CommandException&) {  // The broker refuses, which is an answer, too.
    }
    const std::vector<std::string> headers = sent_.headers(command);
    return headers.size() > before ? headers[before] : std::string();
  }
  void check(const std::string& command, const std::vector<Field>& fields,
             const std::function<void(AMPS::Client&)>& call) {
    const std::string header = sent_by(command, call);
    CAPTURE(header);
    CHECK_FALSE(header.empty());
    for (const Field& field : fields) {
      CAPTURE(field.key);
      CHECK(Outgoing::value(header, field.key) == field.value);
    }
  }
  AMPS::Client& client() { return client_; }
  Outgoing& sent() { return sent_; }

 private:
  Outgoing sent_;
  RunningBroker broker_;
  AMPS::Client client_;
};

const AMPS::MessageHandler& handler() {
  static const AMPS::MessageHandler ignores([](Message&) {});
  return ignores;
}

}  // namespace

TEST_CASE("CPP-166 CPP-167 CPP-169 CPP-171: subscriptions") {
  Session session;
  const std::vector<Field> plain = {{"t", "orders"}, {"filter", ""}, {"opts", ""}, {"a", "processed"}};
  session.check("subscribe", plain, [](AMPS::Client& c) { c.subscribe("orders"); });
  session.check("subscribe", plain, [](AMPS::Client& c) { c.subscribe(handler(), "orders"); });
  session.check("delta_subscribe", plain, [](AMPS::Client& c) { c.deltaSubscribe("orders"); });
  session.check("delta_subscribe", plain, [](AMPS::Client& c) { c.deltaSubscribe(handler(), "orders"); });
  const std::vector<Field> full = {
      {"t", "t"}, {"filter", "/a = 1"}, {"opts", "timestamp"}, {"sub_id", "mine"}};
  session.check("subscribe", full,
                [](AMPS::Client& c) { c.subscribe("t", 5000, "/a = 1", "timestamp", "mine"); });
  session.check("subscribe", full,
                [](AMPS::Client& c) { c.subscribe(handler(), "t", 5000, "/a = 1", "timestamp", "mine"); });
  session.check("delta_subscribe", full, [](AMPS::Client& c) {
    c.deltaSubscribe(handler(), "t", 5000, "/a = 1", "timestamp", "mine");
  });
  const std::vector<Field> replay = {{"bm", "0"}, {"filter", "/a = 1"}, {"opts", "live"}, {"sub_id", "mine"}};
  session.check("subscribe", replay, [](AMPS::Client& c) {
    c.bookmarkSubscribe("t", 5000, AMPS_BOOKMARK_EPOCH, "/a = 1", "live", "mine");
  });
  session.check("subscribe", replay, [](AMPS::Client& c) {
    c.bookmarkSubscribe(handler(), "t", 5000, AMPS_BOOKMARK_EPOCH, "/a = 1", "live", "mine");
  });
}

TEST_CASE("CPP-164 CPP-165 CPP-168 CPP-170: queries, in both generations of their parameters") {
  Session session;
  const std::vector<Field> plain = {{"t", "t"}, {"filter", ""}, {"bs", "10"}, {"top_n", ""}, {"orderby", ""}};
  session.check("sow", plain, [](AMPS::Client& c) { c.sow("t"); });
  session.check("sow", plain, [](AMPS::Client& c) { c.sow(handler(), "t"); });
  session.check("sow_and_subscribe", plain, [](AMPS::Client& c) { c.sowAndSubscribe("t"); });
  session.check("sow_and_subscribe", plain, [](AMPS::Client& c) { c.sowAndSubscribe(handler(), "t"); });
  session.check("sow_and_delta_subscribe", plain, [](AMPS::Client& c) { c.sowAndDeltaSubscribe("t"); });
  session.check("sow_and_delta_subscribe", plain,
                [](AMPS::Client& c) { c.sowAndDeltaSubscribe(handler(), "t"); });

  std::vector<Field> full = {{"t", "t"},  {"filter", "/a"}, {"orderby", "/b"}, {"bm", "0|1|"},
                             {"bs", "5"}, {"top_n", "7"},   {"opts", "oof"}};
  session.check("sow", full, [](AMPS::Client& c) { c.sow("t", "/a", "/b", "0|1|", 5, 7, "oof", 5000); });
  session.check("sow", full,
                [](AMPS::Client& c) { c.sow(handler(), "t", "/a", "/b", "0|1|", 5, 7, "oof", 5000); });
  session.check("sow_and_subscribe", full,
                [](AMPS::Client& c) { c.sowAndSubscribe("t", "/a", "/b", "0|1|", 5, 7, "oof", 5000); });
  session.check("sow_and_subscribe", full, [](AMPS::Client& c) {
    c.sowAndSubscribe(handler(), "t", "/a", "/b", "0|1|", 5, 7, "oof", 5000);
  });
  full[3] = {"bm", ""};
  session.check("sow_and_delta_subscribe", full,
                [](AMPS::Client& c) { c.sowAndDeltaSubscribe("t", "/a", "/b", 5, 7, "oof", 5000); });
  session.check("sow_and_delta_subscribe", full, [](AMPS::Client& c) {
    c.sowAndDeltaSubscribe(handler(), "t", "/a", "/b", 5, 7, "oof", 5000);
  });

  const std::vector<Field> older = {
      {"t", "t"}, {"filter", "/a"}, {"bs", "5"}, {"top_n", "7"}, {"orderby", ""}};
  session.check("sow", older, [](AMPS::Client& c) { c.sow("t", 5000, "/a", 5, 7); });
  session.check("sow", older, [](AMPS::Client& c) { c.sow(handler(), "t", 5000, "/a", 5, 7); });
  std::vector<Field> with_oof = older;
  with_oof.push_back({"opts", "oof"});
  session.check("sow_and_subscribe", with_oof,
                [](AMPS::Client& c) { c.sowAndSubscribe("t", 5000, "/a", 5, true, 7); });
  session.check("sow_and_subscribe", with_oof,
                [](AMPS::Client& c) { c.sowAndSubscribe(handler(), "t", 5000, "/a", 5, true, 7); });
}

TEST_CASE("CPP-161 CPP-162 CPP-163: deletes by filter, content and keys") {
  Session session;
  session.check("sow_delete", {{"t", "t"}, {"filter", "/a = 1"}, {"a", "processed,stats"}},
                [](AMPS::Client& c) { c.sowDelete(handler(), "t", "/a = 1", 5000); });
  session.check("sow_delete", {{"t", "t"}, {"filter", "/a = 1"}, {"a", "processed,stats"}},
                [](AMPS::Client& c) { c.sowDelete("t", "/a = 1", 5000); });
  session.check("sow_delete", {{"t", "t"}, {"filter", ""}, {"sow_keys", ""}},
                [](AMPS::Client& c) { c.sowDeleteByData(handler(), "t", "{\"id\":1}", 5000); });
  session.check("sow_delete", {{"t", "t"}, {"filter", ""}, {"sow_keys", ""}},
                [](AMPS::Client& c) { c.sowDeleteByData("t", "{\"id\":1}", 5000); });
  session.check("sow_delete", {{"t", "t"}, {"sow_keys", "1,2"}},
                [](AMPS::Client& c) { c.sowDeleteByKeys(handler(), "t", "1,2", 5000); });
  session.check("sow_delete", {{"t", "t"}, {"sow_keys", "1,2"}},
                [](AMPS::Client& c) { c.sowDeleteByKeys("t", "1,2", 5000); });
}

TEST_CASE("CPP-005: bookmark constants and functions have the documented values") {
  CHECK(std::string(AMPS_BOOKMARK_NOW) == "0|1|");
  CHECK(std::string(AMPS_BOOKMARK_EPOCH) == "0");
  CHECK(std::string(AMPS_BOOKMARK_RECENT) == "recent");
  CHECK(AMPS::Client::BOOKMARK_NOW() == AMPS_BOOKMARK_NOW);
  CHECK(AMPS::Client::BOOKMARK_EPOCH() == AMPS_BOOKMARK_EPOCH);
  CHECK(AMPS::Client::BOOKMARK_RECENT() == AMPS_BOOKMARK_RECENT);
  CHECK(AMPS::Client::BOOKMARK_MOST_RECENT() == AMPS_BOOKMARK_RECENT);
  Session session;
  session.check("subscribe", {{"bm", "0|1|"}}, [](AMPS::Client& c) {
    c.executeAsync(AMPS::Command("subscribe").setTopic("t").setBookmark(AMPS::Client::BOOKMARK_NOW()),
                   handler());
  });
}

TEST_CASE("CPP-006 CPP-007: default numbers and integer types come with the one header") {
  CHECK(AMPS::Client::DEFAULT_BATCH_SIZE == 10);
  CHECK(AMPS::Client::DEFAULT_TOP_N == -1);
  CHECK(AMPS::Client::DEFAULT_COMMAND_TIMEOUT == 5000);
  CHECK(AMPS_DEFAULT_COMMAND_TIMEOUT == 5000);
  static_assert(sizeof(amps_uint64_t) == 8 && sizeof(amps_int64_t) == 8 && sizeof(amps_uint32_t) == 4 &&
                    sizeof(amps_int32_t) == 4 && sizeof(amps_char) == 1 &&
                    sizeof(amps_handle) == sizeof(void*),
                "types of the C interface");
}

TEST_CASE("CPP-156 CPP-158 CPP-160: an expiration goes with the message") {
  Session session;
  session.check("p", {{"t", "t"}, {"e", ""}}, [](AMPS::Client& c) { c.publish("t", "d"); });
  session.check("p", {{"t", "t"}, {"e", "60"}}, [](AMPS::Client& c) { c.publish("t", "d", 60); });
  session.check("p", {{"t", "t"}, {"e", "0"}}, [](AMPS::Client& c) { c.publish("t", 1, "d", 1, 0); });
  session.check("delta_publish", {{"t", "t"}, {"e", "60"}},
                [](AMPS::Client& c) { c.deltaPublish(std::string("t"), std::string("d"), 60); });
  session.check("delta_publish", {{"t", "t"}, {"e", "1"}},
                [](AMPS::Client& c) { c.deltaPublish("t", 1, "d", 1, 1); });
}

TEST_CASE("CPP-175 CPP-201 CPP-181: unsubscribing, heartbeats and acknowledgements") {
  Session session;
  session.check("unsubscribe", {{"sub_id", "mine"}},
                [](AMPS::Client& c) { c.unsubscribe(c.subscribe(handler(), "t", 5000, "", "", "mine")); });
  session.check("unsubscribe", {{"sub_id", "all"}}, [](AMPS::Client& c) { c.unsubscribe(); });
  session.check("heartbeat", {{"opts", "start,30"}}, [](AMPS::Client& c) { c.setHeartbeat(30); });
  session.check("heartbeat", {{"opts", "start,20"}}, [](AMPS::Client& c) { c.setHeartbeat(20, 100); });
  const std::vector<Field> one = {{"t", "queue"}, {"bm", "1|2|"}, {"opts", ""}};
  session.check("sow_delete", one, [](AMPS::Client& c) {
    Message message;
    message.setTopic("queue").setBookmark("1|2|");
    c.ack(message);
    c.flushAcks();
  });
  session.check("sow_delete", one, [](AMPS::Client& c) {
    c.ack("queue", "1|2|");
    c.flushAcks();
  });
  session.check("sow_delete", {{"t", "queue"}, {"bm", "1|3|"}, {"opts", "cancel"}}, [](AMPS::Client& c) {
    c.ack(std::string("queue"), std::string("1|3|"), "cancel");
    c.ack(AMPS::Field("queue"), AMPS::Field("1|4|"));
    c.flushAcks();
  });
}
