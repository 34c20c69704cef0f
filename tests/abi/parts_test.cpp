// SPDX-License-Identifier: Apache-2.0
// Parts of a client that a program writes in C++: choosers, delays, managers, stores, authenticators.
#include <doctest/doctest.h>
#include <amps/ampsplusplus.hpp>

#include <map>
#include <memory>
#include <mutex>

#include "broker.h"

using AMPS::Field;
using AMPS::Message;
using facade::Received;
using facade::RunningBroker;

namespace {

class LastOfList : public AMPS::ServerChooserImpl {
 public:
  LastOfList(const std::vector<std::string>& uris, Received* reports) : uris_(uris), reports_(reports) {}
  ~LastOfList() override { reports_->add("freed"); }
  std::string getCurrentURI() override { return uris_.empty() ? "" : uris_.front(); }
  AMPS::Authenticator& getCurrentAuthenticator() override { return AMPS::DefaultAuthenticator::instance(); }
  void reportFailure(const AMPS::AMPSException& failure, const AMPS::ConnectionInfo& info) override {
    reports_->add(std::to_string(failure.code()) + " " + info.at("client.name"));
    if (uris_.size() > 1) uris_.erase(uris_.begin());
  }
  void reportSuccess(const AMPS::ConnectionInfo&) override { reports_->add("success"); }
  std::string getError() override { return "the list is empty"; }

 private:
  std::vector<std::string> uris_;
  Received* reports_;
};

class NoWait : public AMPS::ReconnectDelayStrategyImpl {
 public:
  explicit NoWait(int tries) : tries_(tries) {}
  unsigned int getConnectWaitDuration(const std::string&) override {
    if (tries_-- == 0) throw AMPS::ReconnectMaximumExceededException("tried often enough");
    return 0;
  }
  void reset() override {}

 private:
  int tries_;
};

struct Placed : AMPS::SubscriptionManager {
  explicit Placed(Received* calls) : calls_(calls) {}
  void subscribe(AMPS::MessageHandler handler, Message message, unsigned) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    calls_->add("subscribe " + std::string(message.getTopic()));
    kept_[message.getSubscriptionId()] = Kept{handler, message.deepCopy()};
  }
  void unsubscribe(const Field& id) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    calls_->add("unsubscribe");
    kept_.erase(id);
  }
  void clear() override { calls_->add("clear"); }
  void resubscribe(AMPS::Client& client) override {
    std::map<std::string, Kept> kept;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      kept = kept_;
    }
    for (auto& entry : kept) client.send(entry.second.handler, entry.second.message, 5000);
    calls_->add("resubscribed " + std::to_string(kept.size()));
  }

 private:
  struct Kept {
    AMPS::MessageHandler handler;
    Message message;
  };
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
  Received* calls_;
};

struct Remembers : AMPS::BookmarkStoreImpl {
  explicit Remembers(Received* calls) : calls_(calls) {}
  size_t log(Message& message) override {
    calls_->add("log " + std::string(message.getBookmark()));
    return 7;
  }
  Field getMostRecent(const Field&) override {
    recent_ = "1|2|";
    return Field(recent_);
  }
  bool isDiscarded(Message& message) override { return message.getData() == "seen"; }
  void purge() override { calls_->add("purge"); }
  Received* calls_;
  std::string recent_;
};

struct KeepsNothing : AMPS::StoreImpl {
  amps_uint64_t store(const Message&) override { return 1; }
  void discardUpTo(amps_uint64_t) override {}
  void replay(AMPS::StoreReplayer&) override {}
  bool replaySingle(AMPS::StoreReplayer&, amps_uint64_t) override { return false; }
  size_t unpersistedCount() const override { return 3; }
  void flush(long) override {}
};

struct Answers : AMPS::Authenticator {
  std::string authenticate(const std::string& user, const std::string&) override {
    return user + "'s secret";
  }
  std::string retry(const std::string&, const std::string&) override {
    throw AMPS::AuthenticationException("no");
  }
  void completed(const std::string& user, const std::string&, const std::string&) override {
    completed_for = user;
  }
  std::string completed_for;
};

}  // namespace

