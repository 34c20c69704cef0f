// SPDX-License-Identifier: Apache-2.0
// A publish store as a program may write it, in memory, and an HA client that uses it.
// Threads: those of the client.
#pragma once

#include <doctest/doctest.h>

#include <utility>

#include "session_fixture.h"

namespace test {

struct Store {
  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, std::string>> kept;
  std::uint64_t last = 0;
  amps_result answer = AMPS_E_OK;  // Of store().

  std::size_t count() {
    const std::lock_guard<std::mutex> lock(mutex);
    return kept.size();
  }
  static const amps_publish_store_vt_t* table();

 private:
  static Store& of(void* self) { return *static_cast<Store*>(self); }
  static amps_result store(void* self, amps_message_ref_t* message, std::uint64_t* sequence);
  static amps_result discard_up_to(void* self, std::uint64_t sequence);
  static amps_result replay(void* self, amps_store_replay_fn replay, void* userdata);
  static amps_result replay_single(void* self, amps_store_replay_fn replay, void* userdata,
                                   std::uint64_t sequence);
  static amps_result unpersisted_count(void* self, std::uint64_t* count);
};

struct StoreHolder {
  Store store;  // Outlives the client.
};

struct StoreFixture : StoreHolder, HaFixture {
  void start_with_store() {
    REQUIRE(amps_client_set_publish_store(client, Store::table(), &store) == AMPS_E_OK);
    start();
  }
};

}  // namespace test
