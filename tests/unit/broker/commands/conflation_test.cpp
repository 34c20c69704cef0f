// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/conflation.h"

#include <doctest/doctest.h>

#include <string>

#include "support/test_broker.h"

using raw::Client;

TEST_CASE("CNF-01 CNF-02 CNF-03 ACK-12: what cannot be conflated is refused") {
  raw::TestBroker broker;
  broker.keep("sow", {"/id"});
  broker.start();
  Client client(broker.port());
  client.logon();
  const auto reason = [&](const std::string& name, const std::string& options) {
    const std::string members = R"("c":"subscribe","sub_id":"s","t":")" + name + R"(","opts":"replace,)";
    return client.command(members + options + "\"").get("reason");
  };
  for (const char* options :
       {"conflation=1s", "conflation=auto", "conflation=0", "conflation=none", "conflation=250ms,oof",
        "conflation=1s,conflation_key=[/id],oof", "conflation=1s,conflation_key=[/a]"}) {
    CAPTURE(options);
    CHECK(reason("sow", options) == "");
  }
  for (const char* options : {"conflation", "conflation=", "conflation=soon", "conflation=-1s",
                              "conflation=8d", "conflation_key=[/id]", "conflation=none,conflation_key=[/id]",
                              "conflation=1s,conflation_key=/id", "conflation=1s,conflation_key=[]",
                              "conflation=1s,conflation_key=[id]", "conflation=1s,oof,conflation_key=[/a]"}) {
    CAPTURE(options);
    CHECK(reason("sow", options) == "invalid options");
  }
  CHECK(reason("free", "conflation=1s") == "invalid options");
  CHECK(reason("free", "conflation=1s,conflation_key=[/a]") == "");
  CHECK(reason("s.*", "conflation=1s") == "");
  CHECK(reason("s.*", "conflation=1s,oof,conflation_key=[/id]") == "invalid options");
}

TEST_CASE("CNF-01: one-shot queries, pages and aggregates are not conflated") {
  raw::TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  CHECK(client.command(R"("c":"sow","t":"t","opts":"conflation=1s")").get("reason") == "invalid options");
  CHECK(
      client
          .command(
              R"("c":"sow_and_subscribe","t":"t","opts":"top_n=1,skip_n=0,conflation=1s,conflation_key=[/a]")")
          .get("reason") == "invalid options");
}
