// SPDX-License-Identifier: Apache-2.0
#include "name_attacks.h"

#include <exception>
#include <memory>

#include "support/logged_broker.h"

namespace amps::test {

namespace {

using raw::Client;
using raw::Frame;

// Two names with one FNV-1a hash.
const std::string kVictim = "orders-publisher-1";
const std::string kAttacker = R"(tiprd6\"%/Z-1O?m,;24/)";  // As JSON has it.

Frame log_on(Client& client, const std::string& name) {
  return client.command(R"("c":"logon","mt":"json","client_name":")" + name + "\"");
}

Frame publish(Client& client, const std::string& sequence, const std::string& body = "{}") {
  client.send_frame(R"({"c":"p","t":"orders","cid":"n","a":"processed","s":)" + sequence + "}", body);
  return client.ack("n");
}

class Attacks {
 public:
  Attacks() { broker_.start(); }

  std::string run() {
    std::string complaint = other_name();
    if (complaint.empty()) complaint = high_numbers();
    if (complaint.empty()) complaint = same_name();
    if (complaint.empty()) complaint = empty_store();
    return complaint;
  }

 private:
  // True when a message of the victim with that number reaches everybody.
  bool arrives(Client& victim, const std::string& sequence) {
    Client reader(broker_.port());
    reader.logon("reader");
    reader.subscribe("orders", "r");
    const std::string body = "number " + sequence;
    if (publish(victim, sequence, body).get("status") != "success") return false;
    // What comes behind it says that it will not come any more.
    Client other(broker_.port());
    other.logon("other");
    other.publish("orders", "end");
    return reader.next("p").body == body;
  }
  // Another name must not count the victim's numbers, not even for a broker that knows ids only.
  std::string other_name() {
    {
      Client attacker(broker_.port());
      if (log_on(attacker, kAttacker).get("status") != "success") return "a good name is refused";
      publish(attacker, "1000");
    }
    broker_.restart();
    Client victim(broker_.port());
    const Frame logon = log_on(victim, kVictim);
    if (logon.get("status") != "success") return "the victim is locked out";
    if (logon.get("s") != "0") return "the victim has the numbers of another name";
    return arrives(victim, "1") ? std::string() : "the victim's message vanishes";
  }
  std::string high_numbers() {
    const char* const numbers[] = {"18446744073709551615", "18446744073709551616", "9223372036854775808",
                                   "1099511627900", "-1"};
    for (const char* number : numbers) {
      Client victim(broker_.port());
      log_on(victim, kVictim);
      if (publish(victim, number).get("reason") != "bad sequence") return std::string(number) + " is taken";
    }
    Client victim(broker_.port());
    log_on(victim, kVictim);
    return arrives(victim, "2") ? std::string() : "after high numbers the victim's message vanishes";
  }
  // With a log, a name is one connection's.
  std::string same_name() {
    Client victim(broker_.port());
    log_on(victim, kVictim);
    Client attacker(broker_.port());
    log_on(attacker, kVictim);
    victim.wait_closed();
    broker_.log.wait_for("name in use");
    return {};
  }
  // Who has lost its store is told where to go on.
  std::string empty_store() {
    broker_.restart();
    Client victim(broker_.port());
    if (log_on(victim, kVictim).get("s") != "2") return "the logon does not say which number was the last";
    return arrives(victim, "3") ? std::string() : "the next number vanishes";
  }

  raw::LoggedBroker broker_;
};

}  // namespace

std::string attack_publisher() {
  try {
    return Attacks().run();
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace amps::test
