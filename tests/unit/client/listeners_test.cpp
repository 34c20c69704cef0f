// SPDX-License-Identifier: Apache-2.0
#include "client/listeners.h"

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>
#include <string>

#include "client/thread_context.h"
#include "session_fixture.h"

using namespace amps::client;

namespace {

// A listener of any kind: what it heard, how often it was released, what it does.
struct Ear {
  std::vector<std::int32_t> heard;
  std::string text;
  int released = 0;
  std::function<void()> then;

  template <typename Struct>
  CallbackPtr<Struct> registered(decltype(Struct::fn) fn) {
    Struct made{};
    made.struct_size = sizeof made;
    made.fn = fn;
    made.userdata = this;
    made.release = [](void* userdata) { ++static_cast<Ear*>(userdata)->released; };
    return make_callback(&made);
  }
  CallbackPtr<amps_state_listener_t> state() { return registered<amps_state_listener_t>(hear); }
  CallbackPtr<amps_exception_listener_t> exception() {
    return registered<amps_exception_listener_t>([](std::int32_t code, amps_span_t what, void* userdata) {
      static_cast<Ear*>(userdata)->text = test::text(what);
      hear(code, userdata);
    });
  }
  CallbackPtr<amps_thread_callback_t> task() {
    return registered<amps_thread_callback_t>([](void* userdata) {
      hear(0, userdata);
      return amps_result{AMPS_E_OK};
    });
  }
  static void hear(std::int32_t what, void* userdata) {
    auto* ear = static_cast<Ear*>(userdata);
    ear->heard.push_back(what);
    if (ear->then) ear->then();
  }
};

}  // namespace

TEST_CASE("every listener hears every state, in the order they were added") {
  Listeners listeners;
  Ear one, two;
  std::string order;
  one.then = [&] { order += '1'; };
  two.then = [&] { order += '2'; };
  listeners.add_state_listener(one.state());
  listeners.add_state_listener(two.state());
  listeners.announce(AMPS_STATE_Connected);
  listeners.announce(AMPS_STATE_LoggedOn);
  CHECK((one.heard == std::vector<std::int32_t>{AMPS_STATE_Connected, AMPS_STATE_LoggedOn}));
  CHECK(order == "1212");
}

TEST_CASE("the same listener twice is there once, and goes once") {
  Listeners listeners;
  Ear ear;
  listeners.add_state_listener(ear.state());
  listeners.add_state_listener(ear.state());
  CHECK(ear.released == 1);  // The second was not taken.
  listeners.announce(AMPS_STATE_Connected);
  CHECK(ear.heard.size() == 1);
  listeners.remove_state_listener(&Ear::hear, &ear);
  listeners.remove_state_listener(&Ear::hear, &ear);
  CHECK(ear.released == 2);
  listeners.announce(AMPS_STATE_LoggedOn);
  CHECK(ear.heard.size() == 1);
}

TEST_CASE("a listener may remove itself and the others while it hears") {
  Listeners listeners;
  Ear one, two;
  one.then = [&] {
    listeners.clear_state_listeners();
    CHECK(one.released == 0);  // It is still being called.
  };
  listeners.add_state_listener(one.state());
  listeners.add_state_listener(two.state());
  listeners.announce(AMPS_STATE_Connected);
  CHECK(one.released == 1);
  CHECK(two.released == 1);
  listeners.announce(AMPS_STATE_LoggedOn);
  CHECK(one.heard.size() == 1);
}

TEST_CASE("listeners must not wait, and what they throw ends with them") {
  Listeners listeners;
  Ear ear, next;
  unsigned depth = 0;
  ear.then = [&] {
    depth = thread_context().no_wait_depth;
    throw std::runtime_error("no");
  };
  listeners.add_state_listener(ear.state());
  listeners.add_state_listener(next.state());
  listeners.announce(AMPS_STATE_Connected);
  CHECK(depth == 1);
  CHECK(thread_context().no_wait_depth == 0);
  CHECK(next.heard.size() == 1);
}

TEST_CASE("failures go to the exception listener of the moment, if there is one") {
  Listeners listeners;
  listeners.report(AMPS_E_STREAM, "nobody hears this");
  Ear old, fresh;
  listeners.set(old.exception());
  listeners.set(fresh.exception());
  CHECK(old.released == 1);
  listeners.report(AMPS_E_STREAM, "damaged");
  CHECK(old.heard.empty());
  CHECK(fresh.heard.at(0) == AMPS_E_STREAM);
  CHECK(fresh.text == "damaged");
}

TEST_CASE("deferred functions run once, in order, and may defer others for later") {
  Listeners listeners;
  Ear one, two;
  one.then = [&] { listeners.defer(two.task()); };
  CHECK(!listeners.has_deferred());
  listeners.defer(one.task());
  CHECK(listeners.has_deferred());
  listeners.run_deferred();
  CHECK(one.heard.size() == 1);
  CHECK(one.released == 1);
  CHECK(two.heard.empty());
  CHECK(listeners.has_deferred());
  listeners.run_deferred();
  CHECK(two.heard.size() == 1);
  CHECK(!listeners.has_deferred());
}

TEST_CASE("clearing releases everything and calls nothing") {
  Listeners listeners;
  Ear ear;
  listeners.set(ear.exception());
  listeners.set(ear.task());
  listeners.add_state_listener(ear.state());
  listeners.defer(ear.task());
  listeners.clear();
  CHECK(ear.released == 4);
  CHECK(ear.heard.empty());
  listeners.announce(AMPS_STATE_Connected);
  listeners.report(AMPS_E_STREAM, "");
  CHECK(ear.heard.empty());
}
