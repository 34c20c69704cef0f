// SPDX-License-Identifier: Apache-2.0
// An HA client moves to another server and takes its subscriptions along.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "session.h"

using namespace integration;

namespace {

struct States : AMPS::ConnectionStateListener {
  std::mutex mutex;
  std::vector<int> seen;
  void connectionStateChanged(State state) override {
    std::lock_guard<std::mutex> lock(mutex);
    seen.push_back(int(state));
  }
  std::vector<int> all() {
    std::lock_guard<std::mutex> lock(mutex);
    return seen;
  }
  long count(int state) {
    std::lock_guard<std::mutex> lock(mutex);
    return std::count(seen.begin(), seen.end(), state);
  }
};

AMPS::ServerChooser choose(const std::vector<std::string>& uris) {
  auto* chooser = new AMPS::DefaultServerChooser();
  for (const std::string& uri : uris) chooser->add(uri);
  return AMPS::ServerChooser(chooser);
}

// Publishes probes until one arrives: the subscription is placed.
bool arrives(AMPS::Client& publisher, const std::string& topic, const Inbox& inbox,
             const std::string& prefix) {
  for (int number = 0; number < 200; ++number) {
    const std::string body = prefix + std::to_string(number);
    publish(publisher, topic, body);
    if (inbox.wait_until_contains(body, std::chrono::milliseconds(50))) return true;
  }
  return false;
}

// A port nobody listens on while this lives.
class Port {
 public:
  Port() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    number_ = ntohs(address.sin_port);
  }
  ~Port() { close(fd_); }
  std::string uri() const { return "tcp://127.0.0.1:" + std::to_string(number_) + "/amps/json"; }
  int fd() const { return fd_; }

 private:
  int fd_;
  unsigned number_ = 0;
};

// Accepts connections, answers each logon, then says nothing any more.
class SilentServer {
 public:
  SilentServer() {
    listen(port_.fd(), 16);  // Before anybody connects.
    thread_ = std::thread([this] { run(); });
  }
  ~SilentServer() { stop(); }
  // From then on connecting is refused, and who was connected is cut off.
  void stop() {
    if (!thread_.joinable()) return;
    shutdown(port_.fd(), SHUT_RDWR);
    thread_.join();
    for (int fd : accepted_) close(fd);
  }
  std::string uri() const { return port_.uri(); }
  int sessions() const { return sessions_; }

 private:
  void run() {
    for (int fd; (fd = accept(port_.fd(), nullptr, nullptr)) >= 0;) {
      accepted_.push_back(fd);
      char bytes[4096];
      const ssize_t n = recv(fd, bytes, sizeof bytes, 0);
      if (n <= 0) continue;  // The client gave this attempt up.
      const std::string logon(bytes, std::size_t(n));
      const std::size_t at = logon.find("\"cid\":\"") + 7;
      const std::string id = logon.substr(at, logon.find('"', at) - at);
      const std::string header =
          R"({"c":"ack","cid":")" + id + R"(","a":"processed","status":"success","version":"1.0"})";
      const std::uint32_t length = htonl(std::uint32_t(header.size()));
      send(fd, &length, 4, MSG_NOSIGNAL);
      send(fd, header.data(), header.size(), MSG_NOSIGNAL);
      ++sessions_;
    }
  }

  Port port_;
  std::atomic<int> sessions_{0};
  std::vector<int> accepted_;  // The thread's own until it has ended.
  std::thread thread_;
};

}  // namespace

TEST_CASE("an HA client skips servers that are not there") {
  Broker broker;
  broker.listen_on_tcp();
  broker.start();
  Port nobody;
  AMPS::HAClient client("picky");
  client.setReconnectDelay(1);
  client.setServerChooser(choose({nobody.uri(), broker.uri()}));
  client.connectAndLogon();
  Inbox inbox;
  client.subscribe(inbox.handler(), "picky", kTimeoutMs);
  publish(client, "picky", "here");
  CHECK(inbox.wait_for(1));
  client.disconnect();
}

