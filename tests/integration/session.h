// SPDX-License-Identifier: Apache-2.0
// What the integration tests speak of: a real broker in this process, what a subscriber received,
// and files that vanish with the test. Everything waits with a deadline, nothing sleeps.
#pragma once

#include <amps/amps_broker.h>

#include <amps/ampsplusplus.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace integration {

constexpr long kTimeoutMs = 5000;
constexpr std::chrono::seconds kWait(10);

// A folder of its own under the temporary directory, removed with everything in it.
class Folder {
 public:
  Folder();
  ~Folder();
  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A self-signed certificate and its key, made for one host name or address.
struct Certificate {
  // Requires: the openssl program. @param name as in subjectAltName, for example "IP:127.0.0.1".
  Certificate(const Folder& folder, const std::string& file, const std::string& name);
  std::string certificate, key;
};

// A broker that listens on tcp, on a free port, and on what else is added before start().
class Broker {
 public:
  Broker();
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  void listen_on_tcp(const std::string& address = "127.0.0.1:0");
  void listen_on_tls(const Certificate& certificate);
  void listen_on_unix(const std::string& path);
  void set(amps_broker_number_t number, std::uint64_t value);
  void start();
  void stop();

  // The URI of the first transport of this type: "tcp", "tcps", "unix".
  std::string uri(const std::string& type = "tcp", const std::string& options = "") const;
  unsigned port(const std::string& type = "tcp") const;

 private:
  void listen_on(const amps_broker_transport_t& transport);
  amps_broker_address_t find(const std::string& type) const;
  amps_broker_t* broker_ = nullptr;
};

// Collects bodies. Threads: any.
class Inbox {
 public:
  void add(std::string body);
  AMPS::MessageHandler handler();
  // False when fewer came in time.
  bool wait_for(std::size_t count, std::chrono::milliseconds wait = kWait) const;
  bool wait_until_contains(const std::string& body, std::chrono::milliseconds wait = kWait) const;
  std::vector<std::string> bodies() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> bodies_;
};

// Set once. Threads: any.
class Flag {
 public:
  void set();
  bool wait(std::chrono::milliseconds wait = kWait) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool set_ = false;
};

// Polls until it holds or the time is over; the value is the last answer.
bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds wait = kWait);

void open(AMPS::Client& client, const std::string& uri);
void publish(AMPS::Client& client, const std::string& topic, const std::string& body);

}  // namespace integration
