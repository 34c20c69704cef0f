// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/commands/commands.h"
#include "broker/journal/publishers.h"
#include "broker/log_line.h"
#include "broker/pending_logon.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr int kLogonRoundsMax = 16;                // Challenges before a client is given up.
constexpr std::size_t kCredentialBytesMax = 1024;  // Of a user name or a password.
constexpr std::uint64_t kRefusalDelayMs = 100;     // A guess costs at least this.

void refuse(Session& session, const Command& command, std::string_view reason, std::string_view detail,
            Disconnect why) {
  session.fail(command, reason, detail);
  session.end(why, detail.empty() ? reason : detail);
}

// Rounded up: only zero means every command.
std::uint64_t to_ms(std::uint64_t ns) noexcept {
  constexpr std::uint64_t kMs = 1'000'000;
  return ns / kMs + (ns % kMs == 0 ? 0 : 1);
}

Status take_options(std::string_view list, Session* session) {
  std::vector<wire::Option> options;
  AMPS_RETURN_IF_ERROR(wire::parse_options(list, &options));
  for (const wire::Option& option : options) {
    if (wire::option_is(option, "ack_conflation")) {
      const auto interval = wire::parse_interval_ns(option.value);
      if (interval) session->set_ack_interval(to_ms(*interval));
      if (interval) continue;
    } else if (wire::option_is(option, "pretty") && wire::parse_bool(option.value)) {
      continue;
    }
    return Status(AMPS_E_INVALID_OPTIONS, "option " + std::string(option.name));
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

void refuse_credentials(Session& session, const Command& command, std::string_view detail) {
  ClientEvent event;
  event.event = "auth_failure";
  event.reason = "auth failure";
  session.publish_event(event);
  std::string text = "user " + std::string(command.header->get(AMPS_UserId));
  if (!detail.empty()) text.append(": ").append(detail);
  refuse(session, command, "auth failure", text, Disconnect::kAuth);
}

void challenge(Session& session, const Command& command, std::string_view text) {
  Ack ack;
  ack.type = AMPS_ACK_Processed;
  ack.status = "retry";
  ack.user_id = command.header->get(AMPS_UserId);
  ack.password = text;
  session.acknowledge(command, ack);
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
  if (session.info().access->is_open()) ack.reason = "authentication disabled";
  session.acknowledge(command, ack);
  LogLine(session.log(), AMPS_LOG_INFO, LogId::kLoggedOn)
      << "client " << session.client_name() << " (" << session.info().name << ", " << session.info().peer
      << ") logged on as " << session.space()->message_type() << ", version "
      << command.header->get(AMPS_Version);
  ClientEvent event;
  event.event = "logon";
  session.publish_event(event);
}

// Everything that follows once the client is believed to be who it says.
void complete(Session& session, const Command& command, const std::string& name, TopicSpace* space) {
  const std::string user(session.info().access->identity(command.header->get(AMPS_UserId)));
  if (session.services().journal != nullptr) {
    if (const Status status = session.find_publisher(name, user); !status.ok()) {
      return refuse(session, command, "client name collision", status.text(), Disconnect::kNameInUse);
    }
  }
  if (!claim_name(session, command, name, user)) return;
  session.log_on(name, user, space, std::string(command.header->get(AMPS_CorrelationId)));
  accept(session, command);
}

// What the desk found out about a logon.
struct Decision {
  LogonAnswer answer;
  Status rights_status;
  std::shared_ptr<const Rights> rights;  // None: nothing is denied.
};

// Everything that may block.
Decision decide(const TransportAccess& access, const LogonRequest& request, const RightsContext& context) {
  Decision decision;
  decision.answer.decision = LogonDecision::kAccept;
  if (access.authenticator != nullptr) decision.answer = access.authenticator->decide(request);
  if (decision.answer.decision != LogonDecision::kAccept || access.rights == nullptr) return decision;
  const RightsRequest who{std::string(access.identity(request.user)), request.client_name};
  decision.rights_status = access.rights->fetch(who, context, &decision.rights);
  return decision;
}

// True when the logon may go on.
bool take_rights(Session& session, const Command& command, const Decision& decision) {
  const bool may_log_on = decision.rights == nullptr || decision.rights->may_log_on;
  if (decision.rights_status.ok() && may_log_on) {
    session.set_rights(decision.rights);
    return true;
  }
  const std::string_view detail =
      decision.rights_status.ok() ? "no right to log on" : std::string_view(decision.rights_status.text());
  refuse(session, command, "not entitled", detail, Disconnect::kEntitlement);
  return false;
}

void take_decision(Session& session, const Decision& decision) {
  std::unique_ptr<PendingLogon> logon = session.take_pending_logon();
  const Command& command = logon->command();
  const LogonAnswer& answer = decision.answer;
  const bool asks = answer.decision == LogonDecision::kChallenge;
  if (answer.decision == LogonDecision::kAccept) {
    if (!take_rights(session, command, decision)) return;
    complete(session, command, logon->client_name(), logon->space());
  } else if (asks && session.next_logon_round() < kLogonRoundsMax) {
    challenge(session, command, answer.challenge);
  } else {
    logon->detail = asks ? "too many rounds" : answer.detail;
    session.services().logon_desk->refused(session.info().peer);
    logon->refusal_ms = session.host()->now_ms() + kRefusalDelayMs;
    session.set_pending_logon(std::move(logon));
  }
}

RightsContext rights_context(const Session& session, const TopicSpace& space, std::string_view user) {
  return {space.format(), &session.services().instance, "user " + std::string(user),
          session.services().spaces.shared_types()};
}

void ask(Session& session, const Command& command, std::string name, TopicSpace* space) {
  // Shared with the worker, because questions are copied, and the transport may go before it answers.
  const auto request = std::make_shared<LogonRequest>();
  request->client_name = name;
  request->user = command.header->get(AMPS_UserId);
  request->password = command.header->get(AMPS_Password);
  const TransportAccess access = *session.info().access;
  const RightsContext context = rights_context(session, *space, request->user);
  const auto question = [access, request, context]() -> LogonDesk::Answer {
    const auto decision = std::make_shared<Decision>(decide(access, *request, context));
    return [decision](Session& waiting) { take_decision(waiting, *decision); };
  };
  if (!session.services().logon_desk->ask(session.host(), session.info().id, session.info().peer, question)) {
    return refuse_credentials(session, command, "too many logons wait");
  }
  session.set_pending_logon(std::make_unique<PendingLogon>(command, std::move(name), space));
}

}  // namespace

void execute_late_refusal(Session& session) {
  const std::unique_ptr<PendingLogon> logon = session.take_pending_logon();
  if (logon->refusal_ms == UINT64_MAX) logon->detail = "no decision in time";
  refuse_credentials(session, logon->command(), logon->detail);
  session.flush_replies();
}

void execute_implicit_logon(Session& session, const Command& command) {
  TopicSpace* const space = session.services().spaces.find(session.info().message_type);
  if (space == nullptr || command.header->command == AMPS_COMMAND_Logon) return;
  const Decision decision = decide(*session.info().access, {}, rights_context(session, *space, {}));
  if (!take_rights(session, command, decision)) return;
  session.log_on(session.info().name, {}, space, {});
  ClientEvent event;
  event.event = "logon";
  session.publish_event(event);
}

void execute_logon(Session& session, const Command& command) {
  if (session.is_logged_on()) return session.fail(command, "duplicate logon attempt");
  const wire::Header& header = *command.header;
  if (const Status status = take_options(header.get(AMPS_Options), &session); !status.ok()) {
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
  const TransportAccess& access = *session.info().access;
  const std::string_view user = header.get(AMPS_UserId);
  if (user.size() > kCredentialBytesMax || header.get(AMPS_Password).size() > kCredentialBytesMax) {
    return refuse_credentials(session, command, "credentials of more than 1024 bytes");
  }
  if (const std::string_view refusal = access.refusal(user); !refusal.empty()) {
    return refuse_credentials(session, command, refusal);
  }
  if (access.has_questions()) return ask(session, command, std::move(name), space);
  complete(session, command, name, space);
}

}  // namespace amps::broker
