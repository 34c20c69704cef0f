// SPDX-License-Identifier: Apache-2.0
// What the broker asks of the program that embeds it, as objects that call the functions of its tables. Each
// releases its userdata when it goes.
// Threads: those of the broker, several at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "amps/amps_broker.h"
#include "base/log.h"
#include "base/status.h"
#include "broker/broker.h"
#include "broker_abi/call.h"

namespace amps::broker_abi {

class CallbackLog final : public LogSink {
 public:
  explicit CallbackLog(const amps_broker_log_t& log) noexcept : log_(log) {}
  ~CallbackLog() override {
    if (log_.release != nullptr) log_.release(log_.userdata);
  }
  bool wants(amps_log_level_t level) const noexcept override {
    return level >= AMPS_LOG_DEBUG || log_.wants_trace != 0;
  }
  void log(amps_log_level_t level, std::string_view line) noexcept override {
    log_.fn(level, {line.data(), line.size()}, log_.userdata);
  }

 private:
  const amps_broker_log_t log_;
};

class CallbackAuthenticator final : public broker::Authenticator {
 public:
  explicit CallbackAuthenticator(const amps_broker_authenticator_t& table) noexcept : table_(table) {}
  ~CallbackAuthenticator() override {
    if (table_.release != nullptr) table_.release(table_.userdata);
  }
  broker::LogonAnswer decide(const broker::LogonRequest& request) override {
    using broker::LogonDecision;
    broker::LogonAnswer answer;
    amps_span_t challenge{nullptr, 0};
    const amps_result result = table_.fn(span_of(request.client_name), span_of(request.user),
                                         span_of(request.password), &challenge, table_.userdata);
    if (result == AMPS_E_OK) {
      answer.decision = LogonDecision::kAccept;
    } else if (result == AMPS_E_RETRY) {
      answer.decision = LogonDecision::kChallenge;
      if (challenge.len != 0) answer.challenge.assign(challenge.ptr, challenge.len);
    }
    return answer;
  }

 private:
  const amps_broker_authenticator_t table_;
};

class CallbackRights final : public broker::RightsSource {
 public:
  explicit CallbackRights(const amps_broker_entitlement_t& table) noexcept : table_(table) {}
  ~CallbackRights() override {
    if (table_.release != nullptr) table_.release(table_.userdata);
  }
  Status fetch(const broker::RightsRequest& request, const broker::RightsContext& context,
               std::shared_ptr<const broker::Rights>* out) override {
    amps_span_t document{nullptr, 0};
    const amps_result result =
        table_.fn(span_of(request.client_name), span_of(request.user), &document, table_.userdata);
    if (result != AMPS_E_OK) return Status(result, "the program gives no rights to " + context.origin);
    return broker::Rights::parse(view_of(document), context, out);
  }

 private:
  const amps_broker_entitlement_t table_;
};

}  // namespace amps::broker_abi
