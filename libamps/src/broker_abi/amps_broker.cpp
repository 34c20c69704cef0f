// SPDX-License-Identifier: Apache-2.0
// The functions of amps_broker.h: each turns C arguments into one call of the core.
#include "amps/amps_broker.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/status.h"
#include "base/sync.h"
#include "broker/broker.h"
#include "broker/configuration_xml.h"
#include "broker_abi/call.h"
#include "broker_abi/callbacks.h"

namespace {

using amps::Status;
using amps::broker::Broker;
using amps::broker::BrokerParts;
using amps::broker::Configuration;
using amps::broker_abi::CallbackAuthenticator;
using amps::broker_abi::CallbackLog;
using amps::broker_abi::CallbackRights;
using amps::broker_abi::guarded;
using amps::broker_abi::last_error;
using amps::broker_abi::returned;
using amps::broker_abi::span_of;

constexpr std::size_t kConfigurationBytesMax = 1u << 20;
constexpr std::chrono::milliseconds kSlice(50);  // Of a wait.

std::string text_of(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

// A sized struct of the caller, as large as ours: what an older caller does not know is zero.
template <typename T>
Status copy_in(const T* from, T* to) {
  if (from == nullptr) return Status(AMPS_E_USAGE, "a struct is NULL");
  if (from->struct_size < sizeof from->struct_size) return Status(AMPS_E_USAGE, "struct_size is not set");
  std::memset(to, 0, sizeof *to);
  std::memcpy(to, from, from->struct_size < sizeof *to ? from->struct_size : sizeof *to);
  return {};
}

}  // namespace

// Starting and stopping run without the lock, because they log, and who is told may ask this broker.
struct amps_broker {
  enum class Phase { kStopped, kStarting, kRunning, kStopping };

  mutable amps::Mutex mutex{amps::LockRank::kBroker};
  amps::CondVar changed;  // A start, a stop or a use is over.
  Phase phase AMPS_GUARDED_BY(mutex) = Phase::kStopped;
  int in_use AMPS_GUARDED_BY(mutex) = 0;  // Threads that have it do something; it is not stopped meanwhile.
  // While it is starting or stopping, what is below belongs to the thread that does that.
  Configuration configuration AMPS_GUARDED_BY(mutex);
  // Declared before the broker that uses them, so that they go after it.
  std::unique_ptr<CallbackLog> log AMPS_GUARDED_BY(mutex);
  std::unique_ptr<amps::ManualClock> clock AMPS_GUARDED_BY(mutex);  // None: the system's.
  // A worker of the broker holds them too while it asks, perhaps longer than the broker lives.
  std::shared_ptr<CallbackAuthenticator> authenticator AMPS_GUARDED_BY(mutex);
  std::shared_ptr<CallbackRights> rights AMPS_GUARDED_BY(mutex);
  std::unique_ptr<Broker> broker AMPS_GUARDED_BY(mutex);  // Of the latest start; kept for its statistics.
  std::string statistics AMPS_GUARDED_BY(mutex);          // For who asks while it stops.

