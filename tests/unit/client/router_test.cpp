// SPDX-License-Identifier: Apache-2.0
#include "client/router.h"

#include <doctest/doctest.h>

#include <thread>

#include "session_fixture.h"

using namespace amps::client;
using test::Inbox;

namespace {

RoutePtr route(std::vector<std::string> ids, Inbox* inbox = nullptr, bool is_subscription = true) {
  auto made = std::make_shared<Route>();
  made->ids = std::move(ids);
  made->is_subscription = is_subscription;
  if (inbox != nullptr) {
    const amps_handler_t handler = inbox->handler();
    made->handler = make_callback(&handler);
  }
  return made;
}

}  // namespace

TEST_CASE("a route is found by each of its ids, and goes with all of them") {
  Router router;
  const RoutePtr one = route({"command", "subscription", "query"});
  router.add(one);
  for (const char* id : {"command", "subscription", "query"}) CHECK(router.route_of(id).get() == one.get());
  CHECK(router.route_of("other").get() == nullptr);
  CHECK(router.subscriptions().size() == 1);
  CHECK(router.remove("query"));
  for (const char* id : {"command", "subscription", "query"}) CHECK(router.route_of(id).get() == nullptr);
  CHECK(!router.remove("query"));
}

TEST_CASE("a new route takes the place of every route that shares an id") {
  Router router;
  Inbox old, other;
  router.add(route({"a", "s"}, &old));
  router.add(route({"b", "q"}, &other));
  const RoutePtr fresh = route({"c", "s", "q"});
  router.add(fresh);
  CHECK(router.route_of("a").get() == nullptr);
  CHECK(router.route_of("b").get() == nullptr);
  CHECK(router.route_of("s").get() == fresh.get());
  CHECK(router.route_of("q").get() == fresh.get());
  CHECK(old.released() == 1);
  CHECK(other.released() == 1);
}

TEST_CASE("after a loss subscriptions stay and commands go, after a disconnect everything goes") {
  Router router;
  Inbox subscription, query;
  router.add(route({"s"}, &subscription));
  router.add(route({"q"}, &query, false));
  router.clear(true);
  CHECK(router.route_of("s").get() != nullptr);
  CHECK(router.route_of("q").get() == nullptr);
  CHECK(query.released() == 1);
  router.clear(false);
  CHECK(router.route_of("s").get() == nullptr);
  CHECK(subscription.released() == 1);
}

TEST_CASE("a route removed while its handler runs lives until the reader lets go") {
  Router router;
  RouterReader reader(router);
  Inbox inbox;
  router.add(route({"s"}, &inbox));
  Route* found = reader.find("s");
  REQUIRE(found != nullptr);
  CHECK(router.remove("s"));
  CHECK(inbox.released() == 0);
  CHECK(found->handler.get() != nullptr);  // What a handler that has unsubscribed itself still stands on.
  CHECK(reader.find("s") == nullptr);
  CHECK(inbox.released() == 1);
}

TEST_CASE("a sleeping reader keeps nothing alive") {
  Router router;
  RouterReader reader(router);
  Inbox inbox;
  router.add(route({"s"}, &inbox));
  REQUIRE(reader.find("s") != nullptr);
  reader.release();
  router.remove("s");
  CHECK(inbox.released() == 1);
}

TEST_CASE("the id of the last message is predicted, but never past a change") {
  Router router;
  RouterReader reader(router);
  const RoutePtr first = route({"s"});
  router.add(first);
  CHECK(reader.find("s") == first.get());
  CHECK(reader.find("s") == first.get());
  const RoutePtr second = route({"s"});
  router.add(second);
  CHECK(reader.find("s") == second.get());
  const RoutePtr long_one = route({std::string(100, 'x')});  // Longer than the prediction keeps.
  router.add(long_one);
  CHECK(reader.find(std::string(100, 'x')) == long_one.get());
  CHECK(reader.find(std::string(100, 'x')) == long_one.get());
  CHECK(reader.find("s") == second.get());
}

TEST_CASE("slots, command handlers and the raw handler change between two messages") {
  Router router;
  RouterReader reader(router);
  Inbox slot, command;
  CHECK(reader.table().slots[AMPS_SLOT_LAST_CHANCE].get() == nullptr);
  amps_handler_t handler = slot.handler();
  router.set_slot(AMPS_SLOT_LAST_CHANCE, make_callback(&handler));
  handler = command.handler();
  router.set_command_handler(3, make_callback(&handler));
  router.set_raw_handler(RawHandler{[](amps_handle, void*) { return AMPS_E_OK; }, &router});
  CHECK(reader.table().slots[AMPS_SLOT_LAST_CHANCE].get() == router.slot(AMPS_SLOT_LAST_CHANCE).get());
  CHECK(reader.table().commands[3].get() != nullptr);
  CHECK(reader.table().raw.userdata == &router);
  router.set_slot(AMPS_SLOT_LAST_CHANCE, nullptr);
  router.set_command_handler(3, nullptr);
  CHECK(reader.table().slots[AMPS_SLOT_LAST_CHANCE].get() == nullptr);
  CHECK(slot.released() == 1);
  CHECK(command.released() == 1);
}

TEST_CASE("routes come and go while a reader looks them up") {
  Router router;
  const RoutePtr steady = route({"steady"});
  router.add(steady);
  std::atomic<bool> is_over{false};
  std::thread changer([&] {
    for (int i = 0; i < 2000; ++i) {
      const std::string id = std::to_string(i);
      router.add(route({id}));
      router.remove(id);
    }
    is_over = true;
  });
  RouterReader reader(router);
  bool found_always = true;
  while (!is_over) {
    found_always = reader.find("steady") == steady.get() && found_always;
    (void)reader.find("17");
  }
  changer.join();
  CHECK(found_always);
}
