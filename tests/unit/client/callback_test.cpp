// SPDX-License-Identifier: Apache-2.0
#include "client/callback.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

using amps::client::make_callback;

namespace {

std::vector<void*> g_released;

void on_message(amps_message_ref_t*, void*) {}
void keep_argument(void* argument) {
  g_released.push_back(argument);
}

struct CallbackFixture {
  int userdata = 0, owner = 0;
  amps_handler_t handler{sizeof handler, 0, on_message, &userdata, keep_argument, nullptr};
  CallbackFixture() { g_released.clear(); }
};

}  // namespace

TEST_CASE_FIXTURE(CallbackFixture, "the last holder releases, once, with the userdata") {
  auto first = make_callback(&handler);
  auto second = first;
  first.reset();
  CHECK(g_released.empty());
  second.reset();
  CHECK((g_released == std::vector<void*>{&userdata}));
}

TEST_CASE_FIXTURE(CallbackFixture, "release gets the owner where there is one") {
  handler.owner = &owner;
  make_callback(&handler).reset();
  CHECK((g_released == std::vector<void*>{&owner}));
}

TEST_CASE_FIXTURE(CallbackFixture, "a struct of a caller who knows no owner has none") {
  handler.owner = &owner;
  handler.struct_size = offsetof(amps_handler_t, owner);
  make_callback(&handler).reset();
  CHECK((g_released == std::vector<void*>{&userdata}));
}

TEST_CASE_FIXTURE(CallbackFixture, "without a function there is no callback, and the userdata is released") {
  handler.fn = nullptr;
  const bool has_callback = make_callback(&handler) != nullptr;
  CHECK_FALSE(has_callback);
  CHECK((g_released == std::vector<void*>{&userdata}));
}
