// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/statistics_node.h"

#include <doctest/doctest.h>

using amps::broker::StatisticsNode;

TEST_CASE("MON-01 JSON nests by path, collections are lists of objects with ids, and all values are texts") {
  StatisticsNode root;
  StatisticsNode& instance = root.object("instance");
  instance.value("name", "a\"b");
  StatisticsNode& clients = instance.collection("clients");
  clients.object("3").value("messages_in", 42u);
  clients.object("4");
  CHECK(root.json("amps") ==
        "{\"amps\":{\"instance\":{\"name\":\"a\\\"b\",\"clients\":[{\"id\":\"3\",\"messages_in\":\"42\"},"
        "{\"id\":\"4\"}]}}}");
  const StatisticsNode* const leaf = root.find("/instance/clients/3/messages_in");
  REQUIRE(leaf != nullptr);
  CHECK(leaf->kind() == StatisticsNode::Kind::kValue);
  CHECK(leaf->text() == "42");
  CHECK(leaf->json("a/b") == "{\"a\":{\"b\":\"42\"}}");
  CHECK(root.find("instance/nothing") == nullptr);
  CHECK(root.find("") == &root);
}
