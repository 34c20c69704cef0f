// SPDX-License-Identifier: Apache-2.0
// The logon dialogue of a session: Session's part in logon.cpp.
#include <doctest/doctest.h>

#include "client/session.h"
#include "session_fixture.h"

using namespace test;

namespace {

// An authenticator that says what it is told to, and keeps what it is asked.
struct Doorman {
  std::string token = "token";
  amps_result answer = AMPS_E_OK;
  std::string asked, completed;

  static Doorman& of(void* self) { return *static_cast<Doorman*>(self); }
  static amps_result authenticate(void* self, amps_span_t user, amps_span_t password, amps_span_t* token) {
    of(self).asked += "authenticate " + text(user) + "/" + text(password) + ";";
    *token = span(of(self).token);
    return of(self).answer;
  }
  static amps_result retry(void* self, amps_span_t user, amps_span_t challenge, amps_span_t* token) {
    of(self).asked += "retry " + text(user) + "/" + text(challenge) + ";";
    *token = span(of(self).token);
    return of(self).answer;
  }
  static amps_result complete(void* self, amps_span_t user, amps_span_t, amps_span_t reason) {
    of(self).completed = text(user) + ": " + text(reason);
    return of(self).answer;
  }
  static const amps_authenticator_vt_t* table() {
    static const amps_authenticator_vt_t table = {
        sizeof(amps_authenticator_vt_t), nullptr, nullptr, nullptr, authenticate, retry, complete};
    return &table;
  }
};

struct DoormanHolder {
  Doorman doorman;  // Outlives the client.
};

struct LogonFixture : DoormanHolder, ClientFixture {
  void connect_as(const std::string& user) {
    std::string uri = server.uri();
    uri.insert(uri.find("//") + 2, user + "@");
    REQUIRE(amps_client_connect(client, uri.c_str()) == AMPS_E_OK);
    peer = server.accept();
  }
  auto logon(bool with_doorman = true) {
    return async([this, with_doorman] {
      return amps_client_logon(client, with_doorman ? Doorman::table() : nullptr, &doorman, nullptr, 0,
                               nullptr);
    });
  }
  void ask_again(const Frame& logon, const std::string& more) {
    peer->send(R"({"c":"ack","cid":")" + logon.get(AMPS_CommandId) + R"(","a":"processed","status":"retry")" +
               more + "}");
  }
};

}  // namespace

TEST_CASE_FIXTURE(LogonFixture,
                  "user and password of the URI are sent, unescaped, when nobody else decides") {
  connect_as("me%40home:secret%21");
  auto call = logon(false);
  const auto sent = peer->accept_logon();
  CHECK(call.get() == AMPS_E_OK);
  CHECK(sent->get(AMPS_UserId) == "me@home");
  CHECK(sent->get(AMPS_Password) == "secret!");
}

TEST_CASE_FIXTURE(LogonFixture, "an authenticator turns the password into a token and hears of the success") {
  connect_as("me:secret");
  auto call = logon();
  const auto sent = peer->accept_logon(R"(,"reason":"welcome")");
  CHECK(call.get() == AMPS_E_OK);
  CHECK(sent->get(AMPS_Password) == "token");
  CHECK(doorman.asked == "authenticate me/secret;");
  CHECK(doorman.completed == "me: welcome");
}

TEST_CASE_FIXTURE(LogonFixture, "an authenticator that fails ends the logon before anything is sent") {
  connect_as("me:secret");
  doorman.answer = AMPS_E_AUTHENTICATION;
  CHECK(logon().get() == AMPS_E_AUTHENTICATION);
  CHECK(peer->is_closed(kPatience));
  CHECK(number(AMPS_CLIENT_DISCONNECTED) == 1);
}

TEST_CASE_FIXTURE(LogonFixture, "a retry names user and challenge; the reason will do for one") {
  connect_as("me:secret");
  auto call = logon();
  ask_again(*peer->read(), R"(,"user_id":"you","pw":"nonce")");
  const auto second = peer->read();
  CHECK(second->get(AMPS_UserId) == "you");
  ask_again(*second, R"(,"reason":"why")");
  peer->ack(*peer->read());
  CHECK(call.get() == AMPS_E_OK);
  CHECK(doorman.asked == "authenticate me/secret;retry you/nonce;retry you/why;");
}

TEST_CASE_FIXTURE(LogonFixture, "who cannot answer a retry fails") {
  connect();
  auto call = logon(false);
  ask_again(*peer->read(), R"(,"pw":"nonce")");
  CHECK(call.get() == AMPS_E_AUTHENTICATION);
}

TEST_CASE_FIXTURE(LogonFixture, "a second logon is a mistake of the program") {
  log_on();
  CHECK(logon(false).get() == AMPS_E_DUPLICATE_LOGON);
  CHECK(publish("t", "the session is as it was") == AMPS_E_OK);
  CHECK(peer->read_command("p") != nullptr);
}

TEST_CASE_FIXTURE(LogonFixture, "a loss in the middle of the dialogue ends it") {
  connect();
  auto call = logon(false);
  (void)peer->read_command("logon");
  peer->close();
  REQUIRE(ends(call));
  CHECK(call.get() == AMPS_E_DISCONNECTED);
}

TEST_CASE_FIXTURE(LogonFixture, "the version is packed by two digits a part, whatever the server sends") {
  const std::pair<const char*, std::uint64_t> versions[] = {
      {"5.3.4.1", 5030401}, {"6", 6000000},   {"5.3", 5030000}, {"5.300.1.2", 5990102}, {"", 0},
      {"next", 0},          {"1..2", 1000200}};
  for (const auto& [version, packed] : versions) {
    connect();
    auto call = logon(false);
    const auto sent = peer->read_command("logon");
    peer->ack(*sent, R"(,"version":")" + std::string(version) + '"');
    CHECK(call.get() == AMPS_E_OK);
    CHECK(number(AMPS_CLIENT_SERVER_VERSION) == packed);
    amps_client_disconnect(client);
  }
}
