// SPDX-License-Identifier: Apache-2.0
// The C interface of the broker, through the shared library only.
#include <amps/amps_broker.h>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <string>

#include "support/raw_client.h"

namespace {

std::string text_of(amps_span_t span) {
  return {span.ptr, span.len};
}

std::string last_error(std::int32_t expected_code) {
  std::int32_t code = 0;
  amps_span_t text;
  amps_broker_last_error(&code, &text);
  CHECK(code == expected_code);
  return text_of(text);
}

struct Broker {
  Broker() { REQUIRE(amps_broker_new(&handle) == AMPS_E_OK); }
  ~Broker() { amps_broker_free(handle); }
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  amps_broker_address_t address(std::size_t index = 0) const {
    amps_broker_address_t out{};
    out.struct_size = sizeof out;
    REQUIRE(amps_broker_address(handle, index, &out) == AMPS_E_OK);
    return out;
  }
  std::uint16_t port() const { return static_cast<std::uint16_t>(address().port); }

  amps_broker_t* handle = nullptr;
};

struct Seen {
  std::mutex mutex;
  std::string lines;
  int released = 0;
};

void keep_line(amps_log_level_t, amps_span_t line, void* userdata) {
  auto* seen = static_cast<Seen*>(userdata);
  const std::lock_guard<std::mutex> lock(seen->mutex);
  seen->lines += text_of(line) + "\n";
}

void count_release(void* userdata) {
  ++static_cast<Seen*>(userdata)->released;
}

amps_result ask_twice(amps_span_t, amps_span_t user, amps_span_t password, amps_span_t* challenge, void*) {
  if (text_of(user) != "ann") return AMPS_E_AUTHENTICATION;
  if (text_of(password) == "4") return AMPS_E_OK;
  *challenge = {"2+2", 3};
  return AMPS_E_RETRY;
}

}  // namespace

TEST_CASE("EMB-01: a broker without settings serves any message type on a free loopback port") {
  Broker broker;
  CHECK(amps_broker_is_running(broker.handle) == 0);
  CHECK(amps_broker_address_count(broker.handle) == 0);
  REQUIRE(amps_broker_start(broker.handle) == AMPS_E_OK);
  CHECK(amps_broker_is_running(broker.handle) == 1);
  REQUIRE(amps_broker_address_count(broker.handle) == 1);
  const amps_broker_address_t address = broker.address();
  CHECK(text_of(address.type) == "tcp");
  CHECK(text_of(address.host) == "127.0.0.1");
  CHECK(text_of(address.name) == "any-tcp");
  CHECK(address.message_type.len == 0);
  raw::Client client(broker.port());
  client.logon();
  amps_span_t json;
  REQUIRE(amps_broker_statistics(broker.handle, &json) == AMPS_E_OK);
  CHECK(text_of(json).find("\"logons\":1") != std::string::npos);
  CHECK(amps_broker_start(broker.handle) == AMPS_E_USAGE);
  CHECK(amps_broker_set_name(broker.handle, "late") == AMPS_E_USAGE);
  amps_broker_stop(broker.handle);
  amps_broker_stop(broker.handle);
  client.wait_closed();
  REQUIRE(amps_broker_start(broker.handle) == AMPS_E_OK);
}

