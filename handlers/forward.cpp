// SPDX-License-Identifier: Apache-2.0
// Republishes every message to another topic, through the client that received it or through another one.
//
// Publishing is what a handler may do on its own client, because it does not wait for the server.
// Threads: runs on the receive thread of the receiving client.
#include <amps/ampsplusplus.hpp>

#include <cstdint>
#include <cstring>

extern "C" {

// Where to; a ctypes.Structure of c_void_p, c_char_p, c_uint64, c_uint64. In Python, `client` is
// client._as_parameter_. All of it must outlive the subscription.
struct forward_target {
  AMPS::Client* client;
  const char* topic;        // NUL-terminated.
  std::uint64_t forwarded;  // Messages published.
  std::uint64_t failed;     // Messages that could not be.
};

// userdata: a forward_target.
void forward(AMPS::Message& message, void* userdata) {
  forward_target* target = static_cast<forward_target*>(userdata);
  if (target == NULL || target->client == NULL || target->topic == NULL) return;
  // The acks and group markers of a subscription have nothing to forward.
  if (message.getCommandEnum() == AMPS::Message::Command::Ack) return;
  const AMPS::Field data = message.getData();
  try {
    target->client->publish(target->topic, std::strlen(target->topic), data.data(), data.len());
    __atomic_fetch_add(&target->forwarded, 1, __ATOMIC_RELEASE);
  } catch (const AMPS::Exception&) {
    // No exception may leave an extern "C" function. A real program would keep the text.
    __atomic_fetch_add(&target->failed, 1, __ATOMIC_RELEASE);
  }
}

}  // extern "C"
