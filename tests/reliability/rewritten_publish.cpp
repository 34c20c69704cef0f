// SPDX-License-Identifier: Apache-2.0
#include "rewritten_publish.h"

#include <exception>
#include <memory>

#include "broker/security/rights.h"
#include "support/logged_broker.h"
#include "support/sow_answer.h"

namespace amps::test {

namespace {

using raw::Client;
using raw::Frame;

// Everybody may write what is his own, and the owner of all may do everything.
class OwnRecords final : public broker::RightsSource {
 public:
  Status fetch(const broker::RightsRequest& request, const broker::RightsContext& context,
               std::shared_ptr<const broker::Rights>* out) override {
    const std::string own = "\"/owner = '" + std::string(request.user) + "'\"";
    const std::string grant = request.user == "all" ? "true" : own;
    const std::string topic = request.user == "all" ? ".*" : "^orders$";
    return broker::Rights::parse(R"({"logon":true,"topic":[{"topic":")" + topic + R"(","read":)" + grant +
                                     R"(,"write":)" + grant + "}]}",
                                 context, out);
  }
};

Frame publish(Client& client, const std::string& command, const std::string& topic, const std::string& body) {
  client.send_frame(R"({"a":"processed","cid":"n","c":")" + command + R"(","t":")" + topic + "\"}", body);
  return client.ack("n");
}

std::string run() {
  raw::LoggedBroker broker;
  broker.with_records("orders");
  broker.configuration.authentication.allow_spoofing = true;
  broker.parts.rights = std::make_shared<OwnRecords>();
  broker::QueueConfiguration jobs;
  jobs.name = "jobs";
  jobs.message_type = "json";
  jobs.underlying_topic = jobs.publish_target = "orders";
  broker.configuration.sow.emplace_back(jobs);
  broker.start();
  Client all(broker.port()), me(broker.port());
  const std::string logon = R"("c":"logon","mt":"json","user_id":)";
  if (all.command(logon + R"("all","client_name":"all")").get("status") != "success") return "no logon";
  if (me.command(logon + R"("me","client_name":"me")").get("status") != "success") return "no logon";
  publish(all, "p", "orders", R"({"id":1,"owner":"you","secret":42})");
  const std::string mine = R"({"id":1,"owner":"me"})";
  if (publish(me, "delta_publish", "orders", mine).get("reason") != "not entitled") {
    return "a delta takes a record over";
  }
  if (publish(me, "p", "jobs", mine).get("reason") != "not entitled") return "a queue is a way around rights";
  if (publish(me, "p", "orders", R"({"id":2,"owner":"you"})").get("reason") != "not entitled") {
    return "what is not allowed is written";
  }
  if (publish(me, "delta_publish", "orders", R"({"id":3,"owner":"me"})").get("status") != "success") {
    return "what is allowed is refused";
  }
  const std::string bodies = raw::query(all, R"("c":"sow","t":"orders","bs":10)").bodies();
  if (bodies != R"({"id":1,"owner":"you","secret":42};{"id":3,"owner":"me"};)") return "there is " + bodies;
  return {};
}

}  // namespace

std::string write_around_rights() {
  try {
    return run();
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace amps::test