TEST_CASE(
    "CPP-218 CPP-226 CPP-235 CPP-236 CPP-237 CPP-238 CPP-239: "
    "a chooser in C++ leads an HAClient past a dead server") {
  RunningBroker broker;
  Received reports;
  {
    AMPS::HAClient client("chooses");
    client.setReconnectDelay(0);
    client.setServerChooser(new LastOfList({"tcp://127.0.0.1:1/amps/json", broker.uri()}, &reports));
    client.connectAndLogon();
    CHECK_FALSE(client.disconnected());
    const AMPS::ServerChooser chooser = client.getServerChooser();
    CHECK(dynamic_cast<LastOfList*>(chooser.get()) != nullptr);
    client.disconnect();
  }
  CHECK(reports.joined(3) == std::to_string(AMPS_E_CONNECTION_REFUSED) + " chooses; success; freed");
}

TEST_CASE(
    "CPP-218 CPP-240 CPP-224 CPP-243 CPP-332: "
    "connecting ends when the chooser or the delay strategy gives up") {
  Received reports;
  AMPS::HAClient client("gives-up");
  CHECK_THROWS_AS(client.connectAndLogon(), AMPS::AMPSException);
  client.setServerChooser(AMPS::ServerChooser(new LastOfList({}, &reports)));
  CHECK_THROWS_WITH_AS(client.connectAndLogon(), doctest::Contains("the list is empty"), AMPS::AMPSException);
  client.setServerChooser(AMPS::ServerChooser(new LastOfList({"tcp://127.0.0.1:1/amps/json"}, &reports)));
  client.setReconnectDelayStrategy(AMPS::ReconnectDelayStrategy(new NoWait(3)));
  CHECK(dynamic_cast<NoWait*>(client.getReconnectDelayStrategy().get()) != nullptr);
  CHECK_THROWS_AS(client.connectAndLogon(), AMPS::ReconnectMaximumExceededException);
}

TEST_CASE("CPP-241 CPP-244 CPP-245 CPP-259: the library's own parts can be used and derived from") {
  RunningBroker broker;
  AMPS::DefaultServerChooser* const list = new AMPS::DefaultServerChooser();
  AMPS::ServerChooser chooser(list);
  list->addAll(std::vector<std::string>{"tcp://127.0.0.1:1/amps/json"});
  chooser.add(broker.uri());
  CHECK(chooser.getCurrentURI() == "tcp://127.0.0.1:1/amps/json");
  list->next();
  CHECK(chooser.getCurrentURI() == broker.uri());
  chooser.remove("tcp://127.0.0.1:1/amps/json");
  AMPS::ExponentialDelayStrategy delays(10, 100, 2.0, 0, 0.0);
  CHECK(delays.getConnectWaitDuration("a") == 0);
  CHECK(delays.getConnectWaitDuration("a") == 10);
  CHECK(delays.getConnectWaitDuration("a") == 20);
  AMPS::HAClient client("defaults");
  client.setServerChooser(chooser);
  client.setSubscriptionManager(new AMPS::MemorySubscriptionManager());
  client.setReconnectDelayStrategy(new AMPS::FixedDelayStrategy(1));
  client.connectAndLogon();
  CHECK_FALSE(client.getServerVersionInfo().getVersionString().empty());
}

TEST_CASE("CPP-215 CPP-234: a plain client where an HAClient is wanted is refused") {
  AMPS::Client plain("plain");
  AMPS::HAClient& wrong = *reinterpret_cast<AMPS::HAClient*>(&plain);  // What a ctypes call amounts to.
  CHECK_THROWS_AS(wrong.connectAndLogon(), AMPS::UsageException);
  CHECK_THROWS_AS(wrong.setServerChooser(AMPS::ServerChooser(new AMPS::DefaultServerChooser())),
                  AMPS::UsageException);
  CHECK_THROWS_AS(wrong.setReconnectDelay(1), AMPS::UsageException);
  CHECK_THROWS_AS(wrong.getTimeout(), AMPS::UsageException);
  AMPS::HAClient real("real");
  AMPS::Client& base = real;
  CHECK(base.getName() == "real");
}