TEST_CASE("wrong arguments are errors with a text, never a crash") {
  Broker broker;
  CHECK(amps_broker_new(nullptr) == AMPS_E_USAGE);
  CHECK(amps_broker_start(nullptr) == AMPS_E_USAGE);
  CHECK(last_error(AMPS_E_USAGE) == "broker is NULL");
  amps_broker_stop(nullptr);
  amps_broker_free(nullptr);
  CHECK(amps_broker_is_running(nullptr) == 0);
  amps_broker_transport_t transport{};
  CHECK(amps_broker_add_transport(broker.handle, &transport) == AMPS_E_USAGE);  // struct_size is 0.
  transport.struct_size = sizeof transport;
  transport.type = "pigeon";
  CHECK(amps_broker_add_transport(broker.handle, &transport) == AMPS_E_TRANSPORT_TYPE);
  CHECK(last_error(AMPS_E_TRANSPORT_TYPE).find("pigeon") != std::string::npos);
  transport.type = "tcp";
  transport.message_type = "yaml";
  CHECK(amps_broker_add_transport(broker.handle, &transport) == AMPS_E_MESSAGE_TYPE);
  transport.message_type = "json";
  transport.address = "nowhere";
  CHECK(amps_broker_add_transport(broker.handle, &transport) == AMPS_E_URI);
  std::uint64_t value;
  CHECK(amps_broker_get_number(broker.handle, AMPS_BROKER_NUMBER_COUNT, &value) == AMPS_E_USAGE);
  CHECK(amps_broker_get_number(broker.handle, AMPS_BROKER_LOGON_TIMEOUT_MS, &value) == AMPS_E_OK);
  CHECK(value == 10'000);
  CHECK(amps_broker_set_number(broker.handle, AMPS_BROKER_IO_THREADS, 1000) == AMPS_E_USAGE);
  amps_broker_address_t address{};
  address.struct_size = sizeof address;
  CHECK(amps_broker_address(broker.handle, 0, &address) == AMPS_E_USAGE);
  amps_broker_last_error(nullptr, nullptr);
}

TEST_CASE("structs of a caller that knows fewer members are accepted") {
  Broker broker;
  amps_broker_transport_t transport{};
  transport.struct_size = offsetof(amps_broker_transport_t, message_type);
  transport.message_type = "not read";
  REQUIRE(amps_broker_add_transport(broker.handle, &transport) == AMPS_E_OK);
  REQUIRE(amps_broker_start(broker.handle) == AMPS_E_OK);
  amps_broker_address_t address{};
  address.port = 4711;
  address.struct_size = offsetof(amps_broker_address_t, type);
  REQUIRE(amps_broker_address(broker.handle, 0, &address) == AMPS_E_OK);
  CHECK(text_of(address.name) == "any-tcp");
  CHECK(address.port == 4711);
}

TEST_CASE("EMB-02: configurations are read, refused with a place, and written") {
  Broker broker;
  const std::string xml =
      "<AMPSConfig><Name>${WHO}</Name><Transports><Transport><InetAddr>127.0.0.1:0</InetAddr>"
      "<MessageType>nvfix</MessageType></Transport></Transports></AMPSConfig>";
  CHECK(amps_broker_configure(broker.handle, {"<AMPSConfig><X/></AMPSConfig>", 29}, "a.xml", nullptr) ==
        AMPS_E_USAGE);
  CHECK(last_error(AMPS_E_USAGE) == "a.xml:1:14: unknown element X");
  REQUIRE(amps_broker_configure(broker.handle, {xml.data(), xml.size()}, nullptr, "WHO=me\0A=b\0") ==
          AMPS_E_OK);
  amps_span_t dump;
  REQUIRE(amps_broker_dump(broker.handle, &dump) == AMPS_E_OK);
  CHECK(text_of(dump).find("<Name>me</Name>") != std::string::npos);
  REQUIRE(amps_broker_start(broker.handle) == AMPS_E_OK);
  CHECK(text_of(broker.address().message_type) == "nvfix");
  CHECK(amps_broker_configure_file(broker.handle, "/nonexistent/file.xml", nullptr) != AMPS_E_OK);
  Broker sample;
  const char* text = amps_broker_sample();
  CHECK(amps_broker_configure(sample.handle, {text, std::strlen(text)}, "sample", nullptr) == AMPS_E_OK);
}

TEST_CASE("LOG-04 log lines go to the program, without passwords, and the sink is released once") {
  Seen seen;
  std::int32_t wants_trace = 0;
  SUBCASE("what happens") {}
  SUBCASE("every frame too") {
    wants_trace = 1;
  }
  {
    Broker broker;
    const amps_broker_log_t log{sizeof log, keep_line, &seen, count_release, wants_trace};
    REQUIRE(amps_broker_set_log(broker.handle, &log) == AMPS_E_OK);
    REQUIRE(amps_broker_start(broker.handle) == AMPS_E_OK);
    raw::Client client(broker.port());
    client.command(
        "\"c\":\"logon\",\"client_name\":\"c\",\"mt\":\"json\",\"user_id\":\"u\",\"pw\":\"secret\"");
    amps_broker_stop(broker.handle);
    CHECK(seen.released == 0);
  }
  CHECK(seen.released == 1);
  CHECK(seen.lines.find("client c") != std::string::npos);
  CHECK((seen.lines.find("logon of user u, client c, not shown") != std::string::npos) == (wants_trace != 0));
  CHECK(seen.lines.find("secret") == std::string::npos);
}

TEST_CASE("the log function may ask the broker, also while it starts and stops") {
  struct Asking {
    Broker broker;
    std::atomic<int> asked{0};
  } asking;
  const amps_broker_log_t log{sizeof log,
                              [](amps_log_level_t, amps_span_t, void* userdata) {
                                auto* self = static_cast<Asking*>(userdata);
                                (void)amps_broker_is_running(self->broker.handle);
                                (void)amps_broker_address_count(self->broker.handle);
                                amps_span_t json;
                                (void)amps_broker_statistics(self->broker.handle, &json);
                                ++self->asked;
                              },
                              &asking, nullptr, 0};
  REQUIRE(amps_broker_set_log(asking.broker.handle, &log) == AMPS_E_OK);
  for (int round = 0; round < 2; ++round) {
    REQUIRE(amps_broker_start(asking.broker.handle) == AMPS_E_OK);
    CHECK(amps_broker_is_running(asking.broker.handle) == 1);
    const int after_start = asking.asked;
    CHECK(after_start > 0);
    raw::Client client(asking.broker.port());  // Its end is told while the broker stops.
    client.logon("asks");
    amps_broker_stop(asking.broker.handle);
    CHECK(asking.asked > after_start);
    CHECK(amps_broker_is_running(asking.broker.handle) == 0);
    CHECK(amps_broker_address_count(asking.broker.handle) == 0);
    amps_span_t json;
    CHECK(amps_broker_statistics(asking.broker.handle, &json) == AMPS_E_OK);
  }
}

TEST_CASE("EMB-06: a manual clock moves when it is told to, and what is due is done") {
  Broker broker;
  CHECK(amps_broker_advance(broker.handle, 1) == AMPS_E_USAGE);
  CHECK(last_error(AMPS_E_USAGE) == "the broker's clock is that of the system");
  const std::string xml =
      "<AMPSConfig><SOW><Topic><Name>t</Name><MessageType>json</MessageType><Key>/id</Key>"
      "<Durability>transient</Durability><Expiration>10s</Expiration></Topic></SOW></AMPSConfig>";
  REQUIRE(amps_broker_configure(broker.handle, {xml.data(), xml.size()}, nullptr, nullptr) == AMPS_E_OK);
  REQUIRE(amps_broker_use_manual_clock(broker.handle) == AMPS_E_OK);
  CHECK(amps_broker_advance(broker.handle, 1) == AMPS_E_OK);  // Before the start, too.
  REQUIRE(amps_broker_start(broker.handle) == AMPS_E_OK);
  CHECK(amps_broker_use_manual_clock(broker.handle) == AMPS_E_USAGE);
  raw::Client client(broker.port());
  client.logon();
  client.subscribe("t", "s", "oof");
  client.publish("t", R"({"id":1})");
  client.next("p");
  CHECK(amps_broker_advance(broker.handle, 9'999) == AMPS_E_OK);
  client.expect_nothing();
  CHECK(amps_broker_advance(broker.handle, 1) == AMPS_E_OK);
  CHECK(client.next("oof").get("reason") == "expired");
}

TEST_CASE("an authenticator decides, and may ask again") {
  Seen seen;
  Broker broker;
  const amps_broker_authenticator_t table{sizeof table, ask_twice, &seen, count_release};
  REQUIRE(amps_broker_set_authenticator(broker.handle, &table) == AMPS_E_OK);
  REQUIRE(amps_broker_start(broker.handle) == AMPS_E_OK);
  const std::string logon = "\"c\":\"logon\",\"client_name\":\"c\",\"mt\":\"json\",\"user_id\":";
  raw::Client client(broker.port());
  CHECK(client.command(logon + "\"ann\"").get("pw") == "2+2");
  CHECK(client.command(logon + "\"ann\",\"pw\":\"4\"").get("status") == "success");
  raw::Client other(broker.port());
  CHECK(other.command(logon + "\"bob\"").get("reason") == "auth failure");
  CHECK(other.wait_closed().empty());
}

TEST_CASE("a child of fork may free its copy, and the parent's broker goes on") {
  Broker broker;
  REQUIRE(amps_broker_start(broker.handle) == AMPS_E_OK);
  raw::Client client(broker.port());
  client.logon();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(10);  // A child that hangs is a failure, not a hanging test.
    amps_broker_free(broker.handle);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  client.expect_nothing();
  raw::Client another(broker.port());
  another.logon();
}

TEST_CASE("EMB-03: several brokers in one process know nothing of each other") {
  Broker first, second;
  REQUIRE(amps_broker_start(first.handle) == AMPS_E_OK);
  REQUIRE(amps_broker_start(second.handle) == AMPS_E_OK);
  raw::Client one(first.port()), two(second.port());
  one.logon();
  two.logon();
  one.subscribe("t", "1");
  two.publish("t", "x");
  two.expect_nothing();
  one.expect_nothing();
}
