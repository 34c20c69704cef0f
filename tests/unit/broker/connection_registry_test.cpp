// SPDX-License-Identifier: Apache-2.0
#include "broker/connection_registry.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace amps::broker;

namespace {

class Host final : public SessionHost, public OutboxHome {
 public:
  std::uint64_t now_ms() const noexcept override { return 0; }
  void flush() noexcept override {}
  void run_in(std::uint64_t, std::function<void(Session&)>) override {}
  void request_close(std::uint64_t id, Disconnect reason) override {
    CHECK(reason == Disconnect::kSlowClient);
    closed.push_back(id);
  }
  void schedule(Outbox*) override {}
  std::vector<std::uint64_t> closed;
};

}  // namespace

TEST_CASE("the connection that keeps most waiting is closed, one at a time") {
  Statistics statistics;
  ConnectionRegistry registry(&statistics);
  OutboxLimits limits;
  limits.client_bytes_max = 1000;
  Host host;
  Outbox small(&host, &limits, nullptr), large(&host, &limits, nullptr), empty(&host, &limits, nullptr);
  small.append("12", 0);
  large.append("1234567890", 0);
  registry.add(1, &host, &small);
  registry.add(2, &host, &large);
  registry.add(3, &host, &empty);
  registry.close_slowest();
  registry.close_slowest();  // It has been asked, and is on its way.
  CHECK(host.closed == std::vector<std::uint64_t>{2});
  registry.remove(2);
  registry.close_slowest();
  CHECK(host.closed == std::vector<std::uint64_t>{2, 1});
  registry.remove(1);
  registry.close_slowest();
  CHECK(host.closed.size() == 2);
  CHECK(statistics.connections == 1);
}
