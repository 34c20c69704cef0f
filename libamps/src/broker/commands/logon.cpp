// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "broker/commands/commands.h"
#include "broker/journal/publishers.h"
#include "broker/log_line.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr int kLogonRoundsMax = 16;  // Challenges before a client is given up.
constexpr std::size_t kPasswordBytesMax = 1024;

void refuse(Session& session, const Command& command, std::string_view reason, std::string_view detail,
            Disconnect why) {
  session.fail(command, reason, detail);
  session.end(why, detail.empty() ? reason : detail);
}

Status check_options(std::string_view list) {
  std::vector<wire::Option> options;
  AMPS_RETURN_IF_ERROR(wire::parse_options(list, &options));
  for (const wire::Option& option : options) {
    const bool good = wire::option_is(option, "ack_conflation")
                          ? wire::parse_interval_ns(option.value).has_value()
                          : wire::option_is(option, "pretty") && wire::parse_bool(option.value).has_value();
    if (!good) return Status(AMPS_E_INVALID_OPTIONS, "option " + std::string(option.name));
  }
  return {};
}

// The type of the transport, else the declared one (broker 1.1). None: refused, with why in `detail`.
TopicSpace* choose_space(const Session& session, const wire::Header& header, std::string* detail) {
  const std::string& fixed = session.info().message_type;
  const std::string declared(header.get(AMPS_MessageType));
  if (!fixed.empty() && !declared.empty() && declared != fixed) {
    *detail = "transport takes " + fixed + ", logon declares " + declared;
    return nullptr;
  }
  const std::string& type = fixed.empty() ? declared : fixed;
  TopicSpace* const space = session.services().spaces.find(type);
  if (space == nullptr) *detail = type.empty() ? "no message type declared" : "unknown message type " + type;
  return space;
}

// True when the logon may go on.
bool authenticate(Session& session, const Command& command, std::string_view client_name) {
  Authenticator* const authenticator = session.services().authenticator;
  if (authenticator == nullptr) return true;
  const std::string_view user = command.header->get(AMPS_UserId);
  const std::string_view password = command.header->get(AMPS_Password);
  std::string challenge;
  LogonDecision decision = LogonDecision::kRefuse;
  if (password.size() <= kPasswordBytesMax) {
    decision = authenticator->decide(client_name, user, password, &challenge);
  }
  if (decision == LogonDecision::kAccept) return true;
  if (decision == LogonDecision::kChallenge && session.next_logon_round() < kLogonRoundsMax) {
    Ack ack;
    ack.type = AMPS_ACK_Processed;
    ack.status = "retry";
    ack.user_id = user;
    ack.password = challenge;
    session.acknowledge(command, ack);
    return false;
  }
  ClientEvent event;
  event.event = "auth_failure";
  event.reason = "auth failure";
  session.publish_event(event);
  refuse(session, command, "auth failure", "user " + std::string(user), Disconnect::kAuth);
  return false;
}

// True when the name is now this connection's.
bool claim_name(Session& session, const Command& command, std::string_view name, std::string_view user) {
  ClientNames::Holder holder{std::string(user), session.info().id, session.host()};
  ClientNames::Holder previous;
  switch (session.services().names.claim(name, holder, &previous)) {
    case ClientNames::Claim::kFree:
      return true;
    case ClientNames::Claim::kTakenOver:
      previous.host->request_close(previous.connection_id, Disconnect::kNameInUse);
      return true;
    case ClientNames::Claim::kRefused:
      break;
  }
  refuse(session, command, "name in use", name, Disconnect::kNameInUse);
  return false;
}

// What of the publisher's is safe already: it sends what comes after that again.
BookmarkId settled(const Session& session) {
  BookmarkId last{publisher_id(session.client_name(), session.user()), 0};
  if (session.counted_by() != nullptr) {
    last.sequence = session.services().journal->settled_sequence(session.counted_by());
  }
  return last;
}

void accept(Session& session, const Command& command) {
  const BookmarkId last = settled(session);
  const BookmarkText bookmark(last);
  Ack ack;
  ack.type = AMPS_ACK_Processed;
  ack.client_name = session.client_name();
  ack.sequence = last.sequence;
  ack.bookmark = bookmark.view();
  ack.version = session.services().version;
  ack.user_id = session.user();
  if (session.services().authenticator == nullptr) ack.reason = "authentication disabled";
  session.acknowledge(command, ack);
  LogLine(session.log(), AMPS_LOG_INFO)
      << "client " << session.client_name() << " (" << session.info().name << ", " << session.info().peer
      << ") logged on as " << session.space()->message_type() << ", version "
      << command.header->get(AMPS_Version);
  ClientEvent event;
  event.event = "logon";
  session.publish_event(event);
}

}  // namespace

void execute_logon(Session& session, const Command& command) {
  if (session.is_logged_on()) return session.fail(command, "duplicate logon attempt");
  const wire::Header& header = *command.header;
  if (const Status status = check_options(header.get(AMPS_Options)); !status.ok()) {
    return refuse(session, command, "invalid options", status.text(), Disconnect::kLogonRefused);
  }
  std::string detail;
  TopicSpace* const space = choose_space(session, header, &detail);
  if (space == nullptr) {
    return refuse(session, command, "invalid message type", detail, Disconnect::kLogonRefused);
  }
  // A client without a name is known by its connection.
  std::string name(header.get(AMPS_ClientName));
  if (name.empty()) name = session.info().name;
  if (!authenticate(session, command, name)) return;
  // Nobody vouches for a user name while authentication is off, so it is no identity.
  const std::string user(session.services().authenticator == nullptr ? std::string_view{}
                                                                     : header.get(AMPS_UserId));
  if (session.services().journal != nullptr) {
    if (const Status status = session.find_publisher(name, user); !status.ok()) {
      return refuse(session, command, "client name collision", status.text(), Disconnect::kNameInUse);
    }
  }
  if (!claim_name(session, command, name, user)) return;
  session.log_on(std::move(name), user, space, std::string(header.get(AMPS_CorrelationId)));
  accept(session, command);
}

}  // namespace amps::broker
