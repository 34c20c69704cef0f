// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/chain.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

struct Item {
  char name;
  ChainLink<Item> link;
};

std::string text(const Chain<Item, &Item::link>& chain) {
  std::string names;
  for (const Item* one = chain.front(); one != nullptr; one = chain.after(one)) names += one->name;
  return names;
}

}  // namespace

TEST_CASE("items leave a chain from any place, and may come back at its end") {
  Item a{'a', {}}, b{'b', {}}, c{'c', {}};
  Chain<Item, &Item::link> chain;
  CHECK(chain.front() == nullptr);
  for (Item* item : {&a, &b, &c}) chain.push_back(item);
  CHECK(text(chain) == "abc");
  chain.erase(&b);
  chain.erase(&b);  // Not in it: nothing happens.
  CHECK(text(chain) == "ac");
  CHECK_FALSE(chain.contains(&b));
  chain.erase(&a);
  chain.push_back(&b);
  chain.erase(&c);
  CHECK(text(chain) == "b");
  chain.erase(&b);
  CHECK(text(chain).empty());
}
