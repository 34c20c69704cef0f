// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace integration {

namespace {

void check(amps_result result) {
  if (result == AMPS_E_OK) return;
  amps_span_t text{};
  amps_broker_last_error(nullptr, &text);
  throw std::runtime_error("broker: " + std::string(text.ptr, text.len));
}

amps_broker_transport_t transport_of(const char* type, const char* address) {
  amps_broker_transport_t transport{};
  transport.struct_size = sizeof transport;
  transport.type = type;
  transport.address = address;
  return transport;
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "amps-integration-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Certificate::Certificate(const Folder& folder, const std::string& file, const std::string& name)
    : certificate(folder.path(file + ".pem")), key(folder.path(file + ".key")) {
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=" + file +
      " -addext subjectAltName=" + name + " -keyout " + key + " -out " + certificate + " 2>/dev/null";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("the openssl program failed: " + command);
}

Broker::Broker() {
  check(amps_broker_new(&broker_));
}
Broker::~Broker() {
  amps_broker_free(broker_);
}

void Broker::listen_on_tcp(const std::string& address) {
  listen_on(transport_of("tcp", address.c_str()));
}

void Broker::listen_on_tls(const Certificate& certificate) {
  amps_broker_transport_t transport = transport_of("tcps", "127.0.0.1:0");
  transport.certificate = certificate.certificate.c_str();
  transport.private_key = certificate.key.c_str();
  listen_on(transport);
}

void Broker::listen_on_unix(const std::string& path) {
  listen_on(transport_of("unix", path.c_str()));
}
void Broker::listen_on(const amps_broker_transport_t& transport) {
  check(amps_broker_add_transport(broker_, &transport));
}
void Broker::set(amps_broker_number_t number, std::uint64_t value) {
  check(amps_broker_set_number(broker_, number, value));
}
void Broker::start() {
  check(amps_broker_start(broker_));
}
void Broker::stop() {
  amps_broker_stop(broker_);
}

amps_broker_address_t Broker::find(const std::string& type) const {
  for (std::size_t i = 0; i < amps_broker_address_count(broker_); ++i) {
    amps_broker_address_t address{};
    address.struct_size = sizeof address;
    check(amps_broker_address(broker_, i, &address));
    if (type == std::string(address.type.ptr, address.type.len)) return address;
  }
  throw std::runtime_error("the broker has no transport of type " + type);
}

unsigned Broker::port(const std::string& type) const {
  return find(type).port;
}

std::string Broker::uri(const std::string& type, const std::string& options) const {
  const amps_broker_address_t address = find(type);
  if (type == "unix")
    return "unix://localhost:0/amps/json?path=" + std::string(address.path.ptr, address.path.len);
  return type + "://127.0.0.1:" + std::to_string(address.port) + "/amps/json" +
         (options.empty() ? "" : "?" + options);
}

void Inbox::add(std::string body) {
  std::lock_guard<std::mutex> lock(mutex_);
  bodies_.push_back(std::move(body));
  changed_.notify_all();
}

AMPS::MessageHandler Inbox::handler() {
  return AMPS::MessageHandler([this](const AMPS::Message& message) { add(message.getData()); });
}

bool Inbox::wait_for(std::size_t count, std::chrono::milliseconds wait) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, wait, [&] { return bodies_.size() >= count; });
}

bool Inbox::wait_until_contains(const std::string& body, std::chrono::milliseconds wait) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, wait, [&] {
    for (const std::string& one : bodies_)
      if (one == body) return true;
    return false;
  });
}

std::vector<std::string> Inbox::bodies() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return bodies_;
}

void Flag::set() {
  std::lock_guard<std::mutex> lock(mutex_);
  set_ = true;
  changed_.notify_all();
}

bool Flag::wait(std::chrono::milliseconds wait) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, wait, [&] { return set_; });
}

bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds wait) {
  const auto end = std::chrono::steady_clock::now() + wait;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void open(AMPS::Client& client, const std::string& uri) {
  client.connect(uri);
  client.logon(int(kTimeoutMs));
}

void publish(AMPS::Client& client, const std::string& topic, const std::string& body) {
  client.publish(topic.data(), topic.size(), body.data(), body.size());
}

}  // namespace integration
