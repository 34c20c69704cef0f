// SPDX-License-Identifier: Apache-2.0
// The functions that documentation of the AMPS Python client shows, letter by letter, so that what
// users copied from it compiles against our headers. Compilers warn about `&client`, because a
// reference is never null; compile_matrix.py expects those warnings and no others. test_chapter.py builds
// this file with each compiler and standard, and calls the functions through ctypes.
#include <ampsplusplus.hpp>

extern "C" void my_message_handler(AMPS::Message& message, void* userdata);

extern "C" void configure_client(AMPS::Client& client);

extern "C" void publish_data(AMPS::Client& client, const char* topic, const char* data);

extern "C" void install_server_chooser(AMPS::HAClient& client);

extern "C" void publish_message(AMPS::Client& client, const char* topic, const char* data) {
  try {
    if (&client && topic && data) {
      client.publish(topic, data);
    }
  } catch (AMPS::Exception& e) {
    /* Handle error reporting and recovery logic */
  }
}

extern "C" void vector_publish(AMPS::Client& client, const char* topic, const char** data,
                               size_t vector_length) {
  try {
    if (topic && &client) {
      for (; vector_length; --vector_length, ++data) {
        client.publish(topic, *data);
      }
    }
  } catch (AMPS::Exception& e) {
    /* Handle reporting and recovery logic */
  }
}

// Bodies for what is only declared there.

#include <cstdlib>

// What the handler was given; a ctypes.Structure of c_size_t and an array of c_char.
struct received_text {
  size_t size;
  char text[240];
};

extern "C" void my_message_handler(AMPS::Message& message, void* userdata) {
  received_text& received = *static_cast<received_text*>(userdata);
  const AMPS::Field data = message.getData();
  if (received.size + data.len() >= sizeof received.text) return;
  std::memcpy(received.text + received.size, data.data(), data.len());
  __atomic_fetch_add(&received.size, data.len(), __ATOMIC_RELEASE);
}

extern "C" void publish_data(AMPS::Client& client, const char* topic, const char* data) {
  publish_message(client, topic, data);
}

extern "C" void configure_client(AMPS::Client& client) {
  client.setName("configured");
}

extern "C" void install_server_chooser(AMPS::HAClient& client) {
  AMPS::DefaultServerChooser* const chooser = new AMPS::DefaultServerChooser();
  chooser->add(std::getenv("CHAPTER_SERVER"));
  client.setServerChooser(AMPS::ServerChooser(chooser));
}
