// SPDX-License-Identifier: Apache-2.0
// Loads the handler library named on the command line, subscribes its handlers that throw, and checks
// that each exception reaches the exception listener while delivery goes on.
#include <dlfcn.h>
#include <amps/ampsplusplus.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "broker.h"

namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "handler_host: %s\n", what);
  std::exit(1);
}

template <class Function>
Function function(void* library, const char* name) {
  void* const found = dlsym(library, name);
  require(found != nullptr, name);
  return reinterpret_cast<Function>(found);
}

struct Listener : AMPS::ExceptionListener {
  explicit Listener(facade::Received* kept) : failures(kept) {}
  void exceptionThrown(const std::exception& failure) const override { failures->add(failure.what()); }
  facade::Received* failures;
};

[[noreturn]] void time_out() {
  throw AMPS::TimedOutException("thrown in the program");
}

typedef void (*Handler)(AMPS::Message&, void*);

}  // namespace

int main(int argc, char** argv) {
  require(argc == 2, "usage: handler_host LIBRARY");
  void* const library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  require(library != nullptr, dlerror());

  facade::RunningBroker broker;
  facade::Received failures;
  const Listener listener(&failures);
  int count = 0;
  {
    AMPS::Client client("handler-host");
    client.setExceptionListener(listener);
    client.connect(broker.uri());
    client.logon(5000);
    client.subscribe(AMPS::MessageHandler(function<Handler>(library, "throw_standard"), nullptr), "standard");
    client.subscribe(AMPS::MessageHandler(function<Handler>(library, "throw_ours"), nullptr), "ours");
    client.subscribe(AMPS::MessageHandler(function<Handler>(library, "throw_number"), nullptr), "number");
    client.subscribe(AMPS::MessageHandler(function<Handler>(library, "count"), &count), "quiet");
    for (const char* topic : {"standard", "ours", "number", "quiet"}) client.publish(topic, "{}");
    function<void (*)(AMPS::Client&)>(library, "publish_through")(client);
    require(failures.wait_for(3).size() == 3, "not every exception was reported");
    client.publishFlush(20000);
    client.disconnect();  // Behind it no handler runs, so the count is final.
  }
  const std::vector<std::string> texts = failures.wait_for(3);
  require(texts[0].find("standard exception for standard") != std::string::npos, "the first text was lost");
  require(texts[1].find("exception of the library") != std::string::npos, "the second text was lost");
  require(count == 2, "delivery did not go on");
  require(function<int (*)(void (*)())>(library, "catches")(&time_out) == 1,
          "an exception was not caught by its class");
  std::puts("ok");
  return 0;
}