  bool is_running() const AMPS_REQUIRES(mutex) { return phase == Phase::kRunning && broker->is_running(); }
  void enter(Phase next) AMPS_EXCLUDES(mutex) {
    const amps::MutexLock lock(mutex);
    phase = next;
    changed.notify_all();
  }
  // Only one of those that want to stop it gets the broker; the others wait until that is done.
  Broker* begin_stop() AMPS_EXCLUDES(mutex) {
    const amps::MutexLock lock(mutex);
    while (phase == Phase::kStarting || phase == Phase::kStopping || in_use != 0) changed.wait(mutex);
    if (phase == Phase::kStopped) return nullptr;
    try {
      statistics = broker->statistics_json();
    } catch (const std::exception&) {
      statistics.clear();  // Better none than a broker that goes on.
    }
    phase = Phase::kStopping;
    return broker.get();
  }
};

namespace {

using Phase = amps_broker::Phase;

Status check(const amps_broker_t* broker) {
  if (broker == nullptr) return Status(AMPS_E_USAGE, "broker is NULL");
  return {};
}

Status check_stopped(const amps_broker_t* broker) AMPS_REQUIRES(broker->mutex) {
  if (broker->phase != Phase::kStopped) return Status(AMPS_E_USAGE, "settings are made before start");
  return {};
}

// Puts what calls the program's functions into its place; NULL takes it away.
template <typename Table, typename Pointer>
Status set_callback(amps_broker_t* broker, const Table* table, const char* what,
                    Pointer amps_broker::*place) {
  AMPS_RETURN_IF_ERROR(check(broker));
  Pointer callback;
  if (table != nullptr) {
    Table copy;
    AMPS_RETURN_IF_ERROR(copy_in(table, &copy));
    if (copy.fn == nullptr) return Status(AMPS_E_USAGE, std::string(what) + " function is NULL");
    callback = Pointer(new typename Pointer::element_type(copy));
  }
  // What was there is released without the lock, after the broker that may know it.
  std::unique_ptr<Broker> former;
  const amps::MutexLock lock(broker->mutex);
  AMPS_RETURN_IF_ERROR(check_stopped(broker));
  former.swap(broker->broker);
  (broker->*place).swap(callback);
  return {};
}

std::unique_ptr<Broker> make_broker(amps_broker_t* broker) AMPS_REQUIRES(broker->mutex) {
  BrokerParts parts;
  if (broker->log != nullptr) parts.log = broker->log.get();
  parts.authenticator = broker->authenticator;
  if (broker->clock != nullptr) parts.clock = broker->clock.get();
  parts.rights = broker->rights;
  return std::make_unique<Broker>(broker->configuration, parts);
}

// Not stopped meanwhile. False: it does not run.
template <typename Act>
bool while_it_runs(amps_broker_t* broker, const Act& act) AMPS_EXCLUDES(broker->mutex) {
  struct Use {  // Ends whatever `act` throws: who stops the broker waits for it.
    ~Use() {
      const amps::MutexLock lock(of->mutex);
      --of->in_use;
      of->changed.notify_all();
    }
    amps_broker_t* const of;
  };
  Broker* running = nullptr;
  {
    const amps::MutexLock lock(broker->mutex);
    if (!broker->is_running()) return false;
    running = broker->broker.get();
    ++broker->in_use;
  }
  const Use use{broker};
  act(*running);
  return true;
}

// What is thrown is a failure like any other, so that the phase does not stay kStarting.
template <typename Act>
Status without_exceptions(const Act& act) {
  try {
    return act();
  } catch (const std::exception& error) {
    return Status(AMPS_E_UNKNOWN, error.what());
  }
}

amps::broker::Variables parse_variables(const char* variables) {
  amps::broker::Variables parsed;
  for (const char* at = variables; at != nullptr && *at != '\0'; at += std::strlen(at) + 1) {
    const std::string entry(at);
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos) parsed[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return parsed;
}

Status configure(amps_broker_t* broker, std::string_view xml, const std::string& origin,
                 const char* variables) {
  amps::MutexLock lock(broker->mutex);
  AMPS_RETURN_IF_ERROR(check_stopped(broker));
  return amps::broker::read_configuration(xml, origin, parse_variables(variables), &broker->configuration);
}

Status parse_transport(const amps_broker_transport_t& from, amps::broker::TransportConfiguration* out) {
  if (from.type != nullptr) AMPS_RETURN_IF_ERROR(amps::broker::parse_transport_type(from.type, &out->type));
  out->name = text_of(from.name);
  out->message_type = text_of(from.message_type);
  out->certificate = text_of(from.certificate);
  out->private_key = text_of(from.private_key);
  out->ca_file = text_of(from.ca_file);
  if (out->type == amps::broker::TransportType::kUnix) {
    out->address.unix_path = text_of(from.address);
    return {};
  }
  return amps::net::parse_listen_address(from.address == nullptr ? "127.0.0.1:0" : from.address,
                                         &out->address);
}

// In one string, because the transports go with the next start, and the spans must not.
Status copy_address(const amps::broker::BoundTransport& transport, amps_broker_address_t* out) {
  if (out == nullptr || out->struct_size < sizeof out->struct_size) {
    return Status(AMPS_E_USAGE, "out is NULL or its struct_size is not set");
  }
  const std::string type(amps::broker::transport_type_text(transport.type));
  returned = transport.name + type + transport.host + transport.message_type + transport.path;
  amps_broker_address_t address{};
  std::size_t at = 0;
  const auto next = [&at](const std::string& text) {
    const amps_span_t span{returned.data() + at, text.size()};
    at += text.size();
    return span;
  };
  address.name = next(transport.name);
  address.type = next(type);
  address.host = next(transport.host);
  address.message_type = next(transport.message_type);
  address.path = next(transport.path);
  address.port = transport.port;
  const std::uint32_t size = out->struct_size < sizeof address ? out->struct_size : sizeof address;
  address.struct_size = size;
  std::memcpy(out, &address, size);
  return {};
}

}  // namespace

extern "C" {

amps_result amps_broker_new(amps_broker_t** out) {
  return guarded([&]() -> Status {
    if (out == nullptr) return Status(AMPS_E_USAGE, "out is NULL");
    *out = new amps_broker;
    return {};
  });
}

void amps_broker_free(amps_broker_t* broker) {
  if (broker == nullptr) return;
  amps_broker_stop(broker);
  delete broker;
}

void amps_broker_last_error(int32_t* code, amps_span_t* text) {
  if (code != nullptr) *code = last_error.code();
  if (text != nullptr) *text = span_of(last_error.text());
}

const char* amps_broker_version_string(void) {
  return amps::broker::broker_version();
}

amps_result amps_broker_set_name(amps_broker_t* broker, const char* name) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    if (name == nullptr || *name == '\0') return Status(AMPS_E_USAGE, "name is empty");
    amps::MutexLock lock(broker->mutex);
    AMPS_RETURN_IF_ERROR(check_stopped(broker));
    broker->configuration.name = name;
    return {};
  });
}

