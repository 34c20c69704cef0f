// SPDX-License-Identifier: Apache-2.0
// A broker with topics that keep records, and clients that watch what is made of them.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/sow_answer.h"
#include "support/test_broker.h"

namespace view_tests {

using namespace amps::broker;
using raw::Client;
using raw::Frame;

struct ViewFixture {
  raw::TestBroker broker;
  std::unique_ptr<Client> client;

  void topic(const std::string& name, const std::string& key = "/id", const std::string& type = "json") {
    SowTopicConfiguration topic;
    topic.name = name;
    topic.message_type = type;
    topic.keys = {key};
    topic.is_persistent = false;
    broker.configuration.sow.push_back(topic);
  }
  static ViewConfiguration view(const std::string& name, const std::string& source,
                                std::vector<std::string> projection, std::vector<std::string> grouping) {
    ViewConfiguration view;
    view.name = name;
    view.message_type = "json";
    view.source = source;
    view.projection = std::move(projection);
    view.grouping = std::move(grouping);
    return view;
  }
  void add(StateConfiguration state) { broker.configuration.sow.push_back(std::move(state)); }
  std::unique_ptr<Client> connect(const std::string& type = "json") {
    auto connected = std::make_unique<Client>(broker.port());
    connected->logon(type + "-client", type);
    return connected;
  }
  void start() {
    broker.start();
    client = connect();
  }
  void put(const std::string& topic, const std::string& body) {
    client->send_frame("{\"c\":\"p\",\"t\":\"" + topic + "\"}", body);
  }
  void remove(const std::string& topic, const std::string& filter) {
    client->command("\"c\":\"sow_delete\",\"t\":\"" + topic + "\",\"filter\":\"" + filter + "\"");
  }
  raw::SowAnswer query(const std::string& members) { return raw::query(*client, members); }
  std::string records(const std::string& topic) {
    return query("\"c\":\"sow\",\"t\":\"" + topic + "\",\"orderby\":\"/id\",\"bs\":10").bodies();
  }
  // What a client has been told since, as "p:body" and "oof-reason:body", until now.
  static std::string told(Client& watcher) {
    watcher.send_frame("{\"c\":\"flush\",\"cid\":\"now\",\"a\":\"completed\"}");
    std::string text;
    for (;;) {
      const Frame frame = watcher.next();
      if (frame.is("ack") && frame.get("cid") == "now") return text;
      text += frame.is("oof") ? "oof-" + frame.get("reason") : frame.get("c");
      text += ":" + frame.body + " ";
    }
  }
};

}  // namespace view_tests