TEST_CASE("CPP-206 CPP-207 CPP-254 CPP-257: a subscription manager in C++ places subscriptions again") {
  Received calls, received;
  auto first = std::make_unique<RunningBroker>();
  RunningBroker second;
  AMPS::HAClient client("resubscribes");
  Placed* const placed = new Placed(&calls);
  client.setSubscriptionManager(placed);
  CHECK(client.getSubscriptionManager() == placed);
  client.setReconnectDelay(0);
  AMPS::ServerChooser chooser(new AMPS::DefaultServerChooser());
  chooser.add(first->uri()).add(second.uri());
  client.setServerChooser(chooser);
  client.connectAndLogon();
  client.subscribe([&](Message& m) { received.add(m.getData()); }, "orders");
  CHECK(calls.joined(2) == "resubscribed 0; subscribe orders");
  first.reset();
  CHECK(calls.joined(3) == "resubscribed 0; subscribe orders; resubscribed 1");
  AMPS::Client publisher("publisher");
  publisher.connect(second.uri());
  publisher.logon();
  publisher.publish("orders", "after the loss");
  CHECK(received.joined(1) == "after the loss");
}

TEST_CASE(
    "CPP-202 CPP-203 CPP-204 CPP-205 CPP-260 CPP-283: "
    "stores set from C++ come back as the objects they were") {
  Received calls;
  AMPS::Client client("stores");
  Remembers* const bookmarks = new Remembers(&calls);
  client.setBookmarkStore(AMPS::BookmarkStore(bookmarks));
  CHECK(client.getBookmarkStore().get() == bookmarks);
  CHECK(client.getBookmarkStore().getMostRecent("1") == "1|2|");
  client.setPublishStore(AMPS::Store(new KeepsNothing()));
  CHECK(client.getPublishStore().unpersistedCount() == 3);
  client.setBookmarkStore(AMPS::BookmarkStore());
  client.setPublishStore(AMPS::Store());
  CHECK_FALSE(client.getBookmarkStore().isValid());
  CHECK_FALSE(client.getPublishStore().isValid());
  RunningBroker broker;
  client.connect(broker.uri());
  client.logon();
  CHECK_THROWS_AS(client.setBookmarkStore(AMPS::BookmarkStore(new Remembers(&calls))),
                  AMPS::AlreadyConnectedException);
}

TEST_CASE("C-110: tables of user objects call through and report what was thrown") {
  Received calls;
  AMPS::Client client("tables");
  client.setBookmarkStore(AMPS::BookmarkStore(new Remembers(&calls)));
  const amps_bookmark_store_vt_t* table = nullptr;
  void* self = nullptr;
  REQUIRE(amps_client_get_bookmark_store(static_cast<amps_client_t*>(client.getHandle()), &table, &self) ==
          AMPS_E_OK);
  Message message;
  message.setBookmark("5|6|").setData("seen");
  amps_message_ref_t ref = {static_cast<amps_message_t*>(message.getMessage())};
  uint64_t index = 0;
  CHECK(table->log(self, &ref, &index) == AMPS_E_OK);
  CHECK(index == 7);
  int32_t discarded = 0;
  CHECK(table->is_discarded(self, &ref, &discarded) == AMPS_E_OK);
  CHECK(discarded == 1);
  CHECK(table->purge(self, amps_span_t{nullptr, 0}) == AMPS_E_OK);
  CHECK(calls.joined(2) == "log 5|6|; purge");
  AMPS::detail::PartRef<AMPS::ReconnectDelayStrategyImpl> delay(new NoWait(0));
  uint32_t wait_ms = 0;
  CHECK(delay.table()->wait_duration(delay.self(), amps_span_t{"u", 1}, &wait_ms) == AMPS_E_RECONNECT_MAX);
}