TEST_CASE("an HA client fails over, back, and its subscriptions come along") {
  Broker first, second;
  first.listen_on_tcp();
  second.listen_on_tcp();
  first.start();
  second.start();
  States states;
  Inbox inbox, stream_like;
  AMPS::HAClient client("mover");
  client.setReconnectDelay(1);
  client.setServerChooser(choose({first.uri(), second.uri()}));
  client.addConnectionStateListener(&states);
  client.connectAndLogon();
  client.subscribe(inbox.handler(), "moved", kTimeoutMs);
  client.subscribe(stream_like.handler(), "also.*", kTimeoutMs);

  AMPS::Client to_first("to-first"), to_second("to-second");
  open(to_first, first.uri());
  open(to_second, second.uri());
  REQUIRE(arrives(to_first, "moved", inbox, "first-"));

  const std::string address = "127.0.0.1:" + std::to_string(first.port());
  first.stop();
  REQUIRE(arrives(to_second, "moved", inbox, "second-"));
  REQUIRE(arrives(to_second, "also.this", stream_like, "second-"));
  CHECK(states.count(AMPS::ConnectionStateListener::Resubscribed) >= 1);

  Broker again;
  again.listen_on_tcp(address);
  again.start();
  second.stop();
  AMPS::Client to_again("to-again");
  open(to_again, again.uri());
  CHECK(arrives(to_again, "moved", inbox, "again-"));
  CHECK(arrives(to_again, "also.this", stream_like, "again-"));
  client.disconnect();
}

TEST_CASE("CPP-233: a recovery announces its steps in their order") {
  Broker first, second;
  first.listen_on_tcp();
  second.listen_on_tcp();
  first.start();
  second.start();
  States states;
  AMPS::HAClient client("in order");
  client.setReconnectDelay(1);
  client.setHeartbeat(5);
  client.setServerChooser(choose({first.uri(), second.uri()}));
  client.addConnectionStateListener(&states);
  client.connectAndLogon();
  using Listener = AMPS::ConnectionStateListener;
  const std::vector<int> up{Listener::Connected, Listener::LoggedOn, Listener::HeartbeatInitiated,
                            Listener::Resubscribed};
  CHECK(states.all() == up);
  first.stop();
  REQUIRE(eventually([&] { return states.count(Listener::Resubscribed) == 2; }));
  std::vector<int> all = up;
  all.push_back(Listener::Disconnected);
  all.insert(all.end(), up.begin(), up.end());
  CHECK(states.all() == all);
  client.disconnect();
  all.insert(all.end(), {Listener::Disconnected, Listener::Shutdown});
  CHECK(states.all() == all);
}

TEST_CASE("an unsubscribed topic is not placed again") {
  Broker first, second;
  first.listen_on_tcp();
  second.listen_on_tcp();
  first.start();
  second.start();
  Inbox kept, dropped;
  AMPS::HAClient client("tidy");
  client.setReconnectDelay(1);
  client.setServerChooser(choose({first.uri(), second.uri()}));
  client.connectAndLogon();
  client.subscribe(kept.handler(), "kept", kTimeoutMs);
  const std::string id = client.subscribe(dropped.handler(), "dropped", kTimeoutMs);
  client.unsubscribe(id);
  first.stop();
  AMPS::Client publisher("publisher");
  open(publisher, second.uri());
  publish(publisher, "dropped", "nobody wants it");
  REQUIRE(arrives(publisher, "kept", kept, "kept-"));
  publish(publisher, "dropped", "nobody wants it");
  REQUIRE(arrives(publisher, "kept", kept, "later-"));
  CHECK(dropped.bodies().empty());
  client.disconnect();
}

TEST_CASE("a silent server is left when its heartbeat stays away") {
  SilentServer silent;
  Broker broker;
  broker.listen_on_tcp();
  broker.start();
  AMPS::HAClient client("patient");
  client.setReconnectDelay(1);
  client.setHeartbeat(1, 2);
  client.setServerChooser(choose({silent.uri(), broker.uri()}));
  client.setTimeout(20000);
  client.connectAndLogon();
  // A server that could be logged on to is tried again first, so silence shows as a second session.
  CHECK(eventually([&] { return silent.sessions() >= 2; }));
  silent.stop();
  Inbox inbox;
  client.subscribe(inbox.handler(), "patient", 20000);
  publish(client, "patient", "moved on");
  CHECK(inbox.wait_for(1));
  client.disconnect();
}

TEST_CASE("disconnecting ends the search for a server") {
  Port nobody;
  AMPS::HAClient client("searching");
  client.setReconnectDelay(60000);
  client.setServerChooser(choose({nobody.uri()}));
  std::atomic<bool> failed{false};
  std::thread searching([&] {
    try {
      client.connectAndLogon();
    } catch (const AMPS::AMPSException&) {
      failed = true;
    }
  });
  const auto began = std::chrono::steady_clock::now();
  // Whether it is already searching or only about to, it must end.
  CHECK(eventually([&] {
    client.disconnect();
    return failed.load();
  }));
  CHECK((std::chrono::steady_clock::now() - began < std::chrono::seconds(3)));
  searching.join();
}
