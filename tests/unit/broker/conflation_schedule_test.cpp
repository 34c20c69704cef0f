// SPDX-License-Identifier: Apache-2.0
#include "broker/conflation_schedule.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("the earliest time is what the space has to wake at, whatever was removed in between") {
  ConflationSchedule schedule;
  const std::string key = "k";
  ConflationSchedule::Place places[3];
  CHECK(schedule.run_due(100) == UINT64_MAX);
  CHECK(schedule.add(20, {nullptr, &key}, &places[0]));
  CHECK_FALSE(schedule.add(30, {nullptr, &key}, &places[1]));
  CHECK(schedule.add(10, {nullptr, &key}, &places[2]));
  CHECK(schedule.run_due(9) == 10);
  schedule.remove(places[2]);
  CHECK(schedule.run_due(9) == 20);
  schedule.remove(places[0]);
  CHECK(schedule.run_due(29) == 30);
}