amps_result amps_broker_add_transport(amps_broker_t* broker, const amps_broker_transport_t* transport) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    amps_broker_transport_t copy;
    AMPS_RETURN_IF_ERROR(copy_in(transport, &copy));
    amps::broker::TransportConfiguration parsed;
    AMPS_RETURN_IF_ERROR(parse_transport(copy, &parsed));
    amps::MutexLock lock(broker->mutex);
    AMPS_RETURN_IF_ERROR(check_stopped(broker));
    return broker->configuration.add_transport(std::move(parsed));
  });
}

amps_result amps_broker_set_number(amps_broker_t* broker, amps_broker_number_t which, uint64_t value) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    amps::MutexLock lock(broker->mutex);
    AMPS_RETURN_IF_ERROR(check_stopped(broker));
    return broker->configuration.set_number(which, value);
  });
}

amps_result amps_broker_get_number(const amps_broker_t* broker, amps_broker_number_t which, uint64_t* value) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    if (value == nullptr) return Status(AMPS_E_USAGE, "value is NULL");
    amps::MutexLock lock(broker->mutex);
    return broker->configuration.get_number(which, value);
  });
}

amps_result amps_broker_configure(amps_broker_t* broker, amps_span_t xml, const char* origin,
                                  const char* variables) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    return configure(broker, {xml.ptr, xml.len}, origin == nullptr ? "configuration" : origin, variables);
  });
}

amps_result amps_broker_configure_file(amps_broker_t* broker, const char* path, const char* variables) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    if (path == nullptr) return Status(AMPS_E_USAGE, "path is NULL");
    std::string xml;
    AMPS_RETURN_IF_ERROR(amps::read_file(amps::system_file_io(), path, kConfigurationBytesMax, &xml));
    return configure(broker, xml, path, variables);
  });
}

amps_result amps_broker_dump(const amps_broker_t* broker, amps_span_t* xml) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    if (xml == nullptr) return Status(AMPS_E_USAGE, "xml is NULL");
    amps::MutexLock lock(broker->mutex);
    returned = amps::broker::write_configuration(broker->configuration);
    *xml = span_of(returned);
    return {};
  });
}

const char* amps_broker_sample(void) {
  return amps::broker::sample_configuration();
}

amps_result amps_broker_set_log(amps_broker_t* broker, const amps_broker_log_t* log) {
  return guarded([&] { return set_callback(broker, log, "log", &amps_broker::log); });
}

amps_result amps_broker_set_authenticator(amps_broker_t* broker, const amps_broker_authenticator_t* table) {
  return guarded([&] { return set_callback(broker, table, "authenticator", &amps_broker::authenticator); });
}

amps_result amps_broker_set_entitlement(amps_broker_t* broker, const amps_broker_entitlement_t* table) {
  return guarded([&] { return set_callback(broker, table, "entitlement", &amps_broker::rights); });
}

amps_result amps_broker_use_manual_clock(amps_broker_t* broker) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    amps::MutexLock lock(broker->mutex);
    AMPS_RETURN_IF_ERROR(check_stopped(broker));
    if (broker->clock == nullptr) broker->clock = std::make_unique<amps::ManualClock>();
    return {};
  });
}

