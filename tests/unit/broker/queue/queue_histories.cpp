// SPDX-License-Identifier: Apache-2.0
// REL-21, REL-34: the queue does what the reference says, event for event, in random histories and in all
// histories of a small world. AMPS_QUEUE_HISTORIES sets the number of random ones, each of 200 steps
// (nightly: 30,000). Seeded bugs are put into the reference here, and into the queue itself in tests/mutants.
#include <doctest/doctest.h>

#include <string>

#include "queue_check.h"
#include "support/environment.h"

using namespace queue_tests;
using namespace amps::broker;

namespace {

constexpr std::uint64_t kSecondUs = 1'000'000;

}  // namespace

TEST_CASE("REL-21: random histories go as the reference says") {
  const unsigned long count = amps::test::number_from_environment("AMPS_QUEUE_HISTORIES", 2'000);
  for (unsigned long seed = 1; seed <= count; ++seed) {
    const std::string difference = run_history(seed, 200, Fault::kNone);
    REQUIRE_MESSAGE(difference.empty(), difference);
  }
}

TEST_CASE("REL-21: all histories of a small world go as the reference says") {
  long count = 0;
  for (const Leasing leasing : {Leasing::kSublet, Leasing::kStrict}) {
    for (const std::uint64_t lease_us : {kSecondUs, kNeverUs}) {
      for (const std::uint32_t limit : {0u, 2u}) {
        QueueRules rules;
        rules.leasing = leasing;
        rules.lease_us = lease_us;
        rules.deliveries_max = rules.cancels_max = limit;
        rules.expiration_us = limit == 0 ? kNeverUs : 2 * kSecondUs;
        const std::string difference = explore(rules, 5, &count);
        REQUIRE_MESSAGE(difference.empty(), difference);
      }
    }
  }
  QueueRules rules;
  rules.semantics = QueueSemantics::kAtMostOnce;
  rules.fairness = FairnessModel::kRoundRobin;
  const std::string difference = explore(rules, 5, &count);
  REQUIRE_MESSAGE(difference.empty(), difference);
  CHECK(count == 9 * 59'049);
}

TEST_CASE("REL-21: the check finds each fault that was put into the reference") {
  for (int fault = 1; fault < static_cast<int>(Fault::kCount); ++fault) {
    CAPTURE(fault_text(static_cast<Fault>(fault)));
    int seed = 1;
    while (seed <= 500 &&
           run_history(static_cast<std::uint64_t>(seed), 200, static_cast<Fault>(fault)).empty())
      ++seed;
    CHECK(seed <= 500);
  }
}

TEST_CASE("REL-34: no consumer with room waits while messages do, whatever the model") {
  CHECK(check_work_goes_on() == "");
}

TEST_CASE("REL-34: equal consumers get equal shares under rotation, and shares as their speeds otherwise") {
  CHECK(check_shares() == "");
}
