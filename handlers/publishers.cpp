// SPDX-License-Identifier: Apache-2.0
// Functions that publish through a client made in Python. The client comes first by convention.
//
// From Python, text goes in as bytes: ctypes passes str as wchar_t*. pyamps.native.load() converts.
// Each function returns 0, or the code of the failure; publish_error() has the text.
// Threads: any; the text of a failure belongs to the thread that saw it.
#include <amps/ampsplusplus.hpp>

#include <cstddef>
#include <string>

namespace {

thread_local std::string failure;

int report(const AMPS::Exception& error) {
  failure = error.what();
  return error.code() != 0 ? error.code() : -1;
}

}  // namespace

extern "C" {

// Publishes one message. Text is NUL-terminated.
int publish_message(AMPS::Client& client, const char* topic, const char* data) {
  try {
    if (topic == NULL || data == NULL) return 0;
    client.publish(topic, data);
    return 0;
  } catch (const AMPS::Exception& error) {
    return report(error);
  }
}

// The same under the other name in use for it.
int publish_data(AMPS::Client& client, const char* topic, const char* data) {
  return publish_message(client, topic, data);
}

// Publishes an array of NUL-terminated texts as one message each. Python is not involved per message.
int vector_publish(AMPS::Client& client, const char* topic, const char** data, std::size_t vector_length) {
  try {
    if (topic == NULL || data == NULL) return 0;
    for (; vector_length != 0; --vector_length, ++data) {
      if (*data != NULL) client.publish(topic, *data);
    }
    return 0;
  } catch (const AMPS::Exception& error) {
    return report(error);
  }
}

// Text of the latest failure on this thread; valid until the next one.
const char* publish_error() {
  return failure.c_str();
}

}  // extern "C"