amps_result amps_broker_check(amps_broker_t* broker) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    std::unique_ptr<Broker> tried;
    {
      const amps::MutexLock lock(broker->mutex);
      if (broker->phase != Phase::kStopped) return Status(AMPS_E_USAGE, "broker is running");
      tried = make_broker(broker);
      broker->phase = Phase::kStarting;  // Nothing is set meanwhile.
    }
    const Status status = without_exceptions([&] { return tried->check(); });
    tried.reset();
    broker->enter(Phase::kStopped);
    return status;
  });
}

amps_result amps_broker_start(amps_broker_t* broker) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    std::unique_ptr<Broker> started;
    {
      const amps::MutexLock lock(broker->mutex);
      while (broker->phase == Phase::kStopping) broker->changed.wait(broker->mutex);
      if (broker->phase != Phase::kStopped) return Status(AMPS_E_USAGE, "broker is running");
      started = make_broker(broker);
      broker->phase = Phase::kStarting;
    }
    const Status status = without_exceptions([&] { return started->start(); });
    {
      const amps::MutexLock lock(broker->mutex);
      if (status.ok()) broker->broker.swap(started);
      broker->phase = status.ok() ? Phase::kRunning : Phase::kStopped;
      broker->changed.notify_all();
    }
    return status;
  });
}

void amps_broker_stop(amps_broker_t* broker) {
  if (broker == nullptr) return;
  Broker* const running = broker->begin_stop();
  if (running == nullptr) return;
  running->stop();
  broker->enter(Phase::kStopped);
}

void amps_broker_crash(amps_broker_t* broker) {
  if (broker == nullptr) return;
  Broker* const running = broker->begin_stop();
  if (running == nullptr) return;
  running->crash();
  broker->enter(Phase::kStopped);
}

amps_result amps_broker_drain(amps_broker_t* broker, uint32_t timeout_ms) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    for (;;) {
      // In slices, between which the broker may be stopped.
      const auto slice_end = std::min(end, std::chrono::steady_clock::now() + kSlice);
      Status status;
      const auto drain = [&](Broker& running) { status = running.drain(slice_end); };
      if (!while_it_runs(broker, drain)) return Status(AMPS_E_USAGE, "broker is not running");
      if (status.code() != AMPS_E_TIMED_OUT || slice_end == end) return status;
    }
  });
}

amps_result amps_broker_advance(amps_broker_t* broker, uint64_t ms) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    {
      const amps::MutexLock lock(broker->mutex);
      if (broker->clock == nullptr) return Status(AMPS_E_USAGE, "the broker's clock is that of the system");
      broker->clock->advance_ms(ms);
    }
    while_it_runs(broker, [](Broker& running) { running.notice_time(); });
    return {};
  });
}

int32_t amps_broker_is_running(const amps_broker_t* broker) {
  if (broker == nullptr) return 0;
  amps::MutexLock lock(broker->mutex);
  return broker->is_running() ? 1 : 0;
}

size_t amps_broker_address_count(const amps_broker_t* broker) {
  if (broker == nullptr) return 0;
  amps::MutexLock lock(broker->mutex);
  return broker->is_running() ? broker->broker->transports().size() : 0;
}

amps_result amps_broker_address(const amps_broker_t* broker, size_t index, amps_broker_address_t* out) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    amps::MutexLock lock(broker->mutex);
    if (!broker->is_running() || index >= broker->broker->transports().size()) {
      return Status(AMPS_E_USAGE, "no address of index " + std::to_string(index));
    }
    return copy_address(broker->broker->transports()[index], out);
  });
}

amps_result amps_broker_admin_address(const amps_broker_t* broker, amps_broker_address_t* out) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    amps::MutexLock lock(broker->mutex);
    if (!broker->is_running() || !broker->broker->admin()) {
      return Status(AMPS_E_USAGE, "the broker serves no statistics");
    }
    return copy_address(*broker->broker->admin(), out);
  });
}

amps_result amps_broker_statistics(const amps_broker_t* broker, amps_span_t* json) {
  return guarded([&]() -> Status {
    AMPS_RETURN_IF_ERROR(check(broker));
    if (json == nullptr) return Status(AMPS_E_USAGE, "json is NULL");
    amps::MutexLock lock(broker->mutex);
    if (broker->broker == nullptr) return Status(AMPS_E_USAGE, "broker was never started");
    returned = broker->phase == Phase::kStopping ? broker->statistics : broker->broker->statistics_json();
    *json = span_of(returned);
    return {};
  });
}

}  // extern "C"