TEST_CASE("C-110 CPP-227: an object of another language is forwarded to, and passed on as it is") {
  const amps_server_chooser_vt_t* table = nullptr;
  void* self = nullptr;
  REQUIRE(amps_default_chooser_new(&table, &self) == AMPS_E_OK);
  REQUIRE(amps_default_chooser_add(self, amps_span_t{"tcp://a:1/amps", 14}, nullptr, nullptr) == AMPS_E_OK);
  AMPS::HAClient client("forwards");
  amps_client_t* const body = static_cast<amps_client_t*>(client.getHandle());
  REQUIRE(amps_client_set_server_chooser(body, table, self) == AMPS_E_OK);
  table->release(self);
  AMPS::ServerChooser chooser = client.getServerChooser();
  CHECK(chooser.getCurrentURI() == "tcp://a:1/amps");
  CHECK(&chooser.getCurrentAuthenticator() == &AMPS::DefaultAuthenticator::instance());
  CHECK_THROWS_AS(chooser.add("tcp://b:1/amps"), AMPS::UsageException);
  client.setServerChooser(chooser);
  void* again = nullptr;
  REQUIRE(amps_client_get_server_chooser(body, &table, &again) == AMPS_E_OK);
  CHECK(again == self);
  CHECK(client.getSubscriptionManager() == nullptr);
}

TEST_CASE("CPP-197 CPP-198: a failed write handler belongs to the client") {
  struct Refused : AMPS::FailedWriteHandler {
    explicit Refused(const std::shared_ptr<int>& kept) : alive(kept) {}
    void failedWrite(const Message&, const char*, size_t) override {}
    std::shared_ptr<int> alive;
  };
  const std::shared_ptr<int> alive = std::make_shared<int>(0);
  AMPS::Client client("refused");
  CHECK(client.getFailedWriteHandler() == nullptr);
  Refused* const handler = new Refused(alive);
  client.setFailedWriteHandler(handler);
  CHECK(client.getFailedWriteHandler() == handler);
  CHECK(alive.use_count() == 2);
  client.setFailedWriteHandler(nullptr);
  CHECK(alive.use_count() == 1);
}

TEST_CASE("CPP-145 CPP-246 CPP-248: an authenticator in C++ provides the password and hears of the logon") {
  RunningBroker broker;
  Answers answers;
  AMPS::Client client("authenticates");
  client.connect("tcp://joe@" + broker.uri().substr(6));
  client.logon(5000, answers);
  CHECK(answers.completed_for == "joe");
}

namespace {

class Refuses : public AMPS::Authenticator {
 public:
  std::string authenticate(const std::string&, const std::string&) override {
    throw AMPS::NotEntitledException("no token for this program");
  }
  std::string retry(const std::string&, const std::string&) override { return ""; }
  void completed(const std::string&, const std::string&, const std::string&) override {}
};

class WithoutToken : public LastOfList {
 public:
  using LastOfList::LastOfList;
  AMPS::Authenticator& getCurrentAuthenticator() override { return authenticator_; }

 private:
  Refuses authenticator_;
};

}  // namespace

TEST_CASE("CPP-246: what an authenticator throws reaches the caller of connectAndLogon") {
  RunningBroker broker;
  Received reports;
  AMPS::HAClient client("no token");
  client.setServerChooser(new WithoutToken({broker.uri()}, &reports));
  try {
    client.connectAndLogon();
    FAIL("logged on without a token");
  } catch (const AMPS::NotEntitledException& error) {
    CHECK(std::string(error.what()).find("no token for this program") != std::string::npos);
  }
  CHECK(reports.wait_for(1)[0] == std::to_string(AMPS_E_NOT_ENTITLED) + " no token");
}
