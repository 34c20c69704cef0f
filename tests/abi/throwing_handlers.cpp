// SPDX-License-Identifier: Apache-2.0
// A handler library as a user would make it, badly: its handlers throw. handler_library_test.py
// compiles it with another compiler than libamps was made with.
#include <amps/ampsplusplus.hpp>

#include <stdexcept>

extern "C" void throw_standard(AMPS::Message& message, void*) {
  throw std::runtime_error("standard exception for " + std::string(message.getTopic()));
}

extern "C" void throw_ours(AMPS::Message&, void*) {
  throw AMPS::BadFilterException("exception of the library");
}

extern "C" void throw_number(AMPS::Message&, void*) {
  throw 42;
}

extern "C" void count(AMPS::Message&, void* userdata) {
  __atomic_add_fetch(static_cast<int*>(userdata), 1, __ATOMIC_RELEASE);
}

// True when what the program throws through a function of its own is caught here by its type.
extern "C" int catches(void (*thrower)()) {
  try {
    thrower();
  } catch (const AMPS::TimedOutException& e) {
    return e.code() == AMPS_E_TIMED_OUT ? 1 : 0;
  } catch (...) {
  }
  return 0;
}

extern "C" void publish_through(AMPS::Client& client) {
  client.publish("quiet", "from the library");
}
