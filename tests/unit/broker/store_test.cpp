// SPDX-License-Identifier: Apache-2.0
#include "broker/store.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

struct Minimal final : Store {
  amps::Status prepare(Publish*, Change*) override { return {}; }
  void commit(const Change&) override {}
};

}  // namespace

TEST_CASE("a store without more has no records that clients query or remove, and no deltas") {
  Minimal store;
  Change change;
  std::string body;
  RecordStore::Slot slot = 0;
  CHECK(store.records() == nullptr);
  CHECK(store.prepare_removal(0, &change).code() == AMPS_E_INVALID_TOPIC);
  CHECK(store.locate(Publish(), &slot).code() == AMPS_E_INVALID_TOPIC);
  CHECK(store.difference(change, &body) == Difference::kUnsupported);
}
