// SPDX-License-Identifier: Apache-2.0
// What the tests load by ctypes: handlers and functions as users write them.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

#include "amps/ampsplusplus.hpp"

namespace {

std::atomic<std::uint64_t> g_counted{0};
std::atomic<std::uint64_t> g_userdata{0};

struct Seen {
  std::uint64_t count;
  char topic[64];
  char data[64];
  char sow_key[64];
};

void copy_to(char (&to)[64], const AMPS::Field& from) {
  std::size_t size = from.len() < sizeof to - 1 ? from.len() : sizeof to - 1;
  std::memcpy(to, from.data(), size);
  to[size] = '\0';
}

class FixedChooser : public AMPS::ServerChooserImpl {
 public:
  explicit FixedChooser(const char* uri) : uri_(uri) {}
  std::string getCurrentURI() override { return uri_; }
  AMPS::Authenticator& getCurrentAuthenticator() override { return authenticator_; }
  void reportFailure(const AMPS::AMPSException&, const AMPS::ConnectionInfo&) override {}
  void reportSuccess(const AMPS::ConnectionInfo&) override {}

 private:
  std::string uri_;
  AMPS::DefaultAuthenticator authenticator_;
};

void copy_error(const std::exception& error, char* text, std::size_t size) {
  std::strncpy(text, error.what(), size - 1);
  text[size - 1] = '\0';
}

}  // namespace

extern "C" {

// Counts in its userdata; the shape the chapter shows.
void my_message_handler(AMPS::Message& message, void* userdata) {
  ++g_counted;
  if (userdata != NULL) ++static_cast<std::atomic<std::uint64_t>*>(userdata)[0];
}

void const_handler(const AMPS::Message& message, void* userdata) {
  ++static_cast<std::atomic<std::uint64_t>*>(userdata)[0];
}

void look(AMPS::Message& message, void* userdata) {
  Seen* seen = static_cast<Seen*>(userdata);
  copy_to(seen->topic, message.getTopic());
  copy_to(seen->data, message.getData());
  copy_to(seen->sow_key, message.getSowKey());
  ++reinterpret_cast<std::atomic<std::uint64_t>&>(seen->count);
}

void keep_userdata(AMPS::Message&, void* userdata) {
  g_userdata = reinterpret_cast<std::uint64_t>(userdata);
  ++g_counted;
}

void keep_text(AMPS::Message&, void* userdata) {
  g_userdata = std::strlen(static_cast<const char*>(userdata));
  ++g_counted;
}

void keep_wide_text(AMPS::Message&, void* userdata) {
  g_userdata = std::char_traits<wchar_t>::length(static_cast<const wchar_t*>(userdata));
  ++g_counted;
}

void throwing_handler(AMPS::Message&, void*) {
  throw std::runtime_error("thrown by a native handler");
}

void throwing_a_number(AMPS::Message&, void*) {
  throw 5;
}

std::uint64_t counted() {
  return g_counted;
}
std::uint64_t seen_userdata() {
  return g_userdata;
}

void publish_data(AMPS::Client& client, const char* topic, const char* data) {
  try {
    if (&client && topic && data) {
      client.publish(topic, data);
    }
  } catch (AMPS::Exception& e) {
  }
}

void publish_second(const char* topic, AMPS::Client& client, const char* data) {
  publish_data(client, topic, data);
}

void vector_publish(AMPS::Client& client, const char* topic, const char** data, size_t vector_length) {
  try {
    if (topic && &client) {
      for (; vector_length; --vector_length, ++data) {
        client.publish(topic, *data);
      }
    }
  } catch (AMPS::Exception& e) {
  }
}

// Publishes and waits until *counted has grown by as many; 0 when that takes longer than wait_ms.
int publish_and_wait(AMPS::Client& client, const char* topic, int messages,
                     std::atomic<std::uint64_t>* counted, int wait_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  const std::uint64_t wanted = *counted + messages;
  for (int i = 0; i < messages; ++i) publish_data(client, topic, "x");
  while (*counted < wanted && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return *counted >= wanted;
}

// 0, or 1 with the text of the exception.
int try_publish(AMPS::Client& client, const char* topic, char* text, size_t size) {
  try {
    client.publish(topic, "{}");
    return 0;
  } catch (std::exception& error) {
    copy_error(error, text, size);
    return 1;
  }
}

// The same for a method that only an HAClient has.
int try_connect_and_logon(AMPS::HAClient& client, char* text, size_t size) {
  try {
    client.connectAndLogon();
    return 0;
  } catch (std::exception& error) {
    copy_error(error, text, size);
    return 1;
  }
}

void configure_client(AMPS::Client& client) {
  client.setLastChanceMessageHandler(AMPS::MessageHandler(my_message_handler, NULL));
}

void install_server_chooser(AMPS::HAClient& client, const char* uri) {
  client.setServerChooser(AMPS::ServerChooser(new FixedChooser(uri)));
}

}  // extern "C"
