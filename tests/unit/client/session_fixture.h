// SPDX-License-Identifier: Apache-2.0
// A client and the server it talks to, with the words the client tests are written in.
// Threads: the test's thread, and handlers on receive threads.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "amps/amps.h"
#include "client/client.h"
#include "fake_server.h"

namespace test {

inline amps_span_t span(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string text(amps_span_t bytes) {
  return bytes.len == 0 ? std::string() : std::string(bytes.ptr, bytes.len);
}

// Collects what a handler gets, and does what the test says.
class Inbox {
 public:
  struct Item {
    std::string command, data, sub_id, ack_type, status;
  };
  Inbox() = default;
  // Waits for the call that runs. Later messages are dropped, and the client may outlive the inbox.
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  amps_handler_t handler(std::uint32_t flags = 0);
  std::size_t count() const;
  std::size_t released() const { return state_->released; }
  Item at(std::size_t index) const;
  bool wait(std::size_t count) const {
    return eventually([&] { return this->count() >= count; });
  }

 private:
  struct State {
    std::mutex mutex;
    std::vector<Item> items;
    std::function<void(amps_message_ref_t*)> on_message;
    std::atomic<std::size_t> released{0};
    std::atomic<bool> is_over{false};
    std::atomic<int> running{0};
  };
  using StatePtr = std::shared_ptr<State>;  // Shared by the inbox and its registrations.
  static void receive(amps_message_ref_t* message, void* userdata);

  StatePtr state_ = std::make_shared<State>();

 public:
  std::function<void(amps_message_ref_t*)>& on_message = state_->on_message;  // Set before messages come.
};

// Runs a blocking call of the client beside the test.
template <typename Call>
auto async(Call call) {
  return std::async(std::launch::async, std::move(call));
}

// A blocked call has returned; false when it still has not long after it should.
template <typename Result>
bool ends(const std::future<Result>& call) {
  return call.wait_for(kPatience) == std::future_status::ready;
}

class Command {
 public:
  explicit Command(std::uint32_t command, std::string_view topic = "");
  ~Command() { amps_message_release(message_); }
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  Command& set(FieldId field, std::string_view value);
  Command& acks(std::uint32_t bits);
  Command& data(std::string_view value);
  amps_message_t* get() const { return message_; }

 private:
  amps_message_t* message_;
};

struct ClientFixture {
  explicit ClientFixture(std::uint32_t kind = AMPS_CLIENT_KIND_PLAIN);
  ~ClientFixture();
  amps::client::Client& core() { return *amps::client::Client::from(client); }
  // Connects and logs on.
  void log_on();
  void connect();
  // Subscribes with id `sub_id` and lets it succeed.
  void subscribe(Inbox& inbox, const char* sub_id, std::uint32_t acks = 0);
  amps_result execute(const Command& command, Inbox* inbox = nullptr, std::uint32_t timeout_ms = 0,
                      std::uint32_t flags = 0, std::string* id = nullptr);
  void publish_to(const char* sub_ids, std::string_view body);
  amps_result publish(std::string_view topic, std::string_view data, std::uint32_t flags = 0);
  std::uint64_t number(amps_client_number_t which);

  FakeServer server;
  std::unique_ptr<Peer> peer;
  amps_client_t* client = nullptr;
  // What the exception listener heard.
  std::vector<std::string> reports() const;
  mutable std::mutex report_mutex;
  std::vector<std::string> reported;
};

struct HaFixture : ClientFixture {
  HaFixture();
  ~HaFixture();
  // Runs connect_and_logon and serves it.
  void start();
  void* chooser = nullptr;
  const amps_server_chooser_vt_t* chooser_table = nullptr;
};

}  // namespace test
