// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/admin_site.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

struct Facts final : FactsSource {
  std::string done;
  BrokerFacts collect(bool with_subscriptions) override {
    BrokerFacts facts;
    facts.name = with_subscriptions ? "all" : "some";
    return facts;
  }
  amps::Status disconnect(std::uint64_t client) override {
    done += "disconnect " + std::to_string(client) + ";";
    return client == 1 ? amps::Status() : amps::Status(AMPS_E_USAGE, "there is no client");
  }
  amps::Status enable_transport(std::size_t transport, bool is_enabled) override {
    done += (is_enabled ? "enable " : "disable ") + std::to_string(transport) + ";";
    return {};
  }
  amps::Status reset_entitlement() override {
    done += "reset;";
    return {};
  }
};

struct Site {
  Facts facts;
  Statistics statistics;
  AdminSite site;
  explicit Site(std::string token = {}) : site(&facts, &statistics, std::move(token)) {}
  HttpAnswer ask(std::string_view method, std::string_view path, std::string_view token = {}) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.token = token;
    return site.answer(request);
  }
};

}  // namespace

TEST_CASE("MON-01 leaves are texts or JSON, the rest is JSON") {
  Site at;
  CHECK(at.ask("GET", "/amps/instance/name").body == "some\n");
  CHECK(at.ask("GET", "/amps/instance/name.json").body == "{\"amps\":{\"instance\":{\"name\":\"some\"}}}");
  CHECK(at.ask("GET", "/amps/instance").body.find("\"name\":\"all\"") != std::string::npos);
  CHECK(at.ask("GET", "/metrics").content_type.find("version=0.0.4") != std::string::npos);
  CHECK(at.ask("GET", "/amps/nothing").status == 404);
  CHECK(at.ask("GET", "/ampsx").status == 404);
  CHECK(at.ask("GET", "/").status == 404);
  CHECK(at.ask("POST", "/amps/instance").status == 405);
}

TEST_CASE("REL-37 nothing is changed without being enabled, with GET, or without the token") {
  const std::string path = "/amps/administrator/clients/1/disconnect";
  Site off;
  CHECK(off.ask("POST", path).status == 403);
  Site on("secret");
  CHECK(on.ask("GET", path, "secret").status == 405);
  CHECK(on.ask("POST", path).status == 401);
  CHECK(on.ask("POST", path, "secre").status == 401);
  CHECK((off.facts.done + on.facts.done).empty());
}

TEST_CASE("MON-10 SEC-15 actions: disconnect a client, enable and disable a transport, reset rights") {
  Site at("secret");
  const auto act = [&](const std::string& what) {
    return at.ask("POST", "/amps/administrator/" + what, "secret").status;
  };
  CHECK(act("clients/1/disconnect") == 200);
  CHECK(act("clients/2/disconnect") == 404);
  CHECK(act("transports/0/disable") == 200);
  CHECK(act("transports/0/enable") == 200);
  CHECK(act("authorization/entitlement/reset") == 200);
  CHECK(at.facts.done == "disconnect 1;disconnect 2;disable 0;enable 0;reset;");
  for (const std::string what :
       {"", "clients", "clients/x/disconnect", "clients/1/kill", "transports/0/stop"}) {
    CHECK(act(what) == 404);
  }
}
