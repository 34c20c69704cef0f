// SPDX-License-Identifier: Apache-2.0
#include "client/outbound.h"

#include <doctest/doctest.h>

#include <thread>

#include "session_fixture.h"

using namespace test;
using std::chrono::milliseconds;

TEST_CASE_FIXTURE(ClientFixture, "publishes arrive whole, in each thread's order") {
  log_on();
  constexpr int kCount = 5000;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < kCount; ++i) {
        (void)publish("t" + std::to_string(thread), std::to_string(i), i % 2 == 0 ? 0 : AMPS_PUBLISH_DELTA);
      }
    });
  }
  int next[3] = {0, 0, 0};
  for (int i = 0; i < 3 * kCount; ++i) {
    const auto frame = peer->read();
    const int thread = frame->get(AMPS_Topic)[1] - '0';
    REQUIRE(frame->body() == std::to_string(next[thread]));
    REQUIRE(frame->get(AMPS_Command) == (next[thread] % 2 == 0 ? "p" : "delta_publish"));
    ++next[thread];
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE_FIXTURE(ClientFixture, "a peer that does not read makes publish wait, or say so") {
  amps_client_set_number(client, AMPS_CLIENT_OUTBOUND_BYTES_MAX, 100'000);
  log_on();
  const std::string body(50'000, 'x');
  int count = 0;
  amps_result result = AMPS_E_OK;
  while ((result = publish("t", body, AMPS_PUBLISH_NO_WAIT)) == AMPS_E_OK) ++count;
  CHECK(result == AMPS_E_WOULD_BLOCK);
  constexpr int kMore = 400;  // 20 MB: more than any socket takes.
  auto call = async([&] {
    for (int i = 0; i < kMore; ++i) {
      const amps_result waited = publish("t", body);
      if (waited != AMPS_E_OK) return waited;
    }
    return AMPS_E_OK;
  });
  CHECK(call.wait_for(milliseconds(100)) == std::future_status::timeout);
  for (int i = 0; i < count + kMore; ++i) CHECK(peer->read()->body().size() == body.size());
  CHECK(call.get() == AMPS_E_OK);
}

TEST_CASE_FIXTURE(ClientFixture, "a blocked publish ends with a disconnect") {
  amps_client_set_number(client, AMPS_CLIENT_OUTBOUND_BYTES_MAX, 100'000);
  log_on();
  const std::string body(50'000, 'x');
  auto call = async([&] {
    for (;;) {
      const amps_result result = publish("t", body);
      if (result != AMPS_E_OK) return result;
    }
  });
  REQUIRE(call.wait_for(milliseconds(100)) == std::future_status::timeout);
  auto closing = async([&] { return amps_client_disconnect(client); });
  REQUIRE(ends(call));
  CHECK(call.get() == AMPS_E_DISCONNECTED);
  REQUIRE(ends(closing));
}

TEST_CASE_FIXTURE(ClientFixture, "the writer of a connection whose place is taken ends") {
  log_on();
  core().outbound().attach(core().session().connection(), true);
  auto call = async([&] { amps_client_disconnect(client); });
  REQUIRE(ends(call));
}

TEST_CASE_FIXTURE(ClientFixture, "expirations and large bodies go out as they are") {
  log_on();
  CHECK(amps_client_publish(client, span("t"), span("x"), 60, 0, nullptr) == AMPS_E_OK);
  const auto frame = peer->read();
  CHECK(frame->get(AMPS_Expiration) == "60");
  const std::string large(20'000'000, 'y');
  auto call = async([&] { return publish("t", large); });
  CHECK(peer->read()->body() == large);
  CHECK(call.get() == AMPS_E_OK);
}

TEST_CASE_FIXTURE(ClientFixture, "batching holds publishes until its size or its time") {
  amps_client_set_number(client, AMPS_CLIENT_PUBLISH_BATCH_BYTES, 1'000'000);
  amps_client_set_number(client, AMPS_CLIENT_PUBLISH_BATCH_TIMEOUT_MS, 20);
  log_on();
  CHECK(publish("t", "1") == AMPS_E_OK);
  CHECK(peer->read()->body() == "1");  // After 20 ms.
}

TEST_CASE_FIXTURE(ClientFixture, "a disconnect writes what is pending first") {
  amps_client_set_number(client, AMPS_CLIENT_SEND_INLINE, 0);
  log_on();
  for (int i = 0; i < 100; ++i) (void)publish("t", std::to_string(i));
  amps_client_disconnect(client);
  for (int i = 0; i < 100; ++i) CHECK(peer->read()->body() == std::to_string(i));
}
